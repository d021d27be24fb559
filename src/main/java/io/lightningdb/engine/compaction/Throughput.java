package io.lightningdb.engine.compaction;

import java.util.concurrent.atomic.AtomicReference;

/// How fast flushes and merges work off what was written, over the last work that they did. *Thread-safe.*
public final class Throughput {
  private static final double KEPT = 0.7;
  private static final double FIRST_GUESS_BYTES = 32e6;

  private final AtomicReference<Rate> flushes =
      new AtomicReference<>(new Rate(FIRST_GUESS_BYTES, 1));
  private final AtomicReference<Rate> merges =
      new AtomicReference<>(new Rate(FIRST_GUESS_BYTES, 1));

  /// Nothing was worked off yet: the figures are a guess.
  public Throughput() {}

  /// Work, of which older work counts less and less.
  private record Rate(double bytes, double seconds) {
    Rate with(double moreBytes, double moreSeconds) {
      return new Rate(KEPT * bytes + moreBytes, KEPT * seconds + moreSeconds);
    }

    double bytesPerSecond() {
      return bytes / seconds;
    }
  }

  /// A memtable was flushed.
  ///
  /// @param bytes of the memtable
  /// @param nanos time it took
  public void flushed(double bytes, long nanos) {
    flushes.updateAndGet(rate -> rate.with(bytes, nanos / 1e9));
  }

  /// A step of a merge was done.
  ///
  /// @param bytes of memtables that level 0 lost, 0 if the step was one of another level
  /// @param nanos time it took
  public void merged(double bytes, long nanos) {
    merges.updateAndGet(rate -> rate.with(bytes, nanos / 1e9));
  }

  /// How fast memtables are flushed.
  ///
  /// @return in bytes of memtables per second
  public double flushed() {
    return flushes.get().bytesPerSecond();
  }

  /// How fast level 0 is merged away.
  ///
  /// @return in bytes of memtables per second, at least 1
  public double merged() {
    return Math.max(1, merges.get().bytesPerSecond());
  }
}
