package io.lightningdb.engine.log;

import io.lightningdb.engine.io.Clock;
import java.util.function.LongSupplier;

/// Lets a sync wait a moment for commits that are about to come. *Confined to the thread that syncs.*
///
/// Writers that wait for stable storage come back as soon as a sync has let them go. A sync that begins at once misses
/// them, so that they share every other sync only, half of them at a time. As many commits as there were at the end of
/// the sync before, made durable or waiting, are therefore waited for, for half as long as that sync took: what is won
/// is that all share one sync. Others have the processor meanwhile, and may keep it for longer. A wait that took too
/// long, or was in vain because writers have something else to do in between, makes the next syncs go without.
///
/// PostgreSQL's `commit_delay` and `commit_siblings` are the same idea, set by hand.
final class SyncCrowd {
  /// A longer wait is not worth it, however slow the disk is.
  static final long WAIT_NANOS_MAX = 200_000;

  /// With so many commits a sync is well shared as it is.
  static final long COMMITS_MAX = 256;

  // Ends the wait where the clock stands still, and where there is no thread to yield to.
  private static final int YIELDS_MAX = 512;
  private static final int MISSES_MAX = 6;

  private final Clock clock;
  private long commits;
  private long syncNanos;
  private int misses;
  private int skipped;

  SyncCrowd(Clock clock) {
    this.clock = clock;
  }

  /// Notes a sync that succeeded.
  ///
  /// @param released commits that it made durable
  /// @param pending commits that were appended meanwhile
  /// @param nanos how long it took
  void synced(long released, long pending, long nanos) {
    commits = released + pending;
    syncNanos = nanos;
  }

  /// Waits, if it promises anything, until as many commits are there as before.
  ///
  /// @param pending tells how many there are
  void gather(LongSupplier pending) {
    if (commits < 2 || commits > COMMITS_MAX || pending.getAsLong() >= commits) {
      return;
    }
    if (skipped > 0) {
      skipped--;
      return;
    }
    if (await(pending)) {
      misses = 0;
    } else {
      misses = Math.min(misses + 1, MISSES_MAX);
      skipped = 1 << misses;
    }
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // The thread that is waited for needs a processor; there may be no
  // other one.
  private boolean await(LongSupplier pending) {
    long start = clock.nanoTime();
    long patience = Math.min(syncNanos / 2, WAIT_NANOS_MAX);
    for (int i = 0; i < YIELDS_MAX && clock.nanoTime() - start < patience; i++) {
      Thread.yield();
      if (pending.getAsLong() >= commits) {
        // Where others were in no hurry to give the processor back, the wait was too long to be
        // worth
        // it.
        return clock.nanoTime() - start <= 2 * patience;
      }
    }
    return false;
  }
}
