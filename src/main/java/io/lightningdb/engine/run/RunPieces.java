package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The checksummed pieces of a run file, found by their places. *Thread-safe.*
///
/// @param file the file
/// @param databaseId database that it has to belong to
/// @param fileId id that it has to have
record RunPieces(MappedFile file, long databaseId, long fileId) {

  private MemorySegment memory() {
    return file.memory();
  }

  CorruptionException damage(long position, String reason) {
    return new CorruptionException(file.name(), position, reason);
  }

  private int checksum(long position, long length) {
    return new Checksum()
        .begin(databaseId, fileId, position)
        .update(memory(), position, length)
        .value();
  }

  /// Finds the footer and verifies it.
  ///
  /// @return what it says
  RunFooter footer() throws IOException {
    long position = memory().byteSize() - RunFormat.FOOTER_BYTES;
    if (position < 0) {
      throw damage(0, "the file is shorter than the footer of a run");
    }
    return file.read(position, () -> footerAt(position));
  }

  private RunFooter footerAt(long position) throws CorruptionException, FormatTooNewException {
    if (LittleEndian.u64(memory(), position) != FileKind.RUN_MAGIC) {
      throw damage(position, "the run has no footer: it was cut short, or this is no run");
    }
    int actual = checksum(position, RunFooter.CHECKED_BYTES);
    if (actual != LittleEndian.u32(memory(), position + RunFooter.CHECKED_BYTES)) {
      throw damage(position, "the footer does not verify: it is damaged or of another run");
    }
    RunFooter footer = RunFooter.stated(memory(), position);
    FileFormat.checkReadable(file.name(), footer.format(), footer.features());
    return footer;
  }

  /// Verifies a block.
  ///
  /// @param stored its length without trailer
  void verify(long position, int stored, int kind) throws IOException {
    long room = memory().byteSize() - RunFormat.TRAILER_BYTES - position;
    if (position < 0 || stored < 0 || stored > room) {
      throw damage(Math.max(0, position), "a block lies outside the file");
    }
    file.read(
        position,
        () -> {
          verifyAt(position, stored, kind);
          return true;
        });
  }

  private void verifyAt(long position, int stored, int kind) throws CorruptionException {
    long trailer = position + stored;
    int actual = checksum(position, stored + RunFormat.TRAILER_BYTES - 4L);
    if (actual != LittleEndian.u32(memory(), trailer + 8)) {
      throw damage(position, "the checksum of a block does not match its bytes");
    }
    if (LittleEndian.u8(memory(), trailer) != kind) {
      throw damage(position, "a block of another kind stands here");
    }
  }

  /// How a block that was verified is stored: a code of [BlockCodec].
  int codecCode(long position, int stored) {
    return LittleEndian.u8(memory(), position + stored + 1);
  }

  /// Tells whether a block that was verified is stored as it is.
  boolean isPlain(long position, int stored) {
    return codecCode(position, stored) == BlockCodec.PLAIN.code();
  }

  /// The uncompressed bytes of a block that was verified.
  MemorySegment content(long position, int stored) throws IOException {
    return isPlain(position, stored)
        ? memory().asSlice(position, stored)
        : MemorySegment.ofArray(decompressed(position, stored));
  }

  /// A plain leaf that was verified, where it stands. The caller settles what was read.
  Leaf plainLeaf(long position, int stored) {
    return Leaf.of(memory(), position, stored);
  }

  /// A leaf that was verified: where it stands if it is plain, else in an array of its own.
  Leaf leaf(long position, int stored) throws IOException {
    return isPlain(position, stored)
        ? file.read(position, () -> plainLeaf(position, stored))
        : Leaf.of(decompressed(position, stored));
  }

  /// A leaf that was verified, in an array of its own.
  Leaf leafCopy(long position, int stored) throws IOException {
    MemorySegment content = content(position, stored);
    return Leaf.of(file.read(position, () -> content.toArray(ValueLayout.JAVA_BYTE)));
  }

  /// The uncompressed bytes of a block that is not plain.
  private byte[] decompressed(long position, int stored) throws IOException {
    return file.read(position, () -> decompressedAt(position, stored));
  }

  private byte[] decompressedAt(long position, int stored) throws CorruptionException {
    int codecCode = codecCode(position, stored);
    int length = LittleEndian.u32(memory(), position + stored + 4);
    BlockCodec codec = BlockCodec.ofCode(codecCode);
    byte[] bytes =
        codec != null && length > 0 && length <= Limits.BLOCK_BYTES_MAX
            ? codec.decompress(memory(), position, stored, length)
            : null;
    if (bytes == null) {
      throw damage(position, "a block cannot be decompressed");
    }
    return bytes;
  }

  /// Verifies a block and copies its uncompressed bytes.
  byte[] verified(long position, int stored, int kind) throws IOException {
    verify(position, stored, kind);
    MemorySegment content = content(position, stored);
    return file.read(position, () -> content.toArray(ValueLayout.JAVA_BYTE));
  }

  /// Reads the properties.
  RunProperties properties(RunFooter footer) throws IOException {
    long position = footer.propertiesPosition();
    byte[] block = verified(position, footer.propertiesBytes(), RunFormat.PROPERTIES);
    try {
      return RunProperties.read(block);
    } catch (IllegalArgumentException e) {
      throw damage(position, FailureText.of(e));
    }
  }

  /// Reads a block of range tombstones.
  RangeTombstones rangeTombstones(long position, int stored) throws IOException {
    byte[] block = verified(position, stored, RunFormat.RANGE_TOMBSTONES);
    try {
      return TombstoneBlock.read(block);
    } catch (IllegalArgumentException e) {
      throw damage(position, FailureText.of(e));
    }
  }

  /// Checks that a point index lies inside the file.
  void checkPlace(PointIndexPlace place) throws CorruptionException {
    long footer = memory().byteSize() - RunFormat.FOOTER_BYTES;
    long end = place.position() + place.bytes() + 4L * place.pages();
    if (place.position() < 0 || end < 0 || end > footer) {
      throw damage(footer, "the point index lies outside the file");
    }
  }

  /// Verifies a page of the point index.
  void verifyPage(PointIndexPlace place, int page) throws IOException {
    long start = (long) page * RunFormat.POINT_INDEX_PAGE_BYTES;
    long length = Math.min(RunFormat.POINT_INDEX_PAGE_BYTES, place.bytes() - start);
    long position = place.position() + start;
    boolean verifies =
        file.read(
            position,
            () ->
                checksum(position, length)
                    == LittleEndian.u32(memory(), place.position() + place.bytes() + 4L * page));
    if (!verifies) {
      throw damage(position, "a page of the point index does not verify");
    }
  }
}
