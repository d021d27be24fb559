package io.lightningdb.server.metrics;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.TransactionStats;
import io.lightningdb.engine.WriteRateStats;
import io.lightningdb.engine.WriteRateStats.Share;
import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.springframework.stereotype.Component;

/// Figures of the whole engine.
@Component
class EngineMetrics implements MeterBinder {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  EngineMetrics(Database database) {
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Engine engine = new Engine(database, registry);
    bindCommits(engine);
    bindLog(engine);
    bindRuns(engine);
    bindWriteRate(engine);
    bindCache(engine);
    bindMemory(engine);
    bindState(engine);
    bindDisk(engine);
    bindTransactions(engine);
  }

  /// Registers figures of one database at one registry.
  private record Engine(Database database, MeterRegistry registry) {
    void stat(Metric metric, ToDoubleFunction<EngineStats> value, String... labelValues) {
      metric.register(
          registry, database, source -> value.applyAsDouble(source.stats()), labelValues);
    }

    void timed(
        Metric metric,
        ToLongFunction<EngineStats> count,
        ToDoubleFunction<EngineStats> nanos,
        String... labelValues) {
      metric.registerTimed(
          registry,
          database,
          source -> count.applyAsLong(source.stats()),
          source -> nanos.applyAsDouble(source.stats()),
          labelValues);
    }

    void transactions(
        Metric metric, ToDoubleFunction<TransactionStats> value, String... labelValues) {
      metric.register(
          registry,
          database,
          source -> value.applyAsDouble(source.transactionStats()),
          labelValues);
    }
  }

  private static void bindCommits(Engine engine) {
    engine.stat(Metric.COMMITS, EngineStats::commits);
    engine.stat(Metric.VISIBLE_VERSION, EngineStats::visibleVersion);
    engine.stat(Metric.DURABLE_VERSION, EngineStats::durableVersion);
  }

  private static void bindLog(Engine engine) {
    engine.stat(Metric.LOG_ALLOCATED, EngineStats::logBytes);
    engine.stat(Metric.LOG_SEGMENTS, EngineStats::logSegments);
  }

  private static void bindRuns(Engine engine) {
    engine.stat(Metric.FLUSHES, EngineStats::flushes);
    engine.stat(Metric.FLUSH_WRITTEN, EngineStats::flushBytes);
    engine.stat(Metric.COMPACTIONS, EngineStats::compactions);
    engine.stat(Metric.COMPACTION_READ, EngineStats::compactionBytesRead);
    engine.stat(Metric.COMPACTION_WRITTEN, EngineStats::compactionBytesWritten);
    engine.stat(Metric.COMPACTIONS_RUNNING, EngineStats::compactionsRunning);
    engine.stat(Metric.RUN_FILES_MOVED, EngineStats::runFilesMoved);
    engine.stat(Metric.RUN_FILES_DROPPED, EngineStats::runFilesDropped);
    engine.stat(Metric.EXPIRED_ENTRIES_REMOVED, EngineStats::expiredEntriesRemoved);
    engine.stat(Metric.MEMTABLE, EngineStats::memtableBytes);
    engine.stat(Metric.RUN_FILES, EngineStats::runFiles);
    engine.stat(Metric.RUN, EngineStats::runBytes);
    engine.stat(Metric.FLUSH_BACKLOG, EngineStats::flushBacklog);
    engine.stat(Metric.COMPACTION_BACKLOG, EngineStats::compactionBacklog);
  }

  private static void bindWriteRate(Engine engine) {
    written(engine, "user", WriteRateStats::user);
    written(engine, "flush", WriteRateStats::flush);
    written(engine, "top-level", WriteRateStats::topLevel);
    written(engine, "rest", WriteRateStats::rest);
    engine.stat(Metric.WRITE_AMPLIFICATION, stats -> amplification(stats.writeRate()));
  }

  private static double amplification(WriteRateStats stats) {
    double users = stats.user().bytes();
    double others = stats.flush().bytes() + stats.topLevel().bytes() + stats.rest().bytes();
    return users == 0 ? Double.NaN : (users + others) / users;
  }

  private static void written(
      Engine engine, String priority, Function<WriteRateStats, Share> share) {
    engine.stat(Metric.WRITTEN, stats -> share.apply(stats.writeRate()).bytes(), priority);
    engine.timed(
        Metric.WRITTEN_WAIT,
        stats -> share.apply(stats.writeRate()).waits(),
        stats -> share.apply(stats.writeRate()).waitNanos(),
        priority);
  }

  private static void bindCache(Engine engine) {
    engine.stat(Metric.CACHE, stats -> stats.cache().bytes());
    engine.stat(Metric.CACHE_MAX, stats -> stats.cache().bytesMax());
    engine.stat(Metric.CACHE_BLOCKS, stats -> stats.cache().blocks());
    engine.stat(Metric.CACHE_HITS, stats -> stats.cache().hits());
    engine.stat(Metric.CACHE_MISSES, stats -> stats.cache().misses());
    engine.stat(Metric.CACHE_EVICTIONS, stats -> stats.cache().evictions());
    engine.stat(Metric.CACHE_RECENCY, stats -> stats.cache().recencyBytes());
    engine.stat(Metric.CACHE_RECENCY_TARGET, stats -> stats.cache().recencyBytesTarget());
    engine.stat(Metric.CACHE_RECENCY_GHOST_HITS, stats -> stats.cache().recencyGhostHits());
    engine.stat(Metric.CACHE_FREQUENCY_GHOST_HITS, stats -> stats.cache().frequencyGhostHits());
  }

  private static void bindMemory(Engine engine) {
    engine.stat(Metric.MEMORY_BUDGET, stats -> stats.memory().bytesMax());
    part(engine, "memtables", MemoryStats::memtableBytes);
    part(engine, "cache", MemoryStats::cacheBytes);
    part(engine, "transactions", MemoryStats::transactionBytes);
    part(engine, "snapshots", MemoryStats::snapshotBytes);
    part(engine, "service", MemoryStats::embedderBytes);
    part(engine, "scans", MemoryStats::scanBytes);
    part(engine, "requests", MemoryStats::requestBytes);
    part(engine, "log", MemoryStats::logBytes);
    part(engine, "runs", MemoryStats::runBytes);
    part(engine, "maintenance", MemoryStats::maintenanceBytes);
    engine.stat(Metric.MEMORY_WAITING, stats -> stats.memory().requestsWaiting());
    engine.stat(Metric.MEMORY_REFUSED, stats -> stats.memory().requestsRefused());
  }

  private static void part(Engine engine, String name, ToDoubleFunction<MemoryStats> value) {
    engine.stat(Metric.MEMORY, stats -> value.applyAsDouble(stats.memory()), name);
  }

  private static void bindState(Engine engine) {
    engine.stat(Metric.SNAPSHOTS, EngineStats::snapshots);
    engine.stat(
        Metric.SNAPSHOT_OLDEST_AGE, stats -> stats.oldestSnapshotNanos() / NANOS_PER_SECOND);
    Metric.STORAGE_FAILED.register(
        engine.registry(), engine.database(), source -> source.writeFailure().isPresent() ? 1 : 0);
  }

  private static void bindDisk(Engine engine) {
    engine.stat(Metric.DISK_FREE, stats -> stats.disk().usableBytes());
    engine.stat(Metric.DISK_BALLAST, stats -> stats.disk().ballastBytes());
    engine.stat(Metric.DISK_RESERVE, stats -> stats.disk().reserveBytes());
    engine.stat(Metric.DISK_RESERVE_REACHED, stats -> stats.disk().reserveReached() ? 1 : 0);
    engine.stat(Metric.DISK_WRITES_REFUSED, stats -> stats.disk().writesRefused());
    for (Resource resource : Resource.values()) {
      Metric.SYSTEM_REFUSALS.register(
          engine.registry(),
          engine.database(),
          source -> source.shortages(resource),
          Words.of(resource));
    }
  }

  private static void bindTransactions(Engine engine) {
    engine.transactions(
        Metric.TRANSACTIONS_OPEN,
        stats -> Math.max(0, stats.open() - stats.lockWaiters()),
        "running");
    engine.transactions(Metric.TRANSACTIONS_OPEN, TransactionStats::lockWaiters, "waiting");
    engine.transactions(Metric.TRANSACTIONS_LOCKS, TransactionStats::locksHeld);
    engine.transactions(Metric.TRANSACTIONS_COMMITTED, TransactionStats::committed);
    engine.transactions(Metric.TRANSACTIONS_ROLLED_BACK, TransactionStats::rolledBack);
    engine.transactions(Metric.TRANSACTIONS_EXPIRED, TransactionStats::expired);
    engine.transactions(Metric.TRANSACTIONS_CONFLICTS, TransactionStats::conflicts);
    engine.transactions(Metric.TRANSACTIONS_DEADLOCKS, TransactionStats::deadlocks);
  }
}
