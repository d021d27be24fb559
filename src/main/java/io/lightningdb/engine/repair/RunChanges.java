package io.lightningdb.engine.repair;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.repair.Repair.DamagedRun;
import io.lightningdb.engine.run.RunSalvage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// What a repair makes of the state in the manifest. *Confined to one thread.*
final class RunChanges {
  private final Version from;
  private final TreeMap<Integer, KeyspaceRecord> keyspaces;
  private long nextFileId;

  RunChanges(Version from) {
    this.from = from;
    this.keyspaces = new TreeMap<>(from.keyspaces());
    this.nextFileId = from.nextIds().fileId();
  }

  /// An id for a new run.
  long takeFileId() {
    return nextFileId++;
  }

  private KeyspaceRecord keyspace(int id) {
    return Objects.requireNonNull(keyspaces.get(id));
  }

  private void runs(int id, List<RunRecord> runs) {
    KeyspaceRecord old = keyspace(id);
    keyspaces.put(
        id,
        new KeyspaceRecord(
            id, old.name(), old.options(), old.flushedVersion(), old.historyFloor(), runs));
  }

  /// Gives up the runs of a keyspace from the oldest of some on, if every commit since is in the log, which is then
  /// read again by the next start.
  ///
  /// @param damaged damaged runs of one keyspace
  /// @return false if the log does not reach back so far, or a run that is needed for older commits holds newer ones
  ///     too
  boolean toLog(List<DamagedRun> damaged) {
    KeyspaceRecord keyspace = keyspace(damaged.getFirst().keyspace().id());
    long before =
        damaged.stream()
                .flatMap(run -> run.records().stream())
                .mapToLong(RunRecord::leastVersion)
                .min()
                .orElseThrow()
            - 1;
    List<RunRecord> gone =
        keyspace.runs().stream().filter(run -> run.greatestVersion() > before).toList();
    boolean inLog = !from.closed() && from.logStart().version() <= before;
    if (!inLog || gone.stream().anyMatch(run -> run.leastVersion() <= before)) {
      return false;
    }
    List<RunRecord> kept = new ArrayList<>(keyspace.runs());
    kept.removeAll(gone);
    keyspaces.put(
        keyspace.id(),
        new KeyspaceRecord(
            keyspace.id(),
            keyspace.name(),
            keyspace.options(),
            Math.min(before, keyspace.flushedVersion()),
            keyspace.historyFloor(),
            kept));
    return true;
  }

  /// Counts files with an older state of some keys.
  int older(int keyspaceId, RunRecord.Place place, KeyRange keys) {
    return (int)
        keyspace(keyspaceId).runs().stream()
            .filter(run -> run.place().compareTo(place) > 0 && run.bounds().overlaps(keys))
            .map(RunRecord::fileId)
            .distinct()
            .count();
  }

  /// Puts new runs in the place of a damaged one, unless that is not needed any more.
  void replace(DamagedRun damaged, List<RunRecord> added) {
    int id = damaged.keyspace().id();
    List<RunRecord> runs = new ArrayList<>(keyspace(id).runs());
    if (runs.removeAll(damaged.records())) {
      runs.addAll(added);
      runs(id, runs);
    }
  }

  /// Has the keyspaces of lost keys show nothing of these that may be out of date: what was older goes, if so wished,
  /// and past moments cannot be read.
  void forget(Map<DamagedRun, Optional<RunSalvage>> damaged, OlderState olderState) {
    damaged.forEach((run, salvage) -> {
      List<KeyRange> lost = salvage.map(RunSalvage::lost).orElse(List.of(KeyRange.ALL));
      if (!lost.isEmpty()) {
        raiseHistoryFloor(run.keyspace().id());
      }
      for (RunRecord record : run.records()) {
        for (KeyRange range : lost) {
          KeyRange keys = record.bounds().intersect(range);
          if (olderState == OlderState.REMOVE && !keys.isEmpty()) {
            removeOlder(run.keyspace().id(), record.place(), keys);
          }
        }
      }
    });
  }

  private void raiseHistoryFloor(int id) {
    KeyspaceRecord old = keyspace(id);
    keyspaces.put(
        id,
        new KeyspaceRecord(
            id,
            old.name(),
            old.options(),
            old.flushedVersion(),
            Math.max(old.historyFloor(), old.flushedVersion()),
            old.runs()));
  }

  private void removeOlder(int id, RunRecord.Place place, KeyRange keys) {
    List<RunRecord> runs = new ArrayList<>();
    for (RunRecord run : keyspace(id).runs()) {
      boolean cut = run.place().compareTo(place) > 0 && run.bounds().overlaps(keys);
      runs.addAll(cut ? without(run, keys) : List.of(run));
    }
    runs(id, runs);
  }

  /// What is left of a run: none, one or two parts of its file.
  private static List<RunRecord> without(RunRecord run, KeyRange keys) {
    List<RunRecord> parts = new ArrayList<>();
    KeyRange below = run.bounds().intersect(new KeyRange(new byte[0], keys.lower()));
    byte[] upper = keys.upper();
    if (!below.isEmpty()) {
      parts.add(run.part(below, run.liveBytes() / 2));
    }
    if (upper != null) {
      KeyRange above = run.bounds().intersect(new KeyRange(upper, null));
      if (!above.isEmpty()) {
        parts.add(run.part(above, run.liveBytes() / 2));
      }
    }
    return parts;
  }

  /// The state after all changes.
  Version version() {
    Change.NextIds ids =
        new Change.NextIds(nextFileId, from.nextIds().keyspaceId(), from.nextIds().row());
    return from.withKeyspaces(keyspaces, ids);
  }
}
