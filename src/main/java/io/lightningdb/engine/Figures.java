package io.lightningdb.engine;

import io.lightningdb.engine.cache.CacheFigures;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.compaction.WritePriority;
import io.lightningdb.engine.compaction.WriteRateLimiter;
import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.Row;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// Puts figures into the form in which the API shows them.
final class Figures {
  private Figures() {}

  static KeyspaceStats of(View view, long nowMillis, int compactionsRunning) {
    List<RunRecord> runs = view.runs().stream().map(run -> run.record()).toList();
    long entries = view.active().entries();
    entries += view.frozen().stream().mapToLong(Memtable::entries).sum();
    entries += runs.stream().mapToLong(Figures::entries).sum();
    return new KeyspaceStats(
        entries,
        live(runs, ExpirySummary::entries),
        live(runs, summary -> summary.expiredEntries(nowMillis)),
        memtableBytes(view),
        view.frozen().size(),
        RunRecord.fileBytes(runs),
        runs(view),
        compactionsRunning,
        levels(view));
  }

  static long versionsKept(View view) throws IOException {
    long kept = view.active().superseded();
    kept += view.frozen().stream().mapToLong(Memtable::superseded).sum();
    for (SharedRun run : view.runs()) {
      RunProperties properties = run.run().properties();
      kept += Math.round((properties.entries() - properties.keys()) * run.record().liveShare());
    }
    return kept;
  }

  private static long entries(RunRecord run) {
    return Math.round((run.entries() - run.tombstones()) * run.liveShare());
  }

  private static long live(List<RunRecord> runs, ToLongFunction<ExpirySummary> entries) {
    return runs.stream()
        .mapToLong(run -> Math.round(entries.applyAsLong(run.expiries()) * run.liveShare()))
        .sum();
  }

  static int runs(View view) {
    return (int) view.runs().stream().mapToLong(run -> run.record().fileId()).distinct().count();
  }

  static long runBytes(View view) {
    return RunRecord.fileBytes(view.runs().stream().map(run -> run.record()).toList());
  }

  static CacheStats of(CacheFigures cache) {
    return new CacheStats(
        cache.bytes(),
        cache.bytesMax(),
        cache.blocks(),
        cache.hits(),
        cache.misses(),
        cache.evictions(),
        cache.recencyBytes(),
        cache.recencyBytesTarget(),
        cache.recencyGhostHits(),
        cache.frequencyGhostHits());
  }

  static MemoryStats of(MemoryBudget memory) {
    return new MemoryStats(
        memory.bytesMax(),
        memory.bytes(MemoryBudget.Part.MEMTABLES),
        memory.cache().figures().bytes(),
        memory.bytes(MemoryBudget.Part.TRANSACTIONS),
        memory.bytes(MemoryBudget.Part.SNAPSHOTS),
        memory.bytes(MemoryBudget.Part.EMBEDDER),
        memory.bytes(MemoryBudget.Part.SCANS),
        memory.bytes(MemoryBudget.Part.REQUESTS),
        memory.bytes(MemoryBudget.Part.LOG),
        memory.bytes(MemoryBudget.Part.RUNS),
        memory.bytes(MemoryBudget.Part.MAINTENANCE),
        memory.callers().waiting(),
        memory.callers().refused());
  }

  static WriteRateStats of(WriteRateLimiter limiter) {
    return new WriteRateStats(
        share(limiter, WritePriority.USER),
        share(limiter, WritePriority.FLUSH),
        share(limiter, WritePriority.TOP_LEVEL),
        share(limiter, WritePriority.REST));
  }

  private static WriteRateStats.Share share(WriteRateLimiter limiter, WritePriority priority) {
    WriteRateLimiter.Written written = limiter.written(priority);
    return new WriteRateStats.Share(written.bytes(), written.waits(), written.waitNanos());
  }

  static long memtableBytes(View view) {
    return view.active().bytes() + view.frozen().stream().mapToLong(Memtable::bytes).sum();
  }

  private static List<KeyspaceStats.Level> levels(View view) {
    TreeMap<Integer, List<Row>> byLevel = new TreeMap<>();
    for (Row row : view.rows()) {
      byLevel.computeIfAbsent(row.place().level(), _ -> new ArrayList<>()).add(row);
    }
    List<KeyspaceStats.Level> levels = new ArrayList<>();
    byLevel.forEach((level, rows) -> levels.add(level(level, rows)));
    return levels;
  }

  private static KeyspaceStats.Level level(int level, List<Row> rows) {
    int runs = rows.stream().mapToInt(row -> row.runs().size()).sum();
    long bytes =
        rows.stream()
            .flatMap(row -> row.runs().stream())
            .mapToLong(run -> run.record().liveBytes())
            .sum();
    return new KeyspaceStats.Level(level, rows.size(), runs, bytes);
  }
}
