package io.lightningdb.engine.store;

import java.util.concurrent.atomic.LongAdder;

/// Counts how a keyspace is used, for layouts that adapt to it. *Thread-safe.* Counts only while it is switched on:
/// others pay for the question only.
public final class AccessCounts {
  private final LongAdder gets = new LongAdder();
  private final LongAdder scans = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private volatile boolean counting;

  AccessCounts() {}

  /// The counts so far.
  ///
  /// @param gets point reads
  /// @param scans ranges opened for reading
  /// @param writes changes of entries that were frozen for their flush
  public record Sums(long gets, long scans, long writes) {}

  /// Switches counting on or off.
  ///
  /// @param on whether accesses count from now on
  public void counting(boolean on) {
    counting = on;
  }

  void get() {
    if (counting) {
      gets.increment();
    }
  }

  /// A range is opened for reading.
  public void scan() {
    if (counting) {
      scans.increment();
    }
  }

  void frozen(long entries) {
    writes.add(entries);
  }

  Sums sums(long entriesInMemory) {
    return new Sums(gets.sum(), scans.sum(), writes.sum() + entriesInMemory);
  }
}
