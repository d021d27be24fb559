package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// Runs that take the place of others, in the manifest and then for readers.
///
/// @param removed runs and parts of runs that go
/// @param added what comes instead, which may be parts of the same files
/// @param historyFloor from which version on everything can be read, as far as this change is concerned
record RunReplacement(Set<RunRecord> removed, List<SharedRun> added, long historyFloor) {

  /// Makes the change durable, then visible.
  ///
  /// @throws CancelledException if the keyspace was dropped; nothing was changed
  /// @throws IOException if the manifest cannot be written: then whether it was changed is not known
  void install(Maintenance maintenance, KeyspaceStore store) throws IOException {
    try (Manifest.Hold _ = maintenance.manifest().hold()) {
      record(maintenance, store);
      store.replaceRuns(removed, added, historyFloor);
    }
  }

  private void record(Maintenance maintenance, KeyspaceStore store) throws IOException {
    try {
      maintenance.manifest().apply(current -> edit(maintenance, store, current));
    } catch (IllegalStateException e) {
      CancelledException gone = new CancelledException();
      gone.initCause(e);
      throw gone;
    }
  }

  private VersionEdit edit(Maintenance maintenance, KeyspaceStore store, Version current) {
    KeyspaceRecord keyspace = current.keyspace(store.id());
    if (keyspace == null) {
      throw new IllegalStateException("the keyspace was dropped");
    }
    List<Change> changes = new ArrayList<>();
    Set<Long> files = removed.stream().map(RunRecord::fileId).collect(Collectors.toSet());
    files.forEach(file -> changes.add(new Change.RunRemoved(store.id(), file)));
    // A file goes with all its parts: those that stay come back.
    keyspace.runs().stream()
        .filter(run -> files.contains(run.fileId()) && !removed.contains(run))
        .forEach(run -> changes.add(new Change.RunAdded(store.id(), run)));
    added.forEach(run -> changes.add(new Change.RunAdded(store.id(), run.record())));
    changes.add(new Change.HistoryFloor(store.id(), historyFloor));
    changes.add(maintenance.ids().next());
    return new VersionEdit(changes);
  }

  /// What a range leaves of a run.
  ///
  /// @param run overlaps the range
  /// @param range keys that go
  /// @return none, one or two parts
  /// @throws IOException if the run cannot be read or is damaged
  static List<SharedRun> without(SharedRun run, KeyRange range) throws IOException {
    KeyRange bounds = run.record().bounds();
    List<SharedRun> rest = new ArrayList<>();
    addPart(rest, run, bounds.intersect(new KeyRange(bounds.lower(), range.lower())));
    byte[] upper = range.upper();
    if (upper != null) {
      addPart(rest, run, bounds.intersect(new KeyRange(upper, null)));
    }
    return rest;
  }

  private static void addPart(List<SharedRun> rest, SharedRun run, KeyRange part)
      throws IOException {
    if (!part.isEmpty()) {
      double share = run.run().shareWithin(part);
      long bytes = Math.round(run.record().fileBytes() * share);
      rest.add(run.with(run.record().part(part, bytes)));
    }
  }

  /// The row of a level where runs with keys of a range can be added: one that has none of these keys itself, and is
  /// newer than those that have, so that the order of age stays right.
  ///
  /// @param staying the other runs of the keyspace, of which those of the level are older
  /// @param level where to add
  /// @param ranges the keys
  /// @param newRow gives the number of a new row
  /// @return the oldest such row, or a new one
  static long row(
      Collection<RunRecord> staying, int level, List<KeyRange> ranges, LongSupplier newRow) {
    Set<Long> rows = new HashSet<>();
    long newestTaken = -1;
    for (RunRecord run : staying) {
      if (run.place().level() == level) {
        rows.add(run.place().row());
        if (ranges.stream().anyMatch(run.bounds()::overlaps)) {
          newestTaken = Math.max(newestTaken, run.place().row());
        }
      }
    }
    long bound = newestTaken;
    return rows.stream()
        .mapToLong(Long::longValue)
        .filter(row -> row > bound)
        .min()
        .orElseGet(newRow);
  }
}
