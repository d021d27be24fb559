package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.MergingCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.NoSpaceException;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One step of a merge: what some runs hold of a range of keys becomes one row, from the least key on until the step has
/// written its share. What was merged is taken off the bounds of the inputs, so that the next step, which is chosen anew, goes
/// on from there, even after a crash. *Confined to the merging thread.*
public final class MergeJob {
  private final Maintenance maintenance;
  private final KeyspaceStore store;
  private final LayoutPolicy.Choice choice;
  private final BooleanSupplier cancelled;
  private final RunOutput.Share share;
  private volatile @Nullable RunOutput current;

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
    this.share =
        RunOutput.Share.of(
            maintenance.runBytesTarget(),
            Math.max(maintenance.disk().mergeRoomBytes(), maintenance.disk().mergeBytesLeast()),
            maintenance.disk().mergeBytes());
  }

  /// Writes new runs and puts them in the place of what was merged.
  ///
  /// @return the key from which on the range is left for the next step, or null if it is done
  /// @throws CancelledException if it was cancelled or the keyspace dropped
  /// @throws io.lightningdb.engine.io.ResourceExhaustedException if the system has nothing left of what it takes; nothing is changed
  ///     then, and it may be tried again
  /// @throws IOException if an input cannot be read or is damaged, or the output cannot be written; nothing is changed then
  public byte @Nullable [] run() throws IOException {
    View view = store.pin();
    try (DiskGuard.Claim _ = maintenance.disk().claim(maintenance.disk().mergeBytes())) {
      return run(view);
    } finally {
      view.unpin();
    }
  }

  private byte @Nullable [] run(View view) throws IOException {
    Set<RunRecord> chosen = new HashSet<>(choice.inputs());
    List<SharedRun> inputs =
        view.runs().stream().filter(run -> chosen.contains(run.record())).toList();
    List<RunRecord> staying =
        view.runs().stream().map(SharedRun::record).filter(run -> !chosen.contains(run)).toList();
    RetainedCursor.Depth depth = depth(staying);
    VersionRetention retention = maintenance.retention(store);
    TombstoneSweep sweep = new TombstoneSweep(deletions(inputs), retention.readVersions());
    RunOutput output =
        new RunOutput(
            maintenance,
            store,
            new RunOutput.Purpose(outputPlace(staying), depth, choice.priority(), choice.urgency()),
            new RunOutput.Deletions(sweep, pieces -> kept(pieces, retention, depth)));
    current = output;
    RetainedCursor retained = new RetainedCursor(entries(inputs), sweep, retention, depth);
    byte[] end;
    RunReplacement replacement;
    try {
      end = output.writeStep(share, choice.range(), retained, this::isCancelled);
      replacement = replacement(inputs, end, output.runs(), retained.historyFloor());
    } catch (NoSpaceException e) {
      output.discard(e);
      throw e.withoutTrace();
    } catch (IOException | RuntimeException e) {
      output.discard(e);
      throw e;
    }
    install(replacement, inputs, output);
    return end;
  }

  /// How much of the step was written so far. *Thread-safe.*
  ///
  /// @return in bytes
  public long bytesWritten() {
    RunOutput output = current;
    return output == null ? 0 : output.bytesWritten();
  }

  private boolean isCancelled() {
    return cancelled.getAsBoolean() || store.isDropped();
  }

  private EntryCursor entries(List<SharedRun> inputs) throws IOException {
    List<EntryCursor> sources = new ArrayList<>();
    for (SharedRun input : inputs) {
      sources.add(input.run().allVersions(input.record().bounds().intersect(choice.range())));
    }
    return MergingCursor.all(sources);
  }

  private List<RangeTombstones.Fragment> deletions(List<SharedRun> inputs) throws IOException {
    List<RangeTombstones.Fragment> all = new ArrayList<>();
    for (SharedRun input : inputs) {
      KeyRange part = input.record().bounds().intersect(choice.range());
      all.addAll(input.run().rangeTombstones().within(part).fragments());
    }
    return all;
  }

  private static RangeTombstones kept(
      RangeTombstones tombstones, VersionRetention retention, RetainedCursor.Depth depth) {
    return depth == RetainedCursor.Depth.BOTTOM
        ? tombstones.filter(retention::isDeletionNeeded)
        : tombstones;
  }

  /// Deletions can go where no run that is not merged holds anything older of the same keys.
  private RetainedCursor.Depth depth(List<RunRecord> staying) {
    RunRecord.Place newest =
        choice.inputs().stream()
            .map(RunRecord::place)
            .min(RunRecord.Place::compareTo)
            .orElseThrow();
    boolean aboveOthers =
        staying.stream()
            .filter(record -> record.place().compareTo(newest) > 0)
            .anyMatch(record -> record.bounds().overlaps(choice.range()));
    return aboveOthers ? RetainedCursor.Depth.ABOVE_OTHERS : RetainedCursor.Depth.BOTTOM;
  }

  /// The row of the newest input that is on the output level already, since all older ones there are inputs too; else a row
  /// over those that are there.
  private RunRecord.Place outputPlace(List<RunRecord> staying) {
    int level = choice.outputLevel();
    return choice.inputs().stream()
        .map(RunRecord::place)
        .filter(place -> place.level() == level)
        .min(RunRecord.Place::compareTo)
        .orElseGet(() ->
            new RunRecord.Place(
                level,
                RunReplacement.row(
                    staying, level, List.of(choice.range()), maintenance.ids()::takeRow)));
  }

  private RunReplacement replacement(
      List<SharedRun> inputs, byte @Nullable [] end, List<SharedRun> outputs, long historyFloor)
      throws IOException {
    KeyRange merged =
        new KeyRange(choice.range().lower(), end == null ? choice.range().upper() : end);
    Set<RunRecord> removed = new HashSet<>();
    List<SharedRun> added = new ArrayList<>(outputs);
    for (SharedRun input : inputs) {
      if (input.record().bounds().overlaps(merged)) {
        removed.add(input.record());
        added.addAll(RunReplacement.without(input, merged));
      }
    }
    return new RunReplacement(removed, added, historyFloor);
  }

  /// Once the edit is on its way to the disk the outputs stay, even if it fails: it may have arrived.
  private void install(RunReplacement replacement, List<SharedRun> inputs, RunOutput output)
      throws IOException {
    try {
      replacement.install(maintenance, store);
    } catch (CancelledException e) {
      output.discard(e);
      throw e;
    }
    long before = inputs.stream().mapToLong(run -> run.record().liveBytes()).sum();
    long after = replacement.added().stream().mapToLong(run -> run.record().liveBytes()).sum();
    long written = output.runs().stream().mapToLong(run -> run.record().fileBytes()).sum();
    long untouched =
        inputs.stream()
            .map(SharedRun::record)
            .filter(run -> !replacement.removed().contains(run))
            .mapToLong(RunRecord::liveBytes)
            .sum();
    maintenance.counters().merged(Math.max(0, before - untouched - (after - written)), written);
  }
}
