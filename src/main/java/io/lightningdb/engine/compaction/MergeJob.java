package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.MergingCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Merges runs into one row. *Confined to the merging thread.*
public final class MergeJob {
  private final Maintenance maintenance;
  private final KeyspaceStore store;
  private final LayoutPolicy.Choice choice;
  private final BooleanSupplier cancelled;

  /// Prepares a merge.
  ///
  /// @param maintenance what to work with
  /// @param store the keyspace
  /// @param choice what to merge
  /// @param cancelled asked now and then; the merge stops without a trace when it is true
  public MergeJob(
      Maintenance maintenance,
      KeyspaceStore store,
      LayoutPolicy.Choice choice,
      BooleanSupplier cancelled) {
    this.maintenance = maintenance;
    this.store = store;
    this.choice = choice;
    this.cancelled = cancelled;
  }

  /// Writes the new row and puts it in the place of the inputs.
  ///
  /// @throws CancelledException if it was cancelled or the keyspace dropped
  /// @throws IOException if an input cannot be read or is damaged, or the output cannot be written; nothing is changed then
  public void run() throws IOException {
    View view = store.pin();
    try {
      run(view);
    } finally {
      view.unpin();
    }
  }

  private void run(View view) throws IOException {
    Set<Long> ids = new HashSet<>();
    choice.inputs().forEach(input -> ids.add(input.fileId()));
    List<SharedRun> inputs =
        view.runs().stream().filter(run -> ids.contains(run.record().fileId())).toList();
    RetainedCursor.Depth depth = depth(view, ids);
    VersionRetention retention = maintenance.retention(store);
    RangeTombstones tombstones = tombstones(inputs);
    RunRecord.Place place = new RunRecord.Place(choice.outputLevel(), outputRow(view, ids));
    RunOutput output =
        new RunOutput(maintenance, store, place, kept(tombstones, retention, depth), depth);
    RetainedCursor retained = new RetainedCursor(entries(inputs), tombstones, retention, depth);
    List<SharedRun> runs;
    try {
      runs = output.write(retained, this::isCancelled);
    } catch (IOException | RuntimeException e) {
      output.discard(e);
      throw e;
    }
    install(new Result(ids, runs, retained.historyFloor()), output);
  }

  private boolean isCancelled() {
    return cancelled.getAsBoolean() || store.isDropped();
  }

  private static EntryCursor entries(List<SharedRun> inputs) throws IOException {
    List<EntryCursor> sources = new ArrayList<>();
    for (SharedRun input : inputs) {
      sources.add(input.run().allVersions(input.record().bounds()));
    }
    return MergingCursor.all(sources);
  }

  private static RangeTombstones tombstones(List<SharedRun> inputs) throws IOException {
    List<RangeTombstones> all = new ArrayList<>();
    for (SharedRun input : inputs) {
      all.add(input.run().rangeTombstones().within(input.record().bounds()));
    }
    return RangeTombstones.union(all);
  }

  private static RangeTombstones kept(
      RangeTombstones tombstones, VersionRetention retention, RetainedCursor.Depth depth) {
    return depth == RetainedCursor.Depth.BOTTOM
        ? tombstones.filter(retention::isDeletionNeeded)
        : tombstones;
  }

  /// Deletions can go where no run that is not merged holds anything older of the same keys.
  private static RetainedCursor.Depth depth(View view, Set<Long> inputs) {
    KeyRange hull = hull(view, inputs);
    RunRecord.Place newest =
        view.runs().stream()
            .map(SharedRun::record)
            .filter(record -> inputs.contains(record.fileId()))
            .map(RunRecord::place)
            .min(RunRecord.Place::compareTo)
            .orElseThrow();
    boolean aboveOthers =
        view.runs().stream()
            .map(SharedRun::record)
            .filter(record -> !inputs.contains(record.fileId()))
            .filter(record -> record.place().compareTo(newest) > 0)
            .anyMatch(record -> record.bounds().overlaps(hull));
    return aboveOthers ? RetainedCursor.Depth.ABOVE_OTHERS : RetainedCursor.Depth.BOTTOM;
  }

  /// What is merged into a row that partly stays becomes part of it; else it is a new row, newer than those of its level.
  private long outputRow(View view, Set<Long> inputs) {
    for (SharedRun run : view.runs()) {
      RunRecord.Place place = run.record().place();
      boolean stays = !inputs.contains(run.record().fileId());
      if (place.level() == choice.outputLevel() && stays && joins(view, inputs, place)) {
        return place.row();
      }
    }
    return maintenance.ids().takeRow();
  }

  private boolean joins(View view, Set<Long> inputs, RunRecord.Place place) {
    boolean inputOfRow =
        view.runs().stream()
            .anyMatch(run ->
                inputs.contains(run.record().fileId()) && run.record().place().equals(place));
    // A level with a single row takes in what overlaps none of its runs.
    long rows =
        view.runs().stream()
            .map(run -> run.record().place())
            .filter(other -> other.level() == place.level())
            .distinct()
            .count();
    return inputOfRow || (rows == 1 && overlapsNone(view, inputs, place));
  }

  private static boolean overlapsNone(View view, Set<Long> inputs, RunRecord.Place place) {
    KeyRange merged = hull(view, inputs);
    return view.runs().stream()
        .filter(run -> run.record().place().equals(place))
        .filter(run -> !inputs.contains(run.record().fileId()))
        .noneMatch(run -> run.record().bounds().overlaps(merged));
  }

  /// The least range that holds all inputs.
  private static KeyRange hull(View view, Set<Long> inputs) {
    return view.runs().stream()
        .map(SharedRun::record)
        .filter(record -> inputs.contains(record.fileId()))
        .map(RunRecord::bounds)
        .reduce(KeyRange::hull)
        .orElseThrow();
  }

  /// What a merge came to.
  ///
  /// @param inputs ids of the files merged
  /// @param runs what they became
  /// @param historyFloor from which version on everything can still be read
  private record Result(Set<Long> inputs, List<SharedRun> runs, long historyFloor) {}

  /// Once the edit is on its way to the disk the outputs stay, even if it fails: it may have arrived.
  private void install(Result result, RunOutput output) throws IOException {
    try {
      maintenance.manifest().apply(current -> edit(current, result));
    } catch (IllegalStateException e) {
      CancelledException gone = new CancelledException();
      gone.initCause(e);
      output.discard(gone);
      throw gone;
    }
    store.merged(result.inputs(), result.runs(), result.historyFloor());
    maintenance
        .counters()
        .merged(
            choice.inputs().stream().mapToLong(RunRecord::fileBytes).sum(),
            result.runs().stream().mapToLong(run -> run.record().fileBytes()).sum());
  }

  private VersionEdit edit(Version current, Result result) {
    if (current.keyspace(store.id()) == null) {
      throw new IllegalStateException("the keyspace was dropped");
    }
    List<Change> changes = new ArrayList<>();
    result.inputs().forEach(id -> changes.add(new Change.RunRemoved(store.id(), id)));
    result.runs().forEach(run -> changes.add(new Change.RunAdded(store.id(), run.record())));
    changes.add(new Change.HistoryFloor(store.id(), result.historyFloor()));
    changes.add(maintenance.ids().next());
    return new VersionEdit(changes);
  }
}
