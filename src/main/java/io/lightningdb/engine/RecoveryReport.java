package io.lightningdb.engine;

import io.lightningdb.engine.log.LogScan;
import java.time.Duration;
import java.util.Optional;

/// What the opening of a database found in the log.
///
/// @param segmentsRead log segments read
/// @param commitsReplayed commits brought back into memtables
/// @param duration time it took
/// @param cut where an unfinished end of the log was cut, if it was
public record RecoveryReport(
    int segmentsRead, long commitsReplayed, Duration duration, Optional<Cut> cut) {

  static RecoveryReport of(LogScan.Result scan, Duration duration) {
    return new RecoveryReport(
        scan.segments().size(),
        scan.commits(),
        duration,
        scan.cut().map(cut -> new Cut(cut.file(), cut.offset())));
  }

  /// The place where the log was cut: behind it lay a commit that was never acknowledged as `SYNCED`.
  ///
  /// @param file name of the log segment
  /// @param offset first byte cut
  public record Cut(String file, long offset) {}
}
