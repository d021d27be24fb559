package io.lightningdb.server.metrics;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.TransactionStats;
import io.lightningdb.engine.WriteRateStats;
import io.lightningdb.engine.WriteRateStats.Share;
import io.lightningdb.server.health.IntegrityChecks;
import io.lightningdb.server.keyvalue.range.Cursors;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.springframework.stereotype.Component;

/// Figures of the whole engine.
@Component
class EngineMetrics implements MeterBinder {
  private static final String BYTES = "bytes";

  private final Database database;
  private final Cursors cursors;
  private final IntegrityChecks checks;
  private final LightningProperties settings;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param cursors the lists that rest
  /// @param checks knows damage
  /// @param settings names the data directory
  EngineMetrics(
      Database database, Cursors cursors, IntegrityChecks checks, LightningProperties settings) {
    this.database = database;
    this.cursors = cursors;
    this.checks = checks;
    this.settings = settings;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindCommits(registry);
    bindLog(registry);
    bindRuns(registry);
    bindBehind(registry);
    bindWriteRate(registry);
    bindCache(registry);
    bindMemory(registry);
    bindState(registry);
    bindTransactions(registry);
  }

  private void bindCommits(MeterRegistry registry) {
    counter(registry, "lightning.commits", "Commits made", EngineStats::commits);
    gauge(
        registry,
        "lightning.visible.version",
        "Newest version that readers see",
        EngineStats::visibleVersion);
    gauge(
        registry,
        "lightning.durable.version",
        "Newest version known to be on stable storage",
        EngineStats::durableVersion);
    timer(
        registry,
        "lightning.write.wait",
        "Time that writes waited for flushes and merges",
        EngineStats::writeWaits,
        EngineStats::writeWaitNanos);
  }

  private void bindLog(MeterRegistry registry) {
    bytes(
        registry,
        "lightning.log.allocated",
        "Bytes allocated to log segments",
        EngineStats::logBytes);
    gauge(registry, "lightning.log.segments", "Log segments", EngineStats::logSegments);
    timer(
        registry,
        "lightning.log.sync",
        "Time spent in syncs of the log",
        EngineStats::logSyncs,
        EngineStats::logSyncNanos);
  }

  private void bindRuns(MeterRegistry registry) {
    counter(registry, "lightning.flushes", "Memtables flushed", EngineStats::flushes);
    byteCounter(
        registry,
        "lightning.flush.written",
        "Bytes of runs written by flushes",
        EngineStats::flushBytes);
    counter(registry, "lightning.merges", "Merges of runs", EngineStats::merges);
    byteCounter(
        registry,
        "lightning.merge.read",
        "Bytes of runs read by merges",
        EngineStats::mergeBytesRead);
    byteCounter(
        registry,
        "lightning.merge.written",
        "Bytes of runs written by merges",
        EngineStats::mergeBytesWritten);
    gauge(
        registry,
        "lightning.merges.under.way",
        "Merges begun and not done yet",
        EngineStats::mergesUnderWay);
    counter(
        registry,
        "lightning.runs.moved",
        "Runs that went to another level without being rewritten",
        EngineStats::runsMoved);
    counter(
        registry,
        "lightning.runs.dropped",
        "Runs that went because nobody could see anything of them",
        EngineStats::runsDropped);
    counter(
        registry,
        "lightning.expired.entries.removed",
        "Entries that flushes and merges left out because they had expired",
        EngineStats::expiredEntriesRemoved);
    bytes(registry, "lightning.memtable", "Bytes held by memtables", EngineStats::memtableBytes);
    gauge(registry, "lightning.runs", "Run files", EngineStats::runs);
    bytes(registry, "lightning.run", "Bytes of run files", EngineStats::runBytes);
  }

  private void bindBehind(MeterRegistry registry) {
    ratio(
        registry,
        "lightning.flush.behind",
        "How far flushes are behind: above 0 they slow writes down, at 1 writes wait",
        EngineStats::flushesBehind);
    ratio(
        registry,
        "lightning.merge.behind",
        "How far merges are behind: above 0 they slow writes down, at 1 writes wait",
        EngineStats::mergesBehind);
  }

  private void bindWriteRate(MeterRegistry registry) {
    written(registry, "user", WriteRateStats::user);
    written(registry, "flush", WriteRateStats::flush);
    written(registry, "top-level", WriteRateStats::topLevel);
    written(registry, "rest", WriteRateStats::rest);
  }

  private void written(
      MeterRegistry registry, String priority, Function<WriteRateStats, Share> share) {
    FunctionCounter.builder(
            "lightning.written",
            database,
            source -> share.apply(source.stats().writeRate()).bytes())
        .description(
            "Bytes written, by priority: users to the log, flushes, merges of level 0, the rest")
        .tag("priority", priority)
        .baseUnit(BYTES)
        .register(registry);
    FunctionTimer.builder(
            "lightning.written.wait",
            database,
            source -> share.apply(source.stats().writeRate()).waits(),
            source -> share.apply(source.stats().writeRate()).waitNanos(),
            TimeUnit.NANOSECONDS)
        .description("Time that the limit of bytes per second held back what is written")
        .tag("priority", priority)
        .register(registry);
  }

  private void bindCache(MeterRegistry registry) {
    bytes(registry, "lightning.cache", "Bytes of the block cache", each -> each.cache().bytes());
    bytes(
        registry,
        "lightning.cache.max",
        "Bytes that the block cache may take",
        each -> each.cache().bytesMax());
    gauge(registry, "lightning.cache.blocks", "Blocks in the cache", each -> each.cache().blocks());
    counter(
        registry,
        "lightning.cache.hits",
        "Reads that found their block in the cache",
        each -> each.cache().hits());
    counter(
        registry,
        "lightning.cache.misses",
        "Reads that had to decompress their block",
        each -> each.cache().misses());
    counter(
        registry,
        "lightning.cache.evictions",
        "Blocks that the cache let go for others",
        each -> each.cache().evictions());
    bindCacheAdaptation(registry);
  }

  private void bindMemory(MeterRegistry registry) {
    bytes(
        registry,
        "lightning.memory.budget",
        "Bytes that all parts together may take",
        each -> each.memory().bytesMax());
    part(registry, "memtables", MemoryStats::memtableBytes);
    part(registry, "cache", MemoryStats::cacheBytes);
    part(registry, "transactions", MemoryStats::transactionBytes);
    part(registry, "scans", MemoryStats::scanBytes);
    part(registry, "log", MemoryStats::logBytes);
    part(registry, "runs", MemoryStats::runBytes);
    part(registry, "maintenance", MemoryStats::maintenanceBytes);
  }

  private void part(MeterRegistry registry, String name, ToDoubleFunction<MemoryStats> value) {
    Gauge.builder(
            "lightning.memory", database, source -> value.applyAsDouble(source.stats().memory()))
        .description("Bytes of the memory budget that a part holds")
        .tag("part", name)
        .baseUnit(BYTES)
        .register(registry);
  }

  private void bindCacheAdaptation(MeterRegistry registry) {
    bytes(
        registry,
        "lightning.cache.recency",
        "Bytes of cached blocks that were used once lately",
        each -> each.cache().recencyBytes());
    bytes(
        registry,
        "lightning.cache.recency.target",
        "Bytes that the cache tries to give to blocks used once lately",
        each -> each.cache().recencyBytesTarget());
    counter(
        registry,
        "lightning.cache.recency.ghost.hits",
        "Misses of a block that a greater recency side would have kept",
        each -> each.cache().recencyGhostHits());
    counter(
        registry,
        "lightning.cache.frequency.ghost.hits",
        "Misses of a block that a greater frequency side would have kept",
        each -> each.cache().frequencyGhostHits());
  }

  private void bindState(MeterRegistry registry) {
    gauge(registry, "lightning.snapshots", "Open snapshots", EngineStats::snapshots);
    TimeGauge.builder(
            "lightning.snapshot.oldest.age",
            database,
            TimeUnit.NANOSECONDS,
            source -> source.stats().oldestSnapshotNanos())
        .description("Age of the oldest open snapshot, 0 if there is none")
        .register(registry);
    Gauge.builder("lightning.cursors", cursors, Cursors::size)
        .description("Lists that rest between two pages")
        .register(registry);
    Gauge.builder(
            "lightning.storage.failed",
            database,
            source -> source.writeFailure().isPresent() ? 1 : 0)
        .description("1 if writes are refused since a storage failure, else 0")
        .register(registry);
    Gauge.builder("lightning.integrity.faults", checks, source -> source.faults().size())
        .description("Damaged places that reads or the last integrity check met")
        .register(registry);
    Gauge.builder(
            "lightning.disk.free", settings, each -> each.directory().toFile().getUsableSpace())
        .description("Bytes that may still be written to the disk of the data directory")
        .baseUnit(BYTES)
        .register(registry);
  }

  private void bindTransactions(MeterRegistry registry) {
    openTransactions(registry, "running", stats -> Math.max(0, stats.open() - stats.lockWaiters()));
    openTransactions(registry, "waiting", TransactionStats::lockWaiters);
    Gauge.builder(
            "lightning.transactions.locks",
            database,
            source -> source.transactionStats().locksHeld())
        .description("Keys locked by transactions")
        .register(registry);
    transactionCounter(
        registry,
        "lightning.transactions.committed",
        "Transactions committed",
        TransactionStats::committed);
    transactionCounter(
        registry,
        "lightning.transactions.rolled.back",
        "Transactions rolled back, conflicts and deadlocks among them",
        TransactionStats::rolledBack);
    transactionCounter(
        registry,
        "lightning.transactions.expired",
        "Transactions ended by their lease, their age or an operator",
        TransactionStats::expired);
    transactionCounter(
        registry,
        "lightning.transactions.conflicts",
        "Commits and locks refused because of another commit",
        TransactionStats::conflicts);
    transactionCounter(
        registry,
        "lightning.transactions.deadlocks",
        "Transactions that gave way in a deadlock",
        TransactionStats::deadlocks);
  }

  private void openTransactions(
      MeterRegistry registry, String state, ToDoubleFunction<TransactionStats> value) {
    Gauge.builder(
            "lightning.transactions.open",
            database,
            source -> value.applyAsDouble(source.transactionStats()))
        .tag("state", state)
        .description("Open transactions, by whether they wait for a lock")
        .register(registry);
  }

  private void transactionCounter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<TransactionStats> value) {
    FunctionCounter.builder(
            name, database, source -> value.applyAsDouble(source.transactionStats()))
        .description(description)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<EngineStats> value) {
    FunctionCounter.builder(name, database, source -> value.applyAsDouble(source.stats()))
        .description(description)
        .register(registry);
  }

  private void byteCounter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<EngineStats> value) {
    FunctionCounter.builder(name, database, source -> value.applyAsDouble(source.stats()))
        .description(description)
        .baseUnit(BYTES)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<EngineStats> value) {
    Gauge.builder(name, database, source -> value.applyAsDouble(source.stats()))
        .description(description)
        .register(registry);
  }

  private void bytes(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<EngineStats> value) {
    Gauge.builder(name, database, source -> value.applyAsDouble(source.stats()))
        .description(description)
        .baseUnit(BYTES)
        .register(registry);
  }

  private void ratio(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<EngineStats> value) {
    Gauge.builder(name, database, source -> value.applyAsDouble(source.stats()))
        .description(description)
        .baseUnit("ratio")
        .register(registry);
  }

  private void timer(
      MeterRegistry registry,
      String name,
      String description,
      ToLongFunction<EngineStats> count,
      ToDoubleFunction<EngineStats> nanos) {
    FunctionTimer.builder(
            name,
            database,
            source -> count.applyAsLong(source.stats()),
            source -> nanos.applyAsDouble(source.stats()),
            TimeUnit.NANOSECONDS)
        .description(description)
        .register(registry);
  }
}
