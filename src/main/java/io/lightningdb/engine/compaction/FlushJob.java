package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.io.NoSpaceException;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes the oldest frozen memtable of a keyspace a run. *Confined to the flush thread.*
public final class FlushJob {
  private static final long BLOCKS_BYTES = 64 << 10;

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

  /// What a memtable became.
  ///
  /// @param output wrote it, and can undo it until it is in the manifest
  /// @param runs not part of the state yet
  /// @param historyFloor from which version on everything can be read, as far as these runs are concerned
  record Written(RunOutput output, List<SharedRun> runs, long historyFloor) {}

  /// Writes the run, makes it part of the durable state, and only then lets go of the memtable and of the log before
  /// it.
  ///
  /// @throws CancelledException if the keyspace was dropped meanwhile
  /// @throws io.lightningdb.engine.io.ResourceExhaustedException if the system has nothing left of what it takes;
  ///     nothing is changed then, and it may be tried again
  /// @throws IOException if anything cannot be written; the memtable and the log stay
  public void run() throws IOException {
    // The run is smaller as a rule; an empty memtable still takes a few blocks, of the manifest
    // too.
    try (DiskGuard.Claim _ = maintenance.disk().claim(memtable.bytes() + BLOCKS_BYTES)) {
      runClaimed();
    }
  }

  private void runClaimed() throws IOException {
    Written written = write();
    try {
      // A power failure must not leave a run with commits that the log has lost: the log comes
      // first.
      maintenance.log().awaitDurable(memtable.lastVersion());
    } catch (IOException | RuntimeException e) {
      written.output().discard(e);
      throw e;
    }
    install(written);
  }

  /// Writes the run, and no more.
  ///
  /// @return on stable storage, and not part of the state
  /// @throws IOException if that failed; nothing is left then
  Written write() throws IOException {
    VersionRetention retention = maintenance.retention(store);
    TombstoneSweep sweep =
        new TombstoneSweep(memtable.deletedRanges().deletions(), retention.readVersions());
    Below below = below();
    RunRecord.Place place = new RunRecord.Place(0, maintenance.ids().takeRow());
    RunOutput output =
        new RunOutput(
            maintenance,
            store,
            new RunOutput.Purpose(place, RetainedCursor.Depth.ABOVE_OTHERS, WritePriority.FLUSH, 1),
            new RunOutput.Deletions(
                sweep, pieces -> pieces.filter(below::overlaps, retention::isDeletionNeeded)));
    RetainedCursor retained = new RetainedCursor(memtable.allVersions(), sweep, retention, below);
    try {
      List<SharedRun> runs = output.write(retained, store::isDropped);
      return new Written(output, runs, retained.historyFloor());
    } catch (NoSpaceException e) {
      output.discard(e);
      throw e.withoutTrace();
    } catch (IOException | RuntimeException e) {
      output.discard(e);
      throw e;
    }
  }

  /// Where older entries may be: in runs, whose bounds merges do not widen, and in memtables that are not runs yet.
  @SuppressWarnings("ReferenceEquality") // That very memtable.
  private Below below() {
    View view = store.peek();
    boolean oldest = !view.frozen().isEmpty() && view.frozen().getLast() == memtable;
    return oldest
        ? Below.of(view.runs().stream().map(run -> run.record().bounds()).toList())
        : Below.everywhere();
  }

  private void install(Written written) throws IOException {
    Version version;
    try (Manifest.Hold _ = maintenance.manifest().hold()) {
      version = record(written);
      replaceMemtable(written);
    }
    maintenance.log().release(version.logStart().sequence());
  }

  /// Lets the runs take the place of the memtable, for reads: they are part of the durable state.
  void replaceMemtable(Written written) {
    store.flushed(memtable, written.runs(), written.historyFloor());
    maintenance
        .counters()
        .flushed(written.runs().stream().mapToLong(run -> run.record().fileBytes()).sum());
  }

  /// What the manifest has to be told of the runs.
  List<Change> changes(Written written) {
    List<Change> changes = new ArrayList<>();
    written.runs().forEach(run -> changes.add(new Change.RunAdded(store.id(), run.record())));
    changes.add(new Change.HistoryFloor(store.id(), written.historyFloor()));
    changes.add(new Change.Flushed(store.id(), memtable.lastVersion()));
    return changes;
  }

  private Version record(Written written) throws IOException {
    try {
      return maintenance.manifest().apply(current -> edit(current, written));
    } catch (IllegalStateException e) {
      CancelledException cancelled = new CancelledException();
      cancelled.initCause(e);
      written.output().discard(cancelled);
      throw cancelled;
    }
  }

  private VersionEdit edit(Version current, Written written) {
    if (current.keyspace(store.id()) == null) {
      throw new IllegalStateException("the keyspace was dropped");
    }
    long everywhere = maintenance.forms().flushedEverywhere(store, memtable.lastVersion());
    long logVersion = Math.max(current.logStart().version(), everywhere);
    List<Change> changes = changes(written);
    changes.add(new Change.LogStart(maintenance.log().firstSequenceNeeded(logVersion), logVersion));
    changes.add(new Change.Moment(maintenance.snapshots().presentMillis()));
    changes.add(maintenance.ids().next());
    return new VersionEdit(changes);
  }
}
