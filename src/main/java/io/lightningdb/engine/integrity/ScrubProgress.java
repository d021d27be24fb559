package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.Features;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;

/// How far scrubbing has come, as it survives a restart. Immutable. `format/README.md` has the bytes.
///
/// Moments are milliseconds since 1970-01-01T00:00Z, 0 for never.
///
/// @param startedMillis when the pass was begun that is under way, or else the last one
/// @param completedMillis when a pass was last completed
/// @param nextFileId runs with a lower id were read in this pass; 0 if none is under way
/// @param endFileId runs with this or a higher id are for the next pass
/// @param bytes read in this pass, or else in the last one
/// @param damaged damaged places met in this pass, or else in the last one
record ScrubProgress(
    long startedMillis,
    long completedMillis,
    long nextFileId,
    long endFileId,
    long bytes,
    long damaged) {
  static final ScrubProgress NEVER = new ScrubProgress(0, 0, 0, 0, 0, 0);

  private static final long MAGIC = 0x0100_5243_5342_444CL;
  private static final int BYTES = 16 + 6 * 8 + 4;

  boolean isUnderWay() {
    return nextFileId > 0;
  }

  ScrubProgress begin(long millis, long end) {
    return new ScrubProgress(Math.max(1, millis), completedMillis, 1, end, 0, 0);
  }

  ScrubProgress read(long more) {
    return new ScrubProgress(
        startedMillis, completedMillis, nextFileId, endFileId, bytes + more, damaged);
  }

  ScrubProgress damaged(long more) {
    return new ScrubProgress(
        startedMillis, completedMillis, nextFileId, endFileId, bytes, damaged + more);
  }

  ScrubProgress behind(long fileId) {
    return new ScrubProgress(startedMillis, completedMillis, fileId + 1, endFileId, bytes, damaged);
  }

  ScrubProgress complete(long millis) {
    return new ScrubProgress(startedMillis, Math.max(1, millis), 0, 0, bytes, damaged);
  }

  private byte[] encode(long databaseId) {
    ByteWriter out = new ByteWriter(BYTES);
    out.u64(MAGIC).u32(FileFormat.FORMAT).u32(Features.NONE);
    out.u64(startedMillis).u64(completedMillis).u64(nextFileId).u64(endFileId);
    out.u64(bytes).u64(damaged);
    return out.u32(sum(databaseId, out.array())).toByteArray();
  }

  private static int sum(long databaseId, byte[] encoded) {
    return new Checksum()
        .begin(Checksum.TAG_SCRUB, databaseId, 0)
        .update(encoded, 0, BYTES - 4)
        .value();
  }

  /// Reads what an earlier process has left. What cannot be read as progress of this database is none: the worst is
  /// that something is read again.
  static ScrubProgress load(Storage storage, long databaseId) throws IOException {
    boolean exists =
        storage.list().stream()
            .anyMatch(file -> file.name().equals(FileFormat.SCRUB) && file.bytes() == BYTES);
    if (!exists) {
      return NEVER;
    }
    byte[] encoded = storage.read(FileFormat.SCRUB);
    // Of another length if the file was cut since it was listed.
    return encoded.length == BYTES ? decode(encoded, databaseId) : NEVER;
  }

  private static ScrubProgress decode(byte[] encoded, long databaseId) {
    boolean valid =
        LittleEndian.u64(encoded, 0) == MAGIC
            && FileFormat.isReadable(LittleEndian.u32(encoded, 8), LittleEndian.u32(encoded, 12))
            && LittleEndian.u32(encoded, BYTES - 4) == sum(databaseId, encoded);
    return valid
        ? new ScrubProgress(
            LittleEndian.u64(encoded, 16),
            LittleEndian.u64(encoded, 24),
            LittleEndian.u64(encoded, 32),
            LittleEndian.u64(encoded, 40),
            LittleEndian.u64(encoded, 48),
            LittleEndian.u64(encoded, 56))
        : NEVER;
  }

  /// Makes it what the next process finds.
  void store(Storage storage, long databaseId) throws IOException {
    byte[] encoded = encode(databaseId);
    boolean leftOver =
        storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.SCRUB_NEW));
    if (leftOver) {
      storage.delete(FileFormat.SCRUB_NEW);
    }
    try (StorageFile file = storage.create(FileFormat.SCRUB_NEW)) {
      file.write(0, encoded, 0, encoded.length);
      file.sync();
    }
    storage.rename(FileFormat.SCRUB_NEW, FileFormat.SCRUB);
    storage.syncDirectory();
  }
}
