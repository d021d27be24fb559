package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.Features;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.format.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Header and records of a manifest in memory, found by their places. *Confined to one thread.*
final class ManifestRecords {
  /// Records start at multiples of this.
  static final int ALIGNMENT = 8;

  static final int HEADER_BYTES = 32;

  private static final int RECORD_HEADER_BYTES = 8;

  private final MemorySegment memory;
  private final Checksum checksum = new Checksum();

  ManifestRecords(MemorySegment memory) {
    this.memory = memory;
  }

  static byte[] encodeHeader(long databaseId, int generation) {
    byte[] header = new byte[HEADER_BYTES];
    LittleEndian.putU64(header, 0, FileKind.MANIFEST_MAGIC);
    LittleEndian.putU32(header, 8, FileFormat.FORMAT);
    LittleEndian.putU32(header, 12, Features.NONE);
    LittleEndian.putU64(header, 16, databaseId);
    LittleEndian.putU32(header, 24, generation);
    int crc =
        new Checksum().begin(Checksum.TAG_MANIFEST_HEADER, 0, 0).update(header, 0, 28).value();
    LittleEndian.putU32(header, 28, crc);
    return header;
  }

  /// Verifies the header.
  ///
  /// @param name of the file, for messages
  void verifyHeader(String name) throws CorruptionException, FormatTooNewException {
    if (memory.byteSize() < HEADER_BYTES
        || LittleEndian.u64(memory, 0) != FileKind.MANIFEST_MAGIC) {
      throw new CorruptionException(name, 0, "this is not a manifest");
    }
    int actual = checksum.begin(Checksum.TAG_MANIFEST_HEADER, 0, 0).update(memory, 0, 28).value();
    if (actual != LittleEndian.u32(memory, 28)) {
      throw new CorruptionException(name, 0, "the header of the manifest does not verify");
    }
    FileFormat.checkReadable(name, format(), features());
  }

  long bytes() {
    return memory.byteSize();
  }

  /// What the header says, right or wrong.
  int format() {
    return LittleEndian.u32(memory, 8);
  }

  /// What the header says, right or wrong.
  int features() {
    return LittleEndian.u32(memory, 12);
  }

  /// What the header says, right or wrong.
  long databaseId() {
    return LittleEndian.u64(memory, 16);
  }

  /// What the header says, right or wrong.
  int generation() {
    return LittleEndian.u32(memory, 24);
  }

  /// Tells whether a record that verifies stands at a place.
  boolean isRecord(long position) {
    long room = memory.byteSize() - position - RECORD_HEADER_BYTES;
    if (room < 0) {
      return false;
    }
    int length = bodyBytes(position);
    if (length < 1 || length > Math.min(room, Limits.MANIFEST_RECORD_BYTES_MAX)) {
      return false;
    }
    int actual =
        checksum
            .begin(databaseId(), generation(), position)
            .update(memory, position + 4, 4L + length)
            .value();
    return actual == LittleEndian.u32(memory, position);
  }

  int bodyBytes(long position) {
    return LittleEndian.u32(memory, position + 4);
  }

  /// Place behind a record that verifies.
  long end(long position) {
    long end = position + RECORD_HEADER_BYTES + bodyBytes(position);
    return (end + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /// The next place behind this one where a record verifies, or the end of the file.
  long nextRecord(long position) {
    for (long at = position + ALIGNMENT;
        at + RECORD_HEADER_BYTES <= memory.byteSize();
        at += ALIGNMENT) {
      if (isRecord(at)) {
        return at;
      }
    }
    return memory.byteSize();
  }

  /// Decodes a record that verifies.
  ///
  /// @throws IllegalArgumentException if it holds no edit
  VersionEdit edit(long position) {
    return VersionEdit.decode(
        memory
            .asSlice(position + RECORD_HEADER_BYTES, bodyBytes(position))
            .toArray(ValueLayout.JAVA_BYTE));
  }
}
