package io.lightningdb.engine.latency;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts durations by their size. *Thread-safe.*
///
/// Bounds double from 1 microsecond to 67 seconds, the same in every histogram, so that histograms of several databases
/// can be added up. Recording costs one division and two atomic additions to memory that few other threads write.
public final class LatencyHistogram {
  /// Buckets with a bound; one more, without, holds what took longer.
  public static final int BOUNDS = 27;

  private static final long FIRST_BOUND_NANOS = 1_000;

  // A power of two, so that a thread finds its stripe by a mask.
  private static final int STRIPES = 8;

  // Counts and sum of a stripe, filled up to whole cache lines, so that stripes do not share any.
  private static final int STRIDE = 32;
  private static final int SUM = BOUNDS + 1;

  private final AtomicLongArray cells = new AtomicLongArray(STRIPES * STRIDE);

  /// Starts empty.
  public LatencyHistogram() {}

  /// Longest duration that a bucket counts.
  ///
  /// @param bucket 0 up to [#BOUNDS], exclusive
  /// @return in nanoseconds
  public static long boundNanos(int bucket) {
    return FIRST_BOUND_NANOS << bucket;
  }

  /// The first bucket whose bound is not below a duration.
  static int bucket(long nanos) {
    long rounded = (Math.max(1, nanos) - 1) / FIRST_BOUND_NANOS;
    return Math.min(BOUNDS, Long.SIZE - Long.numberOfLeadingZeros(rounded));
  }

  /// Counts a duration.
  ///
  /// @param nanos in nanoseconds; below zero counts as zero
  public void record(long nanos) {
    int stripe = ((int) Thread.currentThread().threadId() & (STRIPES - 1)) * STRIDE;
    cells.getAndIncrement(stripe + bucket(nanos));
    cells.getAndAdd(stripe + SUM, Math.max(0, nanos));
  }

  /// What was counted so far.
  ///
  /// @return the counts; durations that are being recorded may be in the counts and not in the sum, or the other way
  ///     round
  public Snapshot snapshot() {
    long[] counts = new long[BOUNDS + 1];
    long sum = 0;
    for (int stripe = 0; stripe < STRIPES * STRIDE; stripe += STRIDE) {
      for (int bucket = 0; bucket <= BOUNDS; bucket++) {
        counts[bucket] += cells.get(stripe + bucket);
      }
      sum += cells.get(stripe + SUM);
    }
    return new Snapshot(counts, sum);
  }

  /// Durations counted up to a moment.
  ///
  /// @param counts for each bucket how many fell into it and not into one before; the last has no bound
  /// @param sumNanos all durations together, in nanoseconds
  public record Snapshot(long[] counts, long sumNanos) {
    /// How many there were.
    ///
    /// @return a count
    public long count() {
      long sum = 0;
      for (long count : counts) {
        sum += count;
      }
      return sum;
    }
  }
}
