package io.lightningdb.engine.commit;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.latency.LatencyHistogram;
import io.lightningdb.engine.log.AppendMode;

/// Times commits, from the call to the acknowledgement. *Thread-safe.*
///
/// A commit that waits for no sync takes half a microsecond, of which asking for the time twice would be a tenth; so of these only
/// those are timed before which a multiple of 64 commits were made.
public final class CommitLatency {
  /// One in so many of the commits that wait for no sync is timed.
  public static final int SAMPLED_OF = 64;

  private static final long NOT_TIMED = 0;

  private final LatencyHistogram synced = new LatencyHistogram();
  private final LatencyHistogram logged = new LatencyHistogram();
  private final VisibleVersion visible;
  private final Clock clock;

  /// Times nothing yet.
  ///
  /// @param visible tells how many commits were made
  /// @param clock times them
  public CommitLatency(VisibleVersion visible, Clock clock) {
    this.visible = visible;
    this.clock = clock;
  }

  /// A commit begins.
  ///
  /// @param mode [AppendMode#WRITE] if it will wait for its sync
  /// @return to be given to [#end]
  public long begin(AppendMode mode) {
    if (mode == AppendMode.STORE && visible.get() % SAMPLED_OF != 0) {
      return NOT_TIMED;
    }
    long now = clock.nanoTime();
    return now == NOT_TIMED ? 1 : now;
  }

  /// A commit is about to be acknowledged.
  ///
  /// @param mode as it began
  /// @param begun what [#begin] returned
  public void end(AppendMode mode, long begun) {
    if (begun != NOT_TIMED) {
      (mode == AppendMode.WRITE ? synced : logged).record(clock.nanoTime() - begun);
    }
  }

  /// Commits that waited for their sync.
  ///
  /// @return their durations
  public LatencyHistogram.Snapshot synced() {
    return synced.snapshot();
  }

  /// Commits that did not.
  ///
  /// @return the durations of those that were timed
  public LatencyHistogram.Snapshot logged() {
    return logged.snapshot();
  }
}
