package io.lightningdb.server.history;

import com.sun.management.OperatingSystemMXBean;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.latency.Latencies;
import io.lightningdb.engine.latency.LatencyHistogram;
import io.lightningdb.server.metrics.ReadLatency;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that counters and gauges say at one moment. Two of them make a sample. Immutable.
///
/// @param millis when they were read
/// @param stats of the engine
/// @param openTransactions open transactions
/// @param reads counts of durations of point reads
/// @param scans counts of durations of pages
/// @param commits counts of durations of commits
/// @param requests counted over HTTP
/// @param connections of clients
/// @param heapBytes in use
/// @param processorNanos that the process has used; below 0 if the system does not tell
@SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
record Reading(
    long millis,
    EngineStats stats,
    long openTransactions,
    double[] reads,
    double[] scans,
    double[] commits,
    Requests requests,
    double connections,
    long heapBytes,
    long processorNanos) {
  private static final double MEDIAN = 0.5;
  private static final double SLOWEST = 0.99;
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double NANOS_PER_MILLI = 1e6;

  // Commits that are logged are timed one out of so many; see CommitLatency of the engine.
  private static final double LOGGED_SAMPLED_OF = 64;

  /// Requests over HTTP.
  ///
  /// @param all answered or cut
  /// @param refused told to come again: too many, too fast, read-only, or no room on the disk
  /// @param failed answered with another status above 499
  record Requests(long all, long refused, long failed) {
    private static final String NAME = "http.server.requests";
    private static final Set<String> REFUSALS = Set.of("429", "503", "507");

    private static Requests of(MeterRegistry meters) {
      long all = 0;
      long refused = 0;
      long failed = 0;
      for (Timer timer : meters.find(NAME).timers()) {
        String status = timer.getId().getTag("status");
        long count = timer.count();
        all += count;
        if (status != null && REFUSALS.contains(status)) {
          refused += count;
        } else if (status != null && status.startsWith("5")) {
          failed += count;
        }
      }
      return new Requests(all, refused, failed);
    }
  }

  static Reading of(Database database, ReadLatency reads, MeterRegistry meters) {
    Latencies engine = database.latencies();
    Runtime heap = Runtime.getRuntime();
    Gauge connections = meters.find("lightning.connections.open").gauge();
    return new Reading(
        database.steadyMillis(),
        database.stats(),
        database.transactionStats().open(),
        counts(reads.gets(), null),
        counts(reads.scans(), null),
        counts(engine.commitsSynced(), engine.commitsLogged()),
        Requests.of(meters),
        connections == null ? Double.NaN : connections.value(),
        heap.totalMemory() - heap.freeMemory(),
        usedProcessorNanos());
  }

  private static double[] counts(
      LatencyHistogram.Snapshot all, LatencyHistogram.@Nullable Snapshot sampled) {
    double[] counts = new double[all.counts().length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = all.counts()[i] + (sampled == null ? 0 : LOGGED_SAMPLED_OF * sampled.counts()[i]);
    }
    return counts;
  }

  private static long usedProcessorNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : -1;
  }

  /// What has happened since an earlier reading, and how things are now.
  Map<Series, Double> since(@Nullable Reading before) {
    Map<Series, Double> sample = gauges();
    if (before != null && millis > before.millis) {
      rates(before, sample);
      percentiles(before, sample);
    }
    return sample;
  }

  private Map<Series, Double> gauges() {
    Map<Series, Double> sample = new EnumMap<>(Series.class);
    MemoryStats memory = stats.memory();
    sample.put(Series.BACKPRESSURE, Math.max(stats.flushBacklog(), stats.compactionBacklog()));
    sample.put(Series.HEAP_BYTES, (double) heapBytes);
    sample.put(Series.MEMTABLE_BYTES, (double) memory.memtableBytes());
    sample.put(Series.CACHE_BYTES, (double) memory.cacheBytes());
    sample.put(Series.REQUEST_BYTES, (double) memory.requestBytes());
    sample.put(Series.TRANSACTION_BYTES, (double) memory.transactionBytes());
    double others =
        (double) memory.snapshotBytes()
            + memory.embedderBytes()
            + memory.scanBytes()
            + memory.logBytes()
            + memory.runBytes()
            + memory.maintenanceBytes();
    sample.put(Series.OTHER_MEMORY_BYTES, others);
    sample.put(Series.RUN_BYTES, (double) stats.runBytes());
    sample.put(Series.LOG_BYTES, (double) stats.logBytes());
    sample.put(Series.DISK_FREE_BYTES, (double) stats.disk().usableBytes());
    sample.put(Series.OPEN_TRANSACTIONS, (double) openTransactions);
    sample.put(Series.OPEN_SNAPSHOTS, (double) stats.snapshots());
    sample.put(Series.CONNECTIONS, connections);
    return sample;
  }

  private void rates(Reading before, Map<Series, Double> sample) {
    double seconds = (millis - before.millis) / MILLIS_PER_SECOND;
    EngineStats then = before.stats;
    Map<Series, Double> counted = new EnumMap<>(Series.class);
    counted.put(Series.REQUESTS_PER_SECOND, (double) requests.all() - before.requests.all());
    counted.put(
        Series.FAILED_REQUESTS_PER_SECOND, (double) requests.failed() - before.requests.failed());
    counted.put(
        Series.REFUSED_REQUESTS_PER_SECOND,
        (double) requests.refused() - before.requests.refused());
    counted.put(Series.READS_PER_SECOND, sum(reads) - sum(before.reads));
    counted.put(Series.SCANS_PER_SECOND, sum(scans) - sum(before.scans));
    counted.put(Series.WRITES_PER_SECOND, (double) stats.commits() - then.commits());
    counted.put(Series.FLUSH_BYTES_PER_SECOND, (double) stats.flushBytes() - then.flushBytes());
    counted.put(
        Series.COMPACTION_BYTES_PER_SECOND,
        (double) stats.compactionBytesWritten() - then.compactionBytesWritten());
    counted.forEach((series, count) -> sample.put(series, Math.max(0, count) / seconds));
    double hits = (double) stats.cache().hits() - then.cache().hits();
    double misses = (double) stats.cache().misses() - then.cache().misses();
    if (hits + misses > 0) {
      sample.put(Series.CACHE_HIT_SHARE, hits / (hits + misses));
    }
    if (processorNanos >= 0 && before.processorNanos >= 0) {
      double used = (processorNanos - before.processorNanos) / NANOS_PER_MILLI;
      sample.put(Series.PROCESSOR_CORES, used / (millis - before.millis));
    }
  }

  private static double sum(double[] counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    return sum;
  }

  private void percentiles(Reading before, Map<Series, Double> sample) {
    sample.put(Series.READ_P50_MICROS, Percentile.micros(MEDIAN, before.reads, reads));
    sample.put(Series.READ_P99_MICROS, Percentile.micros(SLOWEST, before.reads, reads));
    sample.put(Series.SCAN_P50_MICROS, Percentile.micros(MEDIAN, before.scans, scans));
    sample.put(Series.SCAN_P99_MICROS, Percentile.micros(SLOWEST, before.scans, scans));
    sample.put(Series.WRITE_P50_MICROS, Percentile.micros(MEDIAN, before.commits, commits));
    sample.put(Series.WRITE_P99_MICROS, Percentile.micros(SLOWEST, before.commits, commits));
  }
}
