package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;

/// Reads a manifest and changes nothing. *Confined to one thread.*
public final class ManifestReader {
  /// Records start at multiples of this.
  static final int ALIGNMENT = 8;

  private static final long MAGIC = 0x0100_4E41_4D42_444CL;
  private static final int HEADER_BYTES = 32;
  private static final int RECORD_HEADER_BYTES = 8;

  private final MemorySegment memory;
  private final Checksum checksum = new Checksum();
  private final long databaseId;
  private final int generation;

  private ManifestReader(MemorySegment memory) throws CorruptionException, FormatTooNewException {
    this.memory = memory;
    verifyHeader();
    this.databaseId = LittleEndian.u64(memory, 16);
    this.generation = LittleEndian.u32(memory, 24);
  }

  /// What a manifest says.
  ///
  /// @param version the state
  /// @param generation of the file
  /// @param cut where an unfinished edit at the end starts, if there is one
  public record Loaded(Version version, int generation, OptionalLong cut) {}

  /// Gets each edit of a manifest.
  @FunctionalInterface
  public interface EditConsumer {
    /// Takes one edit.
    ///
    /// @param position place in the file
    /// @param edit what it says
    void accept(long position, VersionEdit edit);
  }

  static byte[] encodeHeader(long databaseId, int generation) {
    byte[] header = new byte[HEADER_BYTES];
    LittleEndian.putU64(header, 0, MAGIC);
    LittleEndian.putU32(header, 8, FileFormat.FORMAT);
    LittleEndian.putU64(header, 16, databaseId);
    LittleEndian.putU32(header, 24, generation);
    int crc =
        new Checksum().begin(Checksum.TAG_MANIFEST_HEADER, 0, 0).update(header, 0, 28).value();
    LittleEndian.putU32(header, 28, crc);
    return header;
  }

  /// Reads the manifest of a directory.
  ///
  /// @param storage the data directory, which has a manifest
  /// @return what it says
  /// @throws CorruptionException if it is damaged
  /// @throws FormatTooNewException if a newer engine wrote it
  /// @throws IOException if it cannot be read
  public static Loaded read(Storage storage) throws IOException {
    return read(storage, (_, _) -> {});
  }

  /// Reads the manifest of a directory edit by edit.
  ///
  /// @param storage the data directory, which has a manifest
  /// @param edits gets each edit in order
  /// @return what it says in the end
  /// @throws IOException as [#read(Storage)]
  public static Loaded read(Storage storage, EditConsumer edits) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new ManifestReader(storage.map(FileFormat.MANIFEST, arena)).readAll(edits);
    } catch (InternalError e) {
      throw MappedFault.of(FileFormat.MANIFEST, e);
    }
  }

  private static CorruptionException damage(long position, String reason) {
    return new CorruptionException(FileFormat.MANIFEST, position, reason);
  }

  private void verifyHeader() throws CorruptionException, FormatTooNewException {
    if (memory.byteSize() < HEADER_BYTES || LittleEndian.u64(memory, 0) != MAGIC) {
      throw damage(0, "this is not a manifest");
    }
    int actual = checksum.begin(Checksum.TAG_MANIFEST_HEADER, 0, 0).update(memory, 0, 28).value();
    if (actual != LittleEndian.u32(memory, 28)) {
      throw damage(0, "the header of the manifest does not verify");
    }
    int format = LittleEndian.u32(memory, 8);
    if (format != FileFormat.FORMAT) {
      throw new FormatTooNewException(FileFormat.MANIFEST, Integer.toUnsignedLong(format));
    }
  }

  private Loaded readAll(EditConsumer edits) throws CorruptionException {
    Version version = Version.empty(databaseId);
    long position = HEADER_BYTES;
    while (isRecord(position)) {
      VersionEdit edit = decode(position);
      version = apply(version, edit, position);
      edits.accept(position, edit);
      position = end(position);
    }
    checkEnd(position);
    boolean cut = position < memory.byteSize();
    return new Loaded(version, generation, cut ? OptionalLong.of(position) : OptionalLong.empty());
  }

  private boolean isRecord(long position) {
    long room = memory.byteSize() - position - RECORD_HEADER_BYTES;
    if (room < 0) {
      return false;
    }
    int length = LittleEndian.u32(memory, position + 4);
    if (length < 1 || length > Math.min(room, Limits.MANIFEST_RECORD_BYTES_MAX)) {
      return false;
    }
    int actual =
        checksum
            .begin(databaseId, generation, position)
            .update(memory, position + 4, 4L + length)
            .value();
    return actual == LittleEndian.u32(memory, position);
  }

  private long end(long position) {
    long end = position + RECORD_HEADER_BYTES + LittleEndian.u32(memory, position + 4);
    return (end + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private VersionEdit decode(long position) throws CorruptionException {
    int length = LittleEndian.u32(memory, position + 4);
    byte[] body =
        memory.asSlice(position + RECORD_HEADER_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    try {
      return VersionEdit.decode(body);
    } catch (IllegalArgumentException e) {
      throw damage(position, String.valueOf(e.getMessage()));
    }
  }

  private static Version apply(Version version, VersionEdit edit, long position)
      throws CorruptionException {
    try {
      return version.apply(edit);
    } catch (IllegalArgumentException e) {
      throw damage(position, String.valueOf(e.getMessage()));
    }
  }

  /// The first edit holds the whole state and was synced before the file had its name; a valid edit behind an invalid one
  /// proves that the invalid one was synced.
  private void checkEnd(long position) throws CorruptionException {
    if (position == HEADER_BYTES) {
      throw damage(position, "the state at the start of the manifest does not verify");
    }
    for (long at = position + ALIGNMENT;
        at + RECORD_HEADER_BYTES <= memory.byteSize();
        at += ALIGNMENT) {
      if (isRecord(at)) {
        throw damage(position, "an edit does not verify, and a later one at " + at + " does");
      }
    }
  }
}
