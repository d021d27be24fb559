package io.lightningdb.engine.run;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Copies a run file and hands out no byte that it has not verified: each piece is taken out of the mapping once,
/// checked where it then stands, and written from there. *Confined to one thread.*
///
/// What lies between the pieces has no meaning and is copied as zeros, which is what it was written as.
public final class RunCopy {
  private final MappedFile file;
  private final ReadAhead ahead;
  private final RunWriter.Identity identity;
  private final RunPieces pieces;
  private final OutputStream out;
  private final Checksum checksum = new Checksum();
  private long written;

  private RunCopy(MappedFile file, RunWriter.Identity identity, OutputStream out) {
    this.file = file;
    this.ahead = ReadAhead.ofPass(file);
    this.identity = identity;
    this.pieces = new RunPieces(file, identity.databaseId(), identity.fileId());
    this.out = out;
  }

  /// Copies a run that the caller keeps from being deleted.
  ///
  /// @param storage the data directory
  /// @param identity whose run it is
  /// @param out gets the bytes of the file
  /// @throws CorruptionException if a piece of the file does not verify; `out` may have got what comes before it
  /// @throws IOException if the file cannot be read, or `out` fails
  public static void copy(Storage storage, RunWriter.Identity identity, OutputStream out)
      throws IOException {
    copy(storage, FileFormat.run(identity.fileId()), identity, out);
  }

  /// Verifies every piece of a file that is to become a run.
  ///
  /// @param storage the directory of the file
  /// @param name its name so far
  /// @param identity whose run it has to be
  /// @throws CorruptionException if a piece of the file does not verify, or it is another run
  /// @throws IOException if the file cannot be read
  public static void verify(Storage storage, String name, RunWriter.Identity identity)
      throws IOException {
    copy(storage, name, identity, OutputStream.nullOutputStream());
  }

  private static void copy(
      Storage storage, String name, RunWriter.Identity identity, OutputStream out)
      throws IOException {
    try (MappedFile file = MappedFile.shared(storage, name)) {
      file.readAtRandom();
      new RunCopy(file, identity, out).run();
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptionException(name, 0, "the run makes no sense: " + FailureText.of(e));
    }
  }

  /// A part of the file that one checksum covers.
  ///
  /// @param position place in the file
  /// @param bytes all of it
  private record Piece(long position, int bytes) {}

  private void run() throws IOException {
    RunFooter footer = pieces.footer();
    PointIndexPlace place = pieces.properties(footer).pointIndex();
    pieces.checkPlace(place);
    byte[] table = block(footer.tablePosition(), footer.tableBytes());
    for (Piece piece : listed(table)) {
      write(piece.position(), block(piece.position(), piece.bytes()));
    }
    write(footer.tablePosition(), table);
    copyPointIndex(place);
    write(
        footer.propertiesPosition(), block(footer.propertiesPosition(), footer.propertiesBytes()));
    long end = file.bytes() - RunFormat.FOOTER_BYTES;
    write(end, verified(end, take(end, RunFormat.FOOTER_BYTES), RunFooter.CHECKED_BYTES));
    out.flush();
  }

  /// The blocks of the block table, in the order of their places.
  private static List<Piece> listed(byte[] table) {
    List<Piece> pieces = new ArrayList<>();
    int rows = (table.length - RunFormat.TRAILER_BYTES) / RunFormat.BLOCK_TABLE_ROW_BYTES;
    for (int row = 0; row < rows; row++) {
      int at = row * RunFormat.BLOCK_TABLE_ROW_BYTES;
      pieces.add(new Piece(LittleEndian.u64(table, at), LittleEndian.u32(table, at + 8)));
    }
    pieces.sort(Comparator.comparingLong(Piece::position));
    return pieces;
  }

  private void copyPointIndex(PointIndexPlace place) throws IOException {
    long end = place.position() + place.bytes();
    byte[] sums = take(end, 4L * place.pages());
    for (int page = 0; page < place.pages(); page++) {
      long start = (long) page * RunFormat.POINT_INDEX_PAGE_BYTES;
      long length = Math.min(RunFormat.POINT_INDEX_PAGE_BYTES, place.bytes() - start);
      byte[] bytes = take(place.position() + start, length);
      if (sum(place.position() + start, bytes, bytes.length) != LittleEndian.u32(sums, 4 * page)) {
        throw damage(place.position() + start, "a page of the point index does not verify");
      }
      write(place.position() + start, bytes);
    }
    if (sums.length > 0) {
      write(end, sums);
    }
  }

  private byte[] block(long position, int stored) throws IOException {
    if (stored < 0) {
      throw damage(Math.max(0, position), "a block lies outside the file");
    }
    byte[] bytes = take(position, (long) stored + RunFormat.TRAILER_BYTES);
    return verified(position, bytes, bytes.length - 4);
  }

  private byte[] take(long position, long length) throws IOException {
    if (position < 0 || length > file.bytes() - position) {
      throw damage(Math.max(0, position), "a part of the run lies outside the file");
    }
    ahead.reading(position, length);
    return file.copy(position, length);
  }

  /// Checks bytes against the checksum that follows the first `checked` of them.
  private byte[] verified(long position, byte[] bytes, int checked) throws CorruptionException {
    if (sum(position, bytes, checked) != LittleEndian.u32(bytes, checked)) {
      throw damage(position, "the checksum of a block does not match its bytes");
    }
    return bytes;
  }

  private int sum(long position, byte[] bytes, int length) {
    return checksum
        .begin(identity.databaseId(), identity.fileId(), position)
        .update(bytes, 0, length)
        .value();
  }

  private CorruptionException damage(long position, String reason) {
    return pieces.damage(position, reason);
  }

  private void write(long position, byte[] bytes) throws IOException {
    if (position < written || position - written > RunFormat.POINT_INDEX_PAGE_BYTES) {
      throw damage(position, "the parts of the run do not follow each other");
    }
    out.write(new byte[(int) (position - written)]);
    out.write(bytes);
    written = position + bytes.length;
  }
}
