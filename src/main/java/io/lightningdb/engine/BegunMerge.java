package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.compaction.MergeJob;
import io.lightningdb.engine.manifest.RunRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A merge that was begun: what is left of it, and how far it is. Immutable, but for what its step is doing.
///
/// @param choice what is left to do
/// @param fromLevel the newest level that it began with
/// @param sinceMillis when it was begun, in milliseconds since 1970-01-01T00:00Z
/// @param bytesAll bytes of the runs that it began with
/// @param step the step that is being done, or null between two
record BegunMerge(
    LayoutPolicy.Choice choice,
    int fromLevel,
    long sinceMillis,
    long bytesAll,
    @Nullable MergeJob step) {

  static BegunMerge of(LayoutPolicy.Choice choice, long millis) {
    int newest =
        choice.inputs().stream()
            .mapToInt(run -> run.place().level())
            .min()
            .orElse(choice.outputLevel());
    return new BegunMerge(choice, newest, millis, bytes(choice), null);
  }

  private static long bytes(LayoutPolicy.Choice choice) {
    return choice.inputs().stream().mapToLong(RunRecord::liveBytes).sum();
  }

  /// The same merge with less to do.
  BegunMerge with(LayoutPolicy.Choice left) {
    return new BegunMerge(left, fromLevel, sinceMillis, bytesAll, null);
  }

  /// The same merge while a step of it is done.
  BegunMerge at(MergeJob job) {
    return new BegunMerge(choice, fromLevel, sinceMillis, bytesAll, job);
  }

  /// What is left of it after others have merged, too.
  Optional<BegunMerge> rest(List<RunRecord> runs) {
    return choice.rest(choice.range().lower(), runs).map(this::with);
  }

  /// How far it is. A step is as far as it has written: what deletions and older versions leave of its inputs is known at its end.
  KeyspaceShape.Compaction show() {
    MergeJob job = step;
    long merged = bytesAll - bytes(choice) + (job == null ? 0 : job.bytesWritten());
    return new KeyspaceShape.Compaction(
        fromLevel,
        choice.outputLevel(),
        Instant.ofEpochMilli(sinceMillis),
        Math.clamp(merged, 0, bytesAll),
        bytesAll);
  }
}
