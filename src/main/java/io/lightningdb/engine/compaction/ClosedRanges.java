package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Ranges of keys in which something is damaged, and how to merge around them: pure functions. Immutable.
///
/// A run that holds keys inside and outside of such a range is cut into parts, by its bounds and without being
/// rewritten. Then no part outside overlaps one inside, so what is outside is merged as if there were nothing else:
/// between two ranges, as a keyspace of its own. Inside, the rows of a level that are newer than everything damaged
/// become one row when they are many.
public final class ClosedRanges {
  private static final int ROWS_INSIDE_MAX = 4;

  private final List<KeyRange> closed;

  /// Takes the ranges.
  ///
  /// @param closed not overlapping, in any order
  public ClosedRanges(List<KeyRange> closed) {
    this.closed =
        closed.stream()
            .sorted(Comparator.comparing(KeyRange::lower, Arrays::compareUnsigned))
            .toList();
  }

  /// The ranges between, before and behind.
  ///
  /// @return ascending, none of them empty
  public List<KeyRange> open() {
    List<KeyRange> open = new ArrayList<>();
    byte[] lower = new byte[0];
    for (KeyRange range : closed) {
      addUnlessEmpty(open, new KeyRange(lower, range.lower()));
      byte[] upper = range.upper();
      if (upper == null) {
        return open;
      }
      lower = upper;
    }
    open.add(new KeyRange(lower, null));
    return open;
  }

  private static void addUnlessEmpty(List<KeyRange> ranges, KeyRange range) {
    if (!range.isEmpty()) {
      ranges.add(range);
    }
  }

  /// The parts into which the bounds of a run have to be cut.
  ///
  /// @param bounds of the run
  /// @return ascending; one, which is the bounds themselves, if nothing is to be cut
  List<KeyRange> cut(KeyRange bounds) {
    List<KeyRange> parts = new ArrayList<>();
    for (KeyRange range : open()) {
      addUnlessEmpty(parts, bounds.intersect(range));
    }
    for (KeyRange range : closed) {
      addUnlessEmpty(parts, bounds.intersect(range));
    }
    parts.sort(Comparator.comparing(KeyRange::lower, Arrays::compareUnsigned));
    return parts;
  }

  /// What to do next in a keyspace with closed ranges.
  ///
  /// @param runs all runs, cut
  /// @param policy of the keyspace
  /// @param circumstances what else counts
  /// @param damaged tells whether a part inside is damaged
  /// @return the most urgent thing, or empty if all is as it should be
  public Optional<LayoutPolicy.Choice> choose(
      List<RunRecord> runs,
      LayoutPolicy policy,
      LayoutPolicy.Circumstances circumstances,
      Predicate<RunRecord> damaged) {
    List<LayoutPolicy.Choice> choices = new ArrayList<>();
    for (KeyRange range : open()) {
      policy.choose(inside(runs, range), circumstances).ifPresent(choices::add);
    }
    for (KeyRange range : closed) {
      oneRow(inside(runs, range), range, damaged).ifPresent(choices::add);
    }
    return choices.stream().max(Comparator.comparingDouble(LayoutPolicy.Choice::urgency));
  }

  private static List<RunRecord> inside(List<RunRecord> runs, KeyRange range) {
    return runs.stream().filter(run -> range.covers(run.bounds())).toList();
  }

  /// Makes one row of the rows of a level that are newer than everything damaged in a closed range, on the next level
  /// if that is not deeper than what is damaged.
  private static Optional<LayoutPolicy.Choice> oneRow(
      List<RunRecord> runs, KeyRange range, Predicate<RunRecord> damaged) {
    Optional<RunRecord.Place> newestDamaged =
        runs.stream().filter(damaged).map(RunRecord::place).min(Comparator.naturalOrder());
    if (newestDamaged.isEmpty()) {
      return Optional.empty();
    }
    RunRecord.Place bound = newestDamaged.get();
    for (int level = 0; level <= bound.level(); level++) {
      List<RunRecord> newer = newerAt(level, runs, bound);
      long rows = newer.stream().map(RunRecord::place).distinct().count();
      if (rows >= ROWS_INSIDE_MAX) {
        int output = Math.min(level + 1, bound.level());
        return Optional.of(
            new LayoutPolicy.Choice(LayoutPolicy.Action.MERGE, newer, range, output, 1));
      }
    }
    return Optional.empty();
  }

  private static List<RunRecord> newerAt(int level, List<RunRecord> runs, RunRecord.Place damaged) {
    return runs.stream()
        .filter(run -> run.place().level() == level && run.place().compareTo(damaged) < 0)
        .toList();
  }
}
