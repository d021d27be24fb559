package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What to do next with the runs of a keyspace: a pure function of the runs that there are.
///
/// The three policies are points of one design space (Dayan and Idreos, "Dostoevsky: Better Space-Time Trade-Offs for LSM-Tree
/// Based Key-Value Stores via Adaptive Removal of Superfluous Merging", SIGMOD 2018). Each bounds the number of rows: a level
/// that has too many is merged into the next, and the last level, however large, has one row or a bounded number.
///
/// A merge is done step by step along the keys; [Choice#rest] is what is left of it after a step. Runs that nothing lies under
/// move down by name only.
public enum LayoutPolicy {
  /// One row a level; a full level moves down one run at a time.
  LEVELED(2),
  /// Several rows a level above one big row.
  LAZY_LEVELED(4),
  /// Several rows on every level.
  TIERED(8),
  /// Rows by when their entries expire, never merged across times, so that whole files go at their time. What does not expire is
  /// laid out as [#TIERED].
  TIME_ORDERED(8);

  /// The deepest level: with a ratio of 8 it holds more than any disk.
  public static final int LEVEL_MAX = 12;

  private static final int RATIO = 8;
  private static final double WASTE_MAX = 0.5;
  private static final double DELETED_MIN = 0.25;

  private final int rowsMax;

  LayoutPolicy(int rowsMax) {
    this.rowsMax = rowsMax;
  }

  /// What is done with the inputs of a choice.
  public enum Action {
    /// What they hold of the range becomes one row.
    MERGE,
    /// They are named as part of another level, and not touched.
    MOVE
  }

  /// What to do.
  ///
  /// @param action what is done
  /// @param inputs runs and parts of runs; no other run between them in age holds keys of the range
  /// @param range the keys that are merged; of no meaning for a move
  /// @param outputLevel where they go
  /// @param urgency how far the rows or bytes that are the reason have grown beyond their bound, 1 for just so
  public record Choice(
      Action action, List<RunRecord> inputs, KeyRange range, int outputLevel, double urgency) {

    /// How much haste it has.
    ///
    /// @return by whether runs of level 0 become fewer
    WritePriority priority() {
      boolean top = inputs.stream().anyMatch(run -> run.place().level() == 0);
      return top ? WritePriority.TOP_LEVEL : WritePriority.REST;
    }

    /// What is left to do after a step.
    ///
    /// @param from where the step ended
    /// @param runs all runs of the keyspace after it
    /// @return empty if everything was done, be it by other merges
    public Optional<Choice> rest(byte[] from, List<RunRecord> runs) {
      KeyRange left = new KeyRange(from, range.upper());
      // Another part of the same file may be on another level, between runs that stay.
      Set<Source> sources = inputs.stream().map(Source::of).collect(Collectors.toSet());
      boolean merged = inputs.stream().anyMatch(run -> run.place().level() == outputLevel);
      boolean moved = inputs.stream().anyMatch(run -> run.place().level() != outputLevel);
      List<RunRecord> still =
          runs.stream()
              .filter(run -> run.bounds().overlaps(left))
              .filter(run ->
                  sources.contains(Source.of(run))
                      || (merged && moved && run.place().level() == outputLevel))
              .toList();
      boolean goesOn = still.stream().anyMatch(run -> !moved || run.place().level() != outputLevel);
      return goesOn
          ? Optional.of(new Choice(action, still, left, outputLevel, urgency))
          : Optional.empty();
    }
  }

  /// Where an input comes from, whatever part of it is left.
  private record Source(long fileId, RunRecord.Place place) {
    static Source of(RunRecord run) {
      return new Source(run.fileId(), run.place());
    }
  }

  /// What counts besides the runs.
  ///
  /// @param memtableBytes size of a full memtable: the unit in which level sizes are counted
  /// @param droppableVersion no reader needs what was deleted up to this version
  /// @param instantMillis nobody reads at an earlier moment
  /// @param windowMillis entries of [#TIME_ORDERED] that expire within the same such time are kept together
  public record Circumstances(
      long memtableBytes, long droppableVersion, long instantMillis, long windowMillis) {}

  /// Decides.
  ///
  /// @param runs all runs of the keyspace
  /// @param circumstances what else counts
  /// @return the most urgent thing to do, or empty if all is as it should be
  public Optional<Choice> choose(List<RunRecord> runs, Circumstances circumstances) {
    NavigableMap<Integer, List<RunRecord>> levels = new TreeMap<>();
    runs.forEach(
        run -> levels.computeIfAbsent(run.place().level(), _ -> new ArrayList<>()).add(run));
    Levels all = new Levels(levels, circumstances);
    return levels.keySet().stream()
        .flatMap(level -> chooseIn(all, level).stream())
        .max(Comparator.comparingDouble(Choice::urgency))
        .or(() -> all.leastWorthKeeping(this != TIME_ORDERED));
  }

  private Optional<Choice> chooseIn(Levels levels, int level) {
    boolean last = level == levels.deepest() && level > 0;
    long rows = levels.rows(level);
    return switch (this) {
      case LEVELED ->
          level == 0 ? levels.reduce(0, rowsMax, Below.MERGED) : levels.oneRowWithin(level);
      case LAZY_LEVELED -> {
        if (last) {
          yield rows > 1 ? levels.oneRow(level) : levels.outgrown(level);
        }
        boolean intoLast = level + 1 == levels.deepest();
        yield levels.reduce(level, rowsMax, intoLast ? Below.MERGED : Below.KEPT);
      }
      case TIERED -> levels.reduce(level, rowsMax, Below.KEPT);
      case TIME_ORDERED ->
          level > 0 && levels.allExpire(level)
              ? levels.reduceWithinTimes(level, rowsMax)
              : levels.reduce(level, rowsMax, Below.KEPT);
    };
  }

  /// Rows of level 0 beyond which merges are behind and writes should slow down.
  ///
  /// @return a count
  public int rowsBehind() {
    return 4 * rowsMax;
  }

  /// Bytes beyond which a level is moved down, wholly or in part.
  ///
  /// @param level its number
  /// @param deepest whether no other level lies below it
  /// @param memtableBytes size of a full memtable
  /// @return in bytes, or nothing if this policy does not bound the bytes of the level
  public OptionalLong levelBytesMax(int level, boolean deepest, long memtableBytes) {
    boolean bounded =
        switch (this) {
          case LEVELED -> level > 0;
          case LAZY_LEVELED -> level > 0 && deepest;
          case TIERED, TIME_ORDERED -> false;
        };
    return bounded && level < LEVEL_MAX
        ? OptionalLong.of((long) capacity(level, memtableBytes))
        : OptionalLong.empty();
  }

  /// Rows of a level beyond which they are merged.
  ///
  /// @param level its number
  /// @param deepest whether no other level lies below it
  /// @return a count, or nothing if it depends on when entries expire
  public OptionalInt rowsMax(int level, boolean deepest) {
    return switch (this) {
      case LEVELED -> OptionalInt.of(level == 0 ? rowsMax - 1 : 1);
      case LAZY_LEVELED -> OptionalInt.of(level > 0 && deepest ? 1 : rowsMax - 1);
      case TIERED -> OptionalInt.of(rowsMax - 1);
      case TIME_ORDERED -> level == 0 ? OptionalInt.of(rowsMax - 1) : OptionalInt.empty();
    };
  }

  private static double capacity(int level, long memtableBytes) {
    return 4.0 * memtableBytes * Math.pow(RATIO, level - 1.0);
  }

  /// What happens to runs of the level that is merged into.
  private enum Below {
    /// They stay as they are, under a new row.
    KEPT,
    /// Those with keys of the range become part of the new row.
    MERGED
  }

  /// The runs by level.
  private record Levels(
      NavigableMap<Integer, List<RunRecord>> levels, Circumstances circumstances) {

    int deepest() {
      return levels.lastKey();
    }

    private List<RunRecord> at(int level) {
      return levels.getOrDefault(level, List.of());
    }

    long rows(int level) {
      return at(level).stream().map(RunRecord::place).distinct().count();
    }

    /// Size that a level should not outgrow.
    private double capacity(int level) {
      return LayoutPolicy.capacity(level, circumstances.memtableBytes());
    }

    private static long bytes(List<RunRecord> runs) {
      return runs.stream().mapToLong(RunRecord::liveBytes).sum();
    }

    private static List<RunRecord> overlapping(List<RunRecord> runs, KeyRange range) {
      return runs.stream().filter(run -> run.bounds().overlaps(range)).toList();
    }

    /// Merges rows of a level into the next if there are too many.
    Optional<Choice> reduce(int level, int rowsMax, Below below) {
      long rows = rows(level);
      if (rows < rowsMax) {
        return Optional.empty();
      }
      double urgency = (double) rows / rowsMax;
      int output = Math.min(level + 1, LEVEL_MAX);
      List<RunRecord> free = output == level ? List.of() : free(level);
      if (!free.isEmpty()) {
        return Optional.of(new Choice(Action.MOVE, free, KeyRange.ALL, output, urgency));
      }
      return Optional.of(merge(level, output, below, urgency));
    }

    boolean allExpire(int level) {
      return at(level).stream().allMatch(run -> run.expiries().entries() == run.entries());
    }

    /// Merges rows that expire within the same time: when no more come to them, or when they are many.
    Optional<Choice> reduceWithinTimes(int level, int rowsMax) {
      List<List<RunRecord>> times = rowsByTime(level);
      for (List<RunRecord> runs : times.subList(0, times.size() - 1)) {
        if (rowsOf(runs) > 1) {
          return Optional.of(mergeRows(runs, level, 1));
        }
      }
      List<RunRecord> current = times.getLast();
      long rows = rowsOf(current);
      return rows < rowsMax
          ? Optional.empty()
          : Optional.of(mergeRows(current, level, (double) rows / rowsMax));
    }

    /// The runs of neighbouring rows whose last entries expire within the same time, the oldest rows first.
    private List<List<RunRecord>> rowsByTime(int level) {
      NavigableMap<Long, List<RunRecord>> rows = new TreeMap<>();
      for (RunRecord run : at(level)) {
        rows.computeIfAbsent(run.place().row(), _ -> new ArrayList<>()).add(run);
      }
      List<List<RunRecord>> times = new ArrayList<>();
      long last = Long.MIN_VALUE;
      for (List<RunRecord> row : rows.values()) {
        long time = time(row);
        if (times.isEmpty() || time != last) {
          times.add(new ArrayList<>());
        }
        times.getLast().addAll(row);
        last = time;
      }
      return times;
    }

    private long time(List<RunRecord> row) {
      long greatest =
          row.stream().mapToLong(run -> run.expiries().greatestMillis()).max().orElseThrow();
      return Math.floorDiv(greatest, circumstances.windowMillis());
    }

    private static long rowsOf(List<RunRecord> runs) {
      return runs.stream().map(RunRecord::place).distinct().count();
    }

    private static Choice mergeRows(List<RunRecord> runs, int level, double urgency) {
      KeyRange range = runs.stream().map(RunRecord::bounds).reduce(KeyRange::hull).orElseThrow();
      return new Choice(Action.MERGE, runs, range, level, urgency);
    }

    /// Runs of a level that could as well be in the next: nothing older lies under them there or here.
    /// Those of small rows are merged all the same, so that files do not become many.
    private List<RunRecord> free(int level) {
      List<RunRecord> runs = at(level);
      List<RunRecord> below = at(level + 1);
      return runs.stream()
          .filter(run -> rowBytes(run.place()) >= circumstances.memtableBytes() / 4)
          .filter(run -> overlapping(below, run.bounds()).isEmpty())
          .filter(run ->
              overlapping(runs, run.bounds()).stream()
                  .noneMatch(other -> other.place().row() < run.place().row()))
          .toList();
    }

    private long rowBytes(RunRecord.Place place) {
      return bytes(at(place.level()).stream().filter(run -> run.place().equals(place)).toList());
    }

    private boolean isSmall(RunRecord run) {
      return run.liveBytes() < circumstances.memtableBytes() / 4;
    }

    /// The keys that a level spans.
    private KeyRange span(int level) {
      return at(level).stream().map(RunRecord::bounds).reduce(KeyRange::hull).orElseThrow();
    }

    private Choice merge(int level, int output, Below below, double urgency) {
      KeyRange range = withSmallNeighbour(span(level), at(output));
      List<RunRecord> inputs = new ArrayList<>(at(level));
      if (below == Below.MERGED && output != level) {
        inputs.addAll(overlapping(at(output), range));
      }
      return new Choice(Action.MERGE, inputs, range, output, urgency);
    }

    /// Takes in the run to the left of the range, on the level that is merged into, if it is small.
    private KeyRange withSmallNeighbour(KeyRange range, List<RunRecord> runs) {
      return runs.stream()
          .map(RunRecord::bounds)
          .filter(bounds -> !bounds.isBelowUpper(range.lower()))
          .max((a, b) -> KeyRange.compareUpper(a.upper(), b.upper()))
          .filter(bounds -> overlapping(runs, bounds).stream().allMatch(this::isSmall))
          .map(range::hull)
          .orElse(range);
    }

    /// Makes the rows of a level one row.
    Optional<Choice> oneRow(int level) {
      double urgency = rows(level) / 2.0;
      return Optional.of(
          areApart(at(level))
              ? new Choice(Action.MOVE, at(level), KeyRange.ALL, level, urgency)
              : merge(level, level, Below.KEPT, urgency));
    }

    private static boolean areApart(List<RunRecord> runs) {
      List<KeyRange> sorted =
          runs.stream()
              .map(RunRecord::bounds)
              .sorted(Comparator.comparing(KeyRange::lower, Arrays::compareUnsigned))
              .toList();
      return IntStream.range(1, sorted.size())
          .noneMatch(i -> sorted.get(i - 1).overlaps(sorted.get(i)));
    }

    /// Makes a level one row, and moves a part of it down if it is too large.
    Optional<Choice> oneRowWithin(int level) {
      if (rows(level) > 1) {
        return oneRow(level);
      }
      double urgency = bytes(at(level)) / capacity(level);
      if (level == LEVEL_MAX || urgency <= 1) {
        return Optional.empty();
      }
      List<RunRecord> below = at(level + 1);
      RunRecord cheapest =
          at(level).stream()
              .min(Comparator.comparingDouble(run -> rewrittenPerByte(run, below)))
              .orElseThrow();
      List<RunRecord> inputs = new ArrayList<>(overlapping(below, cheapest.bounds()));
      inputs.add(cheapest);
      Action action = inputs.size() == 1 ? Action.MOVE : Action.MERGE;
      return Optional.of(new Choice(action, inputs, cheapest.bounds(), level + 1, urgency));
    }

    /// Bytes of the level below that have to be rewritten for each byte of a run that moves into it.
    private static double rewrittenPerByte(RunRecord run, List<RunRecord> below) {
      return (double) bytes(overlapping(below, run.bounds())) / run.liveBytes();
    }

    /// Moves the last level, which is one row, down as it is.
    Optional<Choice> outgrown(int level) {
      double urgency = bytes(at(level)) / capacity(level);
      return level == LEVEL_MAX || urgency <= 1
          ? Optional.empty()
          : Optional.of(new Choice(Action.MOVE, at(level), KeyRange.ALL, level + 1, urgency));
    }

    /// What to rewrite because most of it is of no use to anybody: a file of which little is left, or full of deletions.
    ///
    /// @param expired whether what has expired counts
    Optional<Choice> leastWorthKeeping(boolean expired) {
      return all()
          .filter(run -> waste(run, expired) >= WASTE_MAX)
          .max(Comparator.comparingDouble(run -> waste(run, expired)))
          .map(run -> rewritten(run, expired));
    }

    private Stream<RunRecord> all() {
      return levels.values().stream().flatMap(List::stream);
    }

    private double waste(RunRecord run, boolean expired) {
      return Math.max(1 - run.liveShare(), gone(run, expired));
    }

    /// The share of deletions and of what has expired, if nobody needs it and it is much of what lies under it.
    private double gone(RunRecord run, boolean expired) {
      if (run.greatestVersion() > circumstances.droppableVersion() || run.entries() == 0) {
        return 0;
      }
      double share = (double) run.tombstones() / run.entries();
      if (expired) {
        share = Math.min(1, share + run.expiredShare(circumstances.instantMillis()));
      }
      double under = older(run).mapToDouble(other -> other.entries() * other.liveShare()).sum();
      boolean worthIt = share * run.entries() * run.liveShare() >= DELETED_MIN * under;
      return worthIt ? share : 0;
    }

    private Choice rewritten(RunRecord run, boolean expired) {
      Optional<Integer> under =
          older(run).map(other -> other.place().level()).min(Comparator.naturalOrder());
      List<RunRecord> inputs = new ArrayList<>(List.of(run));
      int output = run.place().level();
      if (gone(run, expired) >= WASTE_MAX && under.isPresent()) {
        // Deletions can go only together with what they delete.
        output = under.get();
        int level = output;
        older(run).filter(other -> other.place().level() == level).forEach(inputs::add);
      }
      return new Choice(Action.MERGE, inputs, run.bounds(), output, 0);
    }

    private Stream<RunRecord> older(RunRecord run) {
      return all()
          .filter(other -> other.place().compareTo(run.place()) > 0)
          .filter(other -> other.bounds().overlaps(run.bounds()));
    }
  }
}
