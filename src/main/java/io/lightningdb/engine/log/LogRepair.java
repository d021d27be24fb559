package io.lightningdb.engine.log;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes a scanned log one that can be followed by new segments. Doing it twice, or half and then again, changes
/// nothing more.
public final class LogRepair {
  private static final int REWRITE_BYTES = 1 << 20;

  private LogRepair() {}

  /// Removes what lies behind the end, seals the end, and makes all of the log durable.
  ///
  /// Segments behind the end go first and one at a time: were the seal durable before, the next start would take them
  /// for a continuation.
  ///
  /// @param storage the data directory
  /// @param scan what was found
  /// @return the segments of the log, oldest first
  /// @throws IOException if a file cannot be changed
  public static List<LogWriter.OldSegment> repair(Storage storage, LogScan.Result scan)
      throws IOException {
    for (long sequence : scan.surplus().reversed()) {
      storage.delete(FileFormat.log(sequence));
      storage.syncDirectory();
    }
    List<LogWriter.OldSegment> segments = new ArrayList<>();
    for (LogScan.Scanned segment : scan.segments()) {
      try (StorageFile file = storage.open(FileFormat.log(segment.identity().sequence()))) {
        rewriteUnproven(storage, file, segment);
        if (!segment.sealed()) {
          seal(file, segment, scan.durableVersion());
        }
        file.sync();
      }
      segments.add(
          new LogWriter.OldSegment(
              segment.identity().sequence(), segment.bytes(), segment.lastVersion()));
    }
    return segments;
  }

  /// The segments of a log that is left as it is.
  ///
  /// @param scan what was found
  /// @return the segments of the log, oldest first
  public static List<LogWriter.OldSegment> segments(LogScan.Result scan) {
    return scan.segments().stream()
        .map(segment ->
            new LogWriter.OldSegment(
                segment.identity().sequence(), segment.bytes(), segment.lastVersion()))
        .toList();
  }

  /// Writes commits and the seal where they stand already, unless they are known to be durable.
  ///
  /// The death of a process leaves bytes in the page cache that only look durable. A sync suffices for them, but not
  /// after an earlier sync failed: then the system holds them for clean, though the disk never got them, until they are
  /// written again.
  private static void rewriteUnproven(Storage storage, StorageFile file, LogScan.Scanned segment)
      throws IOException {
    String name = FileFormat.log(segment.identity().sequence());
    try (MappedFile mapped = MappedFile.confined(storage, name)) {
      long end = segment.sealed() ? segment.end() + LogFormat.SEAL_BYTES : segment.end();
      for (long at = segment.durableEnd(); at < end; at += REWRITE_BYTES) {
        byte[] bytes = mapped.copy(at, Math.min(REWRITE_BYTES, end - at));
        file.write(at, bytes, 0, bytes.length);
      }
    }
  }

  /// The seal claims no more than was known before: it may reach the disk before the commits that it follows.
  private static void seal(StorageFile file, LogScan.Scanned segment, long durableVersion)
      throws IOException {
    byte[] seal = new byte[LogFormat.SEAL_BYTES];
    long version = segment.lastVersion();
    long claim = Math.min(version, durableVersion);
    RecordHeader header = new RecordHeader(version, claim, LogFormat.SEAL, 0);
    new LogFormat()
        .encodeRecordHeader(seal, segment.identity(), segment.end(), header, new byte[0]);
    file.write(segment.end(), seal, 0, seal.length);
  }
}
