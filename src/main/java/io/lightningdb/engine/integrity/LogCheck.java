package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;

/// Rules that tie the log to the manifest.
public final class LogCheck {
  private LogCheck() {}

  static LogScan.Start start(Version version) {
    return new LogScan.Start(
        version.databaseId(),
        version.logStart().sequence(),
        version.logStart().version(),
        version.closed());
  }

  /// Reads the log of a directory and checks that it names only keyspaces that existed.
  ///
  /// @param storage the data directory
  /// @param version its durable state
  /// @param consumer gets every commit
  /// @return what was found
  /// @throws IOException as [LogScan#run]
  public static LogScan.Result scan(
      Storage storage, Version version, LogScan.CommitConsumer consumer) throws IOException {
    return LogScan.run(
        storage,
        start(version),
        (commit, body, bodyBytes) -> {
          checkKeyspaces(version, commit, new CommitReader(body, bodyBytes));
          consumer.accept(commit, body, bodyBytes);
        });
  }

  /// Reads the commits of a log again that was scanned and repaired. The consumer may let segments go whose commits it
  /// has taken.
  ///
  /// @param storage the data directory
  /// @param version its durable state
  /// @param found what the scan found
  /// @param consumer gets every commit that is needed, and perhaps some before them
  /// @throws IOException as [LogScan#replay]
  public static void replay(
      Storage storage, Version version, LogScan.Result found, LogScan.CommitConsumer consumer)
      throws IOException {
    LogScan.replay(storage, start(version), found, consumer);
  }

  private static void checkKeyspaces(Version version, long commit, CommitReader operations)
      throws CorruptionException {
    while (operations.next()) {
      if (operations.keyspaceId() >= version.nextIds().keyspaceId()) {
        throw new CorruptionException(
            FileFormat.MANIFEST,
            0,
            "commit %d is in keyspace %d, of which the manifest knows nothing"
                .formatted(commit, operations.keyspaceId()));
      }
    }
  }

  /// Checks that the log reaches as far as the runs.
  ///
  /// @param version the durable state
  /// @param scan what was found in the log
  /// @throws CorruptionException if commits that are in runs are missing in the log
  public static void checkAgainst(Version version, LogScan.Result scan) throws CorruptionException {
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      for (RunRecord run : keyspace.runs()) {
        if (run.greatestVersion() > scan.lastVersion()) {
          throw new CorruptionException(
              FileFormat.log(version.logStart().sequence()),
              0,
              "the log ends at commit %d, though run %s holds commit %d"
                  .formatted(
                      scan.lastVersion(), FileFormat.run(run.fileId()), run.greatestVersion()));
        }
      }
    }
  }
}
