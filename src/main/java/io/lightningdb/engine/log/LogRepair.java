package io.lightningdb.engine.log;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes a scanned log one that can be followed by new segments. Doing it twice, or half and then again, changes nothing
/// more.
public final class LogRepair {
  private LogRepair() {}

  /// Removes what lies behind the end, seals the end, and makes all of the log durable.
  ///
  /// Segments behind the end go first and one at a time: were the seal durable before, the next start would take them for
  /// a continuation.
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
        if (!segment.sealed()) {
          seal(file, segment);
        }
        // The death of a process leaves bytes in the page cache that only look durable.
        file.sync();
      }
      segments.add(
          new LogWriter.OldSegment(
              segment.identity().sequence(), segment.bytes(), segment.lastVersion()));
    }
    return segments;
  }

  private static void seal(StorageFile file, LogScan.Scanned segment) throws IOException {
    byte[] seal = new byte[LogFormat.SEAL_BYTES];
    long version = segment.lastVersion();
    RecordHeader header = new RecordHeader(version, version, LogFormat.SEAL, 0);
    new LogFormat()
        .encodeRecordHeader(seal, segment.identity(), segment.end(), header, new byte[0]);
    file.write(segment.end(), seal, 0, seal.length);
  }
}
