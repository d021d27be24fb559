package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What to merge for the sake of space, where [LayoutPolicy] finds all as it should be: a pure function of the runs
/// that there are.
///
/// A policy merges when rows or bytes have become too many, which takes writes. What comes here is for a keyspace
/// without writes, and for a disk on which there must not be any. Each choice leaves less for the next one, so that it
/// ends: what was merged has nothing older under it, no part that does not count, and no deletion.
///
/// @param shareMin from which share on it is worth the rewriting: of a file that is of no use, or of what lies under a
///     run that the run
///     may replace; above 0, up to 1
/// @param urgency of the choices, against those of policies
public record SpaceReclaim(double shareMin, double urgency) {

  /// For a keyspace that has been quiet for a while: only what clearly gives something back, after all else.
  public static final SpaceReclaim QUIET = new SpaceReclaim(1 / 8.0, 0);

  /// While the reserve of the disk is reached.
  public static final SpaceReclaim URGENT = new SpaceReclaim(1 / 16.0, 1);

  /// While the reserve of the disk is reached, and nothing comes any more that would make it worth more.
  public static final SpaceReclaim LAST = new SpaceReclaim(Double.MIN_NORMAL, 1);

  /// Decides.
  ///
  /// @param runs all runs of the keyspace, of which nothing is closed to merges
  /// @param policy what else decides over them
  /// @param circumstances what else counts
  /// @return a merge, or empty if none is worth it
  public Optional<LayoutPolicy.Choice> choose(
      List<RunRecord> runs, LayoutPolicy policy, LayoutPolicy.Circumstances circumstances) {
    Stack stack = new Stack(runs, policy, circumstances);
    return runs.stream()
        .filter(run -> stack.share(run) >= shareMin)
        .min(Comparator.comparing(RunRecord::place))
        .map(stack::down)
        .or(() ->
            runs.stream()
                .filter(run -> stack.waste(run) >= shareMin)
                .max(Comparator.comparingDouble(stack::waste))
                .map(stack::alone))
        .map(choice ->
            new LayoutPolicy.Choice(
                choice.action(), choice.inputs(), choice.range(), choice.outputLevel(), urgency));
  }

  /// The runs of a keyspace, one over the other.
  private record Stack(
      List<RunRecord> runs, LayoutPolicy policy, LayoutPolicy.Circumstances circumstances) {

    private Stream<RunRecord> under(RunRecord run) {
      return runs.stream()
          .filter(other -> other.place().compareTo(run.place()) > 0)
          .filter(other -> other.bounds().overlaps(run.bounds()));
    }

    private boolean isSettled(RunRecord run) {
      return run.greatestVersion() <= circumstances.droppableVersion();
    }

    /// What a run may replace of what lies under it, as a share of that; 0 if a reader may still look behind it.
    double share(RunRecord run) {
      double entries = under(run).mapToDouble(other -> other.entries() * other.liveShare()).sum();
      if (entries == 0 || !isSettled(run)) {
        return 0;
      }
      if (run.entries() == 0) {
        // Nothing but deletions of ranges.
        return 1;
      }
      // Rows by time stay apart, whatever lies over what, lest files go later than their time.
      double replacing = policy == LayoutPolicy.TIME_ORDERED ? run.tombstones() : run.entries();
      return replacing * run.liveShare() / entries;
    }

    /// The share of a file that is of no use to any reader, whatever lies under it.
    double waste(RunRecord run) {
      double gone = 0;
      if (isSettled(run) && run.entries() > 0 && under(run).findAny().isEmpty()) {
        double expired =
            policy == LayoutPolicy.TIME_ORDERED
                ? 0
                : run.expiredShare(circumstances.instantMillis());
        gone = Math.min(1, (double) run.tombstones() / run.entries() + expired);
      }
      return Math.max(1 - run.liveShare(), gone);
    }

    /// A run and everything older under it, file by file as a whole, become part of the deepest row that they come
    /// from.
    LayoutPolicy.Choice down(RunRecord run) {
      KeyRange range = under(run).map(RunRecord::bounds).reduce(run.bounds(), KeyRange::hull);
      List<RunRecord> inputs =
          runs.stream()
              .filter(other -> other.place().compareTo(run.place()) >= 0)
              .filter(other -> other.bounds().overlaps(range))
              .toList();
      int deepest = inputs.stream().mapToInt(input -> input.place().level()).max().orElse(0);
      return merge(inputs, range, Math.max(1, deepest));
    }

    LayoutPolicy.Choice alone(RunRecord run) {
      return merge(List.of(run), run.bounds(), run.place().level());
    }

    private static LayoutPolicy.Choice merge(List<RunRecord> inputs, KeyRange range, int level) {
      return new LayoutPolicy.Choice(LayoutPolicy.Action.MERGE, inputs, range, level, 0);
    }
  }
}
