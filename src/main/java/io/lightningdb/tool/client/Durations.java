package io.lightningdb.tool.client;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts durations in 32 classes for each power of two nanoseconds, so that percentiles are right to 3 %.
/// *Thread-safe.*
final class Durations {
  private static final int SUB_BITS = 5;
  private static final int SUB = 1 << SUB_BITS;

  private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - SUB_BITS) * SUB);

  void record(long nanos) {
    counts.incrementAndGet(index(Math.max(0, nanos)));
  }

  private static int index(long nanos) {
    if (nanos < SUB) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(nanos);
    return (shift + 1) * SUB + (int) (nanos >>> shift) - SUB;
  }

  /// The longest duration of a class.
  private static long bound(int index) {
    if (index < SUB) {
      return index;
    }
    int shift = index / SUB - 1;
    return ((index % SUB + SUB + 1L) << shift) - 1;
  }

  long count() {
    long all = 0;
    for (int i = 0; i < counts.length(); i++) {
      all += counts.get(i);
    }
    return all;
  }

  /// The duration that this part of all did not exceed, in nanoseconds; 0 if there are none.
  ///
  /// @param part above 0, up to 1
  long percentile(double part) {
    long wanted = (long) Math.ceil(count() * part);
    long passed = 0;
    for (int i = 0; i < counts.length() && wanted > 0; i++) {
      passed += counts.get(i);
      if (passed >= wanted) {
        return bound(i);
      }
    }
    return 0;
  }
}
