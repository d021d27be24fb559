package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.Row;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Describes what keyspaces are made of. It looks at views, which are immutable, so nothing waits for it.
///
/// @param policy lays the runs out
/// @param memtableBytes size of a full memtable
/// @param flushing tells which memtables are being flushed
record Shapes(LayoutPolicy policy, long memtableBytes, Predicate<Memtable> flushing) {

  KeyspaceShape of(View view, List<KeyspaceShape.Compaction> compactions, int runFilesMax) {
    List<KeyspaceShape.Memtable> memtables = new ArrayList<>();
    memtables.add(memtable(view.active(), KeyspaceShape.MemtableState.ACTIVE));
    for (Memtable each : view.frozen()) {
      boolean busy = flushing.test(each);
      memtables.add(
          memtable(
              each,
              busy ? KeyspaceShape.MemtableState.FLUSHING : KeyspaceShape.MemtableState.FROZEN));
    }
    TreeMap<Integer, List<Row>> byLevel = new TreeMap<>();
    for (Row row : view.rows()) {
      byLevel.computeIfAbsent(row.place().level(), _ -> new ArrayList<>()).add(row);
    }
    List<KeyspaceShape.Level> levels = new ArrayList<>();
    int left = runFilesMax;
    int deepest = byLevel.isEmpty() ? 0 : byLevel.lastKey();
    for (Map.Entry<Integer, List<Row>> each : byLevel.entrySet()) {
      int level = each.getKey();
      KeyspaceShape.Level shown = level(level, level == deepest, each.getValue(), left);
      left -= shown.sortedRuns().stream().mapToInt(run -> run.runs().size()).sum();
      levels.add(shown);
    }
    int listed = runFilesMax - left;
    return new KeyspaceShape(memtables, levels, compactions, view.runs().size() - listed);
  }

  private static KeyspaceShape.Memtable memtable(
      Memtable memtable, KeyspaceShape.MemtableState state) {
    boolean empty = memtable.isEmpty();
    return new KeyspaceShape.Memtable(
        state,
        memtable.bytes(),
        memtable.entries(),
        memtable.deletions(),
        empty ? 0 : memtable.firstVersion(),
        empty ? 0 : memtable.lastVersion());
  }

  private KeyspaceShape.Level level(int level, boolean deepest, List<Row> rows, int runFilesMax) {
    int files = 0;
    long bytes = 0;
    int left = runFilesMax;
    List<KeyspaceShape.SortedRun> sortedRuns = new ArrayList<>();
    for (Row row : rows) {
      files += row.runs().size();
      for (SharedRun run : row.runs()) {
        bytes += run.record().liveBytes();
      }
      int shown = Math.min(left, row.runs().size());
      if (shown > 0) {
        left -= shown;
        List<KeyspaceShape.RunFile> runs =
            row.runs().subList(0, shown).stream().map(run -> file(run.record())).toList();
        sortedRuns.add(new KeyspaceShape.SortedRun(row.place().row(), runs));
      }
    }
    return new KeyspaceShape.Level(
        level,
        bytes,
        policy.levelBytesMax(level, deepest, memtableBytes),
        rows.size(),
        policy.rowsMax(level, deepest),
        files,
        sortedRuns);
  }

  private static KeyspaceShape.RunFile file(RunRecord run) {
    return new KeyspaceShape.RunFile(
        FileFormat.run(run.fileId()),
        run.fileBytes(),
        run.liveBytes(),
        run.entries(),
        run.tombstones(),
        run.leastVersion(),
        run.greatestVersion(),
        run.bounds());
  }
}
