package io.lightningdb.bench.workload;

import io.lightningdb.bench.store.Session;

/// Threads that do the same, and are reported in one line.
///
/// @param workload the name of the line
/// @param unit what is counted
/// @param threads how many
/// @param timing which calls are timed one by one
/// @param operations makes what a thread does
record Lane(String workload, String unit, int threads, Timing timing, Operations operations) {
  /// Which calls are timed one by one. Looking at the clock takes some 25 ns, a tenth of a fast read.
  enum Timing {
    EVERY(0),
    EVERY_16TH(15);

    private final int mask;

    Timing(int mask) {
      this.mask = mask;
    }

    boolean includes(long call) {
      return (call & mask) == 0;
    }
  }

  /// Makes what one thread does, again and again.
  @FunctionalInterface
  interface Operations {
    /// Called by the thread itself, before the clock starts.
    ///
    /// @param session the thread's own
    /// @param thread its number, from 0
    Operation prepare(Session session, int thread);
  }

  /// One call.
  @FunctionalInterface
  interface Operation {
    /// Does it once.
    ///
    /// @return how many units that were
    int run();
  }
}
