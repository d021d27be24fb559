package io.lightningdb.bench.workload;

import java.time.Duration;

/// How much is done: so many calls by each thread, or as many as the time allows.
///
/// @param calls most calls of a thread
/// @param time after which no call begins
record Extent(long calls, Duration time) {
  static Extent of(Duration time) {
    return new Extent(Long.MAX_VALUE, time);
  }

  boolean isTime() {
    return calls == Long.MAX_VALUE;
  }
}
