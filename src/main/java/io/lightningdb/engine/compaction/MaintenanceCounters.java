package io.lightningdb.engine.compaction;

import io.lightningdb.engine.latency.LatencyHistogram;
import java.util.concurrent.atomic.LongAdder;

/// Counts flushes and merges since the database was opened. *Thread-safe.*
public final class MaintenanceCounters {
  private final LongAdder flushes = new LongAdder();
  private final LongAdder flushBytes = new LongAdder();
  private final LongAdder merges = new LongAdder();
  private final LongAdder compactionBytesRead = new LongAdder();
  private final LongAdder compactionBytesWritten = new LongAdder();
  private final LongAdder runFilesMoved = new LongAdder();
  private final LongAdder runFilesDropped = new LongAdder();

  private final LatencyHistogram flushLatency = new LatencyHistogram();
  private final LatencyHistogram mergeStepLatency = new LatencyHistogram();

  private final LongAdder expiredEntriesRemoved = new LongAdder();

  /// Starts at zero.
  public MaintenanceCounters() {}

  void flushed(long bytes) {
    flushes.increment();
    flushBytes.add(bytes);
  }

  void merged(long bytesRead, long bytesWritten) {
    merges.increment();
    compactionBytesRead.add(bytesRead);
    compactionBytesWritten.add(bytesWritten);
  }

  /// Entries that flushes and merges left out because they had expired.
  ///
  /// @return a counter, to be added to
  LongAdder expiredEntriesRemoved() {
    return expiredEntriesRemoved;
  }

  /// Entries that flushes and merges left out because they had expired.
  ///
  /// @return a count
  public long expired() {
    return expiredEntriesRemoved.sum();
  }

  void moved(int runs) {
    runFilesMoved.add(runs);
  }

  void dropped(int runs) {
    runFilesDropped.add(runs);
  }

  /// Runs that went to another level without being rewritten.
  ///
  /// @return a count
  public long runFilesMoved() {
    return runFilesMoved.sum();
  }

  /// Runs that went because no reader could see anything of them.
  ///
  /// @return a count
  public long runFilesDropped() {
    return runFilesDropped.sum();
  }

  /// How long flushes took.
  ///
  /// @return to be recorded in, by the part that has flushes done
  public LatencyHistogram flushLatency() {
    return flushLatency;
  }

  /// How long steps of merges took.
  ///
  /// @return to be recorded in, by the part that has merges done
  public LatencyHistogram mergeStepLatency() {
    return mergeStepLatency;
  }

  /// Memtables flushed.
  ///
  /// @return a count
  public long flushes() {
    return flushes.sum();
  }

  /// Bytes of the runs they became.
  ///
  /// @return in bytes
  public long flushBytes() {
    return flushBytes.sum();
  }

  /// Merges done.
  ///
  /// @return a count
  public long merges() {
    return merges.sum();
  }

  /// Bytes of the runs that were merged.
  ///
  /// @return in bytes
  public long compactionBytesRead() {
    return compactionBytesRead.sum();
  }

  /// Bytes of the runs that they became.
  ///
  /// @return in bytes
  public long compactionBytesWritten() {
    return compactionBytesWritten.sum();
  }
}
