package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.Cover;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.Row;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names runs as part of another level, or drops them, without reading or writing their files. *Confined to the merging
/// thread.*
public final class MoveJob {
  private final Maintenance maintenance;
  private final KeyspaceStore store;

  /// Prepares changes of a keyspace.
  ///
  /// @param maintenance what to work with
  /// @param store the keyspace
  public MoveJob(Maintenance maintenance, KeyspaceStore store) {
    this.maintenance = maintenance;
    this.store = store;
  }

  /// Moves runs to another level.
  ///
  /// @param choice what to move
  /// @throws CancelledException if the keyspace was dropped
  /// @throws IOException if the manifest cannot be written
  public void move(LayoutPolicy.Choice choice) throws IOException {
    View view = store.pin();
    try {
      Set<RunRecord> moved = new HashSet<>(choice.inputs());
      List<RunRecord> staying =
          view.runs().stream().map(SharedRun::record).filter(run -> !moved.contains(run)).toList();
      List<KeyRange> ranges = choice.inputs().stream().map(RunRecord::bounds).toList();
      RunRecord.Place place =
          new RunRecord.Place(
              choice.outputLevel(),
              RunReplacement.row(
                  staying, choice.outputLevel(), ranges, maintenance.ids()::takeRow));
      List<SharedRun> added =
          view.runs().stream()
              .filter(run -> moved.contains(run.record()))
              .map(run -> run.with(run.record().at(place)))
              .toList();
      new RunReplacement(moved, added, 0).install(maintenance, store);
      maintenance.counters().moved(added.size());
    } finally {
      view.unpin();
    }
  }

  /// Cuts runs that hold keys inside and outside of closed ranges into parts, so that merges can leave the former
  /// alone.
  ///
  /// @param closed the ranges
  /// @throws CancelledException if the keyspace was dropped
  /// @throws IOException if the manifest cannot be written
  public void separate(ClosedRanges closed) throws IOException {
    View view = store.pin();
    try {
      Set<RunRecord> removed = new HashSet<>();
      List<SharedRun> added = new ArrayList<>();
      for (SharedRun run : view.runs()) {
        List<KeyRange> parts = closed.cut(run.record().bounds());
        if (parts.size() > 1) {
          removed.add(run.record());
          parts.forEach(part -> added.add(part(run, part, parts.size())));
        }
      }
      if (!removed.isEmpty()) {
        new RunReplacement(removed, added, 0).install(maintenance, store);
      }
    } finally {
      view.unpin();
    }
  }

  private static SharedRun part(SharedRun run, KeyRange part, int parts) {
    double share;
    try {
      share = run.run().shareWithin(part);
    } catch (IOException _) {
      // An estimate is all that this is for, and the index that it comes from may be what is
      // damaged.
      share = run.record().liveShare() / parts;
    }
    return run.with(run.record().part(part, Math.round(run.record().fileBytes() * share)));
  }

  /// Drops runs that no reader can see anything of: a deletion of a range covers them, or all their entries have
  /// expired and nothing older lies under them.
  ///
  /// Looks at the deletions in memtables and in the newest level: those further down have been at work already.
  ///
  /// @throws CancelledException if the keyspace was dropped
  /// @throws IOException if a run cannot be read or is damaged, or the manifest cannot be written
  public void dropDead() throws IOException {
    View view = store.pin();
    try {
      Map<RunRecord, Long> dead = covered(view);
      if (dead.isEmpty() && !mayBeExpired(view)) {
        return;
      }
      VersionRetention retention = maintenance.retention(store);
      List<RunRecord> expired = expired(view, dead, retention);
      expired.forEach(run -> dead.put(run, run.greatestVersion()));
      if (!dead.isEmpty()) {
        long historyFloor = Collections.max(dead.values());
        new RunReplacement(dead.keySet(), List.of(), historyFloor).install(maintenance, store);
        maintenance.counters().dropped(dead.size());
        expired.forEach(retention::countExpired);
      }
    } finally {
      view.unpin();
    }
  }

  /// Whether a look at what snapshots still see is worth it: mostly nothing expires.
  private boolean mayBeExpired(View view) {
    long now = maintenance.snapshots().presentMillis();
    for (SharedRun run : view.runs()) {
      if (run.record().isWhollyExpired(now)) {
        return true;
      }
    }
    return false;
  }

  /// Runs that lie under deletions, with the version of the newest of these.
  private Map<RunRecord, Long> covered(View view) throws IOException {
    Map<RunRecord, Long> covered = new HashMap<>();
    // Not before the deletion is sure to survive: what was dropped will not come back.
    long durable = view.runs().isEmpty() ? 0 : maintenance.droppableVersion(store);
    for (SharedRun run : view.runs()) {
      long version = covering(view, run.record(), durable);
      if (version > 0) {
        covered.put(run.record(), version);
      }
    }
    return covered;
  }

  /// The newest of the deletions that, side by side, cover all of a run.
  ///
  /// @param upToVersion later deletions do not count
  /// @return 0 if there are none that do
  private static long covering(View view, RunRecord run, long upToVersion) throws IOException {
    long newest = 0;
    byte[] reached = run.bounds().lower();
    while (true) {
      Cover cover = newestCover(view, reached, upToVersion);
      if (cover == null || cover.version() <= run.greatestVersion()) {
        return 0;
      }
      newest = Math.max(newest, cover.version());
      byte[] upper = cover.upper();
      if (upper == null || KeyRange.compareUpper(upper, run.bounds().upper()) >= 0) {
        return newest;
      }
      reached = upper;
    }
  }

  private static @Nullable Cover newestCover(View view, byte[] key, long upToVersion)
      throws IOException {
    Cover newest = view.active().deletedRanges().coverAt(key, upToVersion);
    for (Memtable memtable : view.frozen()) {
      newest = newer(newest, memtable.deletedRanges().coverAt(key, upToVersion));
    }
    for (Row row : view.rows()) {
      if (row.place().level() == 0) {
        newest = newer(newest, row.coverAt(key, upToVersion));
      }
    }
    return newest;
  }

  private static @Nullable Cover newer(@Nullable Cover a, @Nullable Cover b) {
    return a == null || (b != null && b.version() > a.version()) ? b : a;
  }

  /// Runs whose entries have all expired, from the oldest on: what lies over something that stays has to stay, lest
  /// that be seen again.
  private static List<RunRecord> expired(
      View view, Map<RunRecord, Long> covered, VersionRetention retention) {
    List<RunRecord> expired = new ArrayList<>();
    Set<RunRecord> gone = new HashSet<>(covered.keySet());
    List<Row> older = new ArrayList<>();
    for (Row row : view.rows().reversed()) {
      for (SharedRun shared : row.runs()) {
        RunRecord run = shared.record();
        // Mostly none has expired, and nothing else is asked then.
        if (retention.isSpent(run)
            && !gone.contains(run)
            && liesOverNothingElse(older, gone, run)) {
          expired.add(run);
          gone.add(run);
        }
      }
      older.add(row);
    }
    return expired;
  }

  /// Whether all that a run lies over is gone.
  private static boolean liesOverNothingElse(List<Row> older, Set<RunRecord> gone, RunRecord run) {
    return older.stream()
        .flatMap(row -> row.overlapping(run.bounds()).stream())
        .allMatch(under -> gone.contains(under.record()));
  }
}
