package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes the oldest frozen memtable of a keyspace a run. *Confined to the flush thread.*
public final class FlushJob {
  private final Maintenance maintenance;
  private final KeyspaceStore store;
  private final Memtable memtable;

  /// Prepares a flush.
  ///
  /// @param maintenance what to work with
  /// @param store the keyspace
  /// @param memtable its oldest frozen memtable
  public FlushJob(Maintenance maintenance, KeyspaceStore store, Memtable memtable) {
    this.maintenance = maintenance;
    this.store = store;
    this.memtable = memtable;
  }

  /// Writes the run, makes it part of the durable state, and only then lets go of the memtable and of the log before it.
  ///
  /// @throws CancelledException if the keyspace was dropped meanwhile
  /// @throws IOException if anything cannot be written; the memtable and the log stay
  public void run() throws IOException {
    VersionRetention retention = maintenance.retention(store);
    RangeTombstones tombstones = memtable.tombstones();
    RunRecord.Place place = new RunRecord.Place(0, maintenance.ids().takeRow());
    RunOutput output =
        new RunOutput(
            maintenance,
            store,
            new RunOutput.Purpose(place, RetainedCursor.Depth.ABOVE_OTHERS, WritePriority.FLUSH, 1),
            tombstones);
    RetainedCursor retained =
        new RetainedCursor(
            memtable.allVersions(), tombstones, retention, RetainedCursor.Depth.ABOVE_OTHERS);
    List<SharedRun> runs;
    try {
      runs = output.write(retained, store::isDropped);
      // A power failure must not leave a run with commits that the log has lost: the log comes
      // first.
      maintenance.log().awaitDurable(memtable.lastVersion());
    } catch (IOException | RuntimeException e) {
      output.discard(e);
      throw e;
    }
    install(output, runs, retained.historyFloor());
  }

  private void install(RunOutput output, List<SharedRun> runs, long historyFloor)
      throws IOException {
    Version version;
    try (Manifest.Hold _ = maintenance.manifest().hold()) {
      version = record(output, runs, historyFloor);
      store.flushed(memtable, runs, historyFloor);
    }
    maintenance.log().release(version.logStart().sequence());
    maintenance.counters().flushed(runs.stream().mapToLong(run -> run.record().fileBytes()).sum());
  }

  private Version record(RunOutput output, List<SharedRun> runs, long historyFloor)
      throws IOException {
    try {
      return maintenance.manifest().apply(current -> edit(current, runs, historyFloor));
    } catch (IllegalStateException e) {
      CancelledException cancelled = new CancelledException();
      cancelled.initCause(e);
      output.discard(cancelled);
      throw cancelled;
    }
  }

  private VersionEdit edit(Version current, List<SharedRun> runs, long historyFloor) {
    if (current.keyspace(store.id()) == null) {
      throw new IllegalStateException("the keyspace was dropped");
    }
    long everywhere = maintenance.forms().flushedEverywhere(store, memtable.lastVersion());
    long logVersion = Math.max(current.logStart().version(), everywhere);
    List<Change> changes = new ArrayList<>();
    runs.forEach(run -> changes.add(new Change.RunAdded(store.id(), run.record())));
    changes.add(new Change.HistoryFloor(store.id(), historyFloor));
    changes.add(new Change.Flushed(store.id(), memtable.lastVersion()));
    changes.add(new Change.LogStart(maintenance.log().firstSequenceNeeded(logVersion), logVersion));
    changes.add(maintenance.ids().next());
    return new VersionEdit(changes);
  }
}
