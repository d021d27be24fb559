package io.lightningdb.engine.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts the threads that are reading from a view at this moment. *Thread-safe.*
///
/// One counter that all readers share would make them wait for each other's cache line, twice a read. Here threads
/// count in stripes, each on cache lines of its own, and leave by the stripe through which they came. No sum is ever
/// taken: a view is unread once each stripe was seen at zero *after* no reader could enter any more, at whatever
/// different times.
final class ReadPins {
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  // Two cache lines, for processors fetch them in pairs.
  private static final int STRIPE_LONGS = 16;
  private static final int STRIPES =
      Integer.highestOneBit(
          2 * Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 2, 64) - 1);

  // The first stripe begins behind the array's header and whatever stands before it.
  private final long[] counts = new long[(STRIPES + 1) * STRIPE_LONGS];

  /// The stripe of the current thread.
  ///
  /// @return where to enter and to leave
  static int stripe() {
    return (((int) Thread.currentThread().threadId() & (STRIPES - 1)) + 1) * STRIPE_LONGS;
  }

  /// Enters. The caller makes sure afterwards that the view is still the current one, and leaves if it is not.
  void enter(int stripe) {
    COUNT.getAndAdd(counts, stripe, 1L);
  }

  void leave(int stripe) {
    COUNT.getAndAdd(counts, stripe, -1L);
  }

  /// Tells whether there is no reader. To be asked when the view is no longer current: those who enter then only find
  /// that out.
  boolean isUnread() {
    for (int stripe = STRIPE_LONGS; stripe < counts.length; stripe += STRIPE_LONGS) {
      if ((long) COUNT.getVolatile(counts, stripe) != 0) {
        return false;
      }
    }
    return true;
  }
}
