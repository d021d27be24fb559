package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Which runs to merge next: a pure function of the runs that there are.
///
/// The three policies are points of one design space (Dayan and Idreos, "Dostoevsky: Better Space-Time Trade-Offs for LSM-Tree
/// Based Key-Value Stores via Adaptive Removal of Superfluous Merging", SIGMOD 2018). Each bounds the number of rows: a level
/// that has too many is merged into the next, and the last level, however large, has one row or a bounded number.
public enum LayoutPolicy {
  /// One row a level; a full level moves down one run at a time.
  LEVELED(2),
  /// Several rows a level above one big row.
  LAZY_LEVELED(4),
  /// Several rows on every level.
  TIERED(8);

  /// The deepest level: with a ratio of 8 it holds more than any disk.
  public static final int LEVEL_MAX = 12;

  private static final int RATIO = 8;

  private final int rowsMax;

  LayoutPolicy(int rowsMax) {
    this.rowsMax = rowsMax;
  }

  /// What to merge.
  ///
  /// @param inputs runs that become one row; none between them in age overlaps them
  /// @param outputLevel level of that row
  public record Choice(List<RunRecord> inputs, int outputLevel) {}

  /// Decides.
  ///
  /// @param runs all runs of the keyspace
  /// @param memtableBytes size of a full memtable: the unit in which level sizes are counted
  /// @return the most urgent merge, or empty if all is as it should be
  public Optional<Choice> choose(List<RunRecord> runs, long memtableBytes) {
    NavigableMap<Integer, List<RunRecord>> levels = new TreeMap<>();
    runs.forEach(
        run -> levels.computeIfAbsent(run.place().level(), _ -> new ArrayList<>()).add(run));
    for (var level : levels.entrySet()) {
      Optional<Choice> choice = chooseIn(levels, level.getKey(), memtableBytes);
      if (choice.isPresent()) {
        return choice;
      }
    }
    return Optional.empty();
  }

  private Optional<Choice> chooseIn(
      NavigableMap<Integer, List<RunRecord>> levels, int level, long memtableBytes) {
    List<RunRecord> runs = levels.getOrDefault(level, List.of());
    long rows = rows(runs);
    return switch (this) {
      case TIERED ->
          rows < rowsMax
              ? Optional.empty()
              : Optional.of(new Choice(runs, Math.min(level + 1, LEVEL_MAX)));
      case LAZY_LEVELED -> lazyLeveled(levels, level, rows, memtableBytes);
      case LEVELED -> leveled(levels, level, rows, memtableBytes);
    };
  }

  private static long rows(List<RunRecord> runs) {
    return runs.stream().map(RunRecord::place).distinct().count();
  }

  private Optional<Choice> lazyLeveled(
      NavigableMap<Integer, List<RunRecord>> levels, int level, long rows, long memtableBytes) {
    int deepest = levels.lastKey();
    List<RunRecord> runs = levels.getOrDefault(level, List.of());
    if (level == deepest && level > 0) {
      return rows > 1 ? Optional.of(new Choice(runs, level)) : Optional.empty();
    }
    if (rows < rowsMax) {
      return Optional.empty();
    }
    if (level + 1 < deepest || deepest == 0) {
      return Optional.of(new Choice(runs, level + 1));
    }
    List<RunRecord> all = new ArrayList<>(runs);
    all.addAll(levels.getOrDefault(deepest, List.of()));
    boolean outgrown = bytes(all) > capacity(deepest, memtableBytes) && deepest < LEVEL_MAX;
    return Optional.of(new Choice(List.copyOf(all), outgrown ? deepest + 1 : deepest));
  }

  private Optional<Choice> leveled(
      NavigableMap<Integer, List<RunRecord>> levels, int level, long rows, long memtableBytes) {
    List<RunRecord> runs = levels.getOrDefault(level, List.of());
    List<RunRecord> below = levels.getOrDefault(level + 1, List.of());
    if (level == 0) {
      return rows < rowsMax ? Optional.empty() : Optional.of(into(runs, below, 1));
    }
    if (rows > 1) {
      return Optional.of(new Choice(runs, level));
    }
    if (level == LEVEL_MAX || bytes(runs) <= capacity(level, memtableBytes)) {
      return Optional.empty();
    }
    RunRecord cheapest =
        runs.stream()
            .min(Comparator.comparingDouble(run -> rewrittenPerByte(run, below)))
            .orElseThrow();
    return Optional.of(into(List.of(cheapest), below, level + 1));
  }

  /// Bytes of the level below that have to be rewritten for each byte of a run that moves into it.
  private static double rewrittenPerByte(RunRecord run, List<RunRecord> below) {
    long overlapping =
        below.stream()
            .filter(other -> other.bounds().overlaps(run.bounds()))
            .mapToLong(RunRecord::fileBytes)
            .sum();
    return (double) overlapping / Math.max(1, run.fileBytes());
  }

  /// The runs, and what they overlap in the level below. If that level has several rows, all of it.
  private static Choice into(List<RunRecord> runs, List<RunRecord> below, int level) {
    List<RunRecord> inputs = new ArrayList<>(runs);
    boolean oneRow = rows(below) <= 1;
    // Not run by run: the row that comes out may span what lies between its inputs.
    KeyRange hull = runs.stream().map(RunRecord::bounds).reduce(KeyRange::hull).orElseThrow();
    for (RunRecord candidate : below) {
      if (!oneRow || candidate.bounds().overlaps(hull)) {
        inputs.add(candidate);
      }
    }
    return new Choice(List.copyOf(inputs), level);
  }

  private static long bytes(List<RunRecord> runs) {
    return runs.stream().mapToLong(RunRecord::fileBytes).sum();
  }

  /// Size that a level should not outgrow.
  private static long capacity(int level, long memtableBytes) {
    double capacity = 4.0 * memtableBytes * Math.pow(RATIO, level - 1.0);
    return (long) Math.min(capacity, 0x1p60);
  }

  /// Rows of level 0 beyond which merges are behind and writes should slow down.
  ///
  /// @return a count
  public int rowsBehind() {
    return 4 * rowsMax;
  }
}
