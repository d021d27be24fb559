package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The policies over long histories of flushes, on a model of what merges do with runs.
class LayoutPolicyTest {
  private static final long MEMTABLE_BYTES = 1 << 20;
  private static final long RUN_BYTES_TARGET = 2 * MEMTABLE_BYTES;
  private static final int CELLS = 128;
  private static final int MERGES_PER_FLUSH_MAX = 200;

  /// What a run holds of one part of the keys.
  private record Cell(long bytes, long leastVersion, long greatestVersion) {
    Cell with(Cell other) {
      return new Cell(
          bytes + other.bytes,
          Math.min(leastVersion, other.leastVersion),
          Math.max(greatestVersion, other.greatestVersion));
    }
  }

  /// A keyspace: parts of runs, flushed and merged in turns. A file holds cells; a record says which of them count.
  private static final class ModelKeyspace {
    private final LayoutPolicy policy;
    private final Map<Long, NavigableMap<Integer, Cell>> files = new HashMap<>();
    private final Set<RunRecord> records = new HashSet<>();
    private long nextFileId = 1;
    private long nextRow = 1;
    private long version;
    private long bytesFlushed;
    private long bytesMerged;
    private long bytesExtraMost;
    private int rowsMost;

    ModelKeyspace(LayoutPolicy policy) {
      this.policy = policy;
    }

    List<RunRecord> records() {
      return List.copyOf(records);
    }

    /// Runs of the cells in order, each ended at the target size.
    ///
    /// @return the first cell that was left out, or null
    private @Nullable Integer add(
        RunRecord.Place place, SortedMap<Integer, Cell> cells, int runsMax) {
      TreeMap<Integer, Cell> part = new TreeMap<>();
      long bytes = 0;
      int runs = 0;
      for (Map.Entry<Integer, Cell> cell : cells.entrySet()) {
        if (bytes >= RUN_BYTES_TARGET) {
          addRun(place, part, bytes);
          part = new TreeMap<>();
          bytes = 0;
          if (++runs == runsMax) {
            return cell.getKey();
          }
        }
        part.put(cell.getKey(), cell.getValue());
        bytes += cell.getValue().bytes();
      }
      if (!part.isEmpty()) {
        addRun(place, part, bytes);
      }
      return null;
    }

    private void addRun(RunRecord.Place place, NavigableMap<Integer, Cell> cells, long bytes) {
      KeyRange bounds = new KeyRange(key(cells.firstKey()), key(cells.lastKey() + 1));
      long fileId = nextFileId++;
      files.put(fileId, cells);
      records.add(new RunRecord(fileId, place, bytes, 1, 0, 1, 1, bounds));
    }

    private static byte[] key(int cell) {
      return new byte[] {(byte) (cell >>> 8), (byte) cell};
    }

    private Map<Integer, Cell> cells(RunRecord record) {
      NavigableMap<Integer, Cell> file = Objects.requireNonNull(files.get(record.fileId()));
      return file.entrySet().stream()
          .filter(cell -> record.bounds().contains(key(cell.getKey())))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// A memtable with one new version in each of some cells.
    void flush(IntStream cells) {
      TreeMap<Integer, Cell> flushed = new TreeMap<>();
      int[] chosen = cells.distinct().toArray();
      for (int cell : chosen) {
        version++;
        flushed.put(cell, new Cell(MEMTABLE_BYTES / chosen.length, version, version));
      }
      add(new RunRecord.Place(0, nextRow++), flushed, Integer.MAX_VALUE);
      bytesFlushed += MEMTABLE_BYTES;
      checkOrder();
      int merges = 0;
      Optional<LayoutPolicy.Choice> choice = choose();
      while (choice.isPresent()) {
        assertThat(++merges).as("merges after one flush").isLessThan(MERGES_PER_FLUSH_MAX);
        act(choice.get());
        checkOrder();
        choice = choose();
      }
      rowsMost = Math.max(rowsMost, rows());
    }

    private Optional<LayoutPolicy.Choice> choose() {
      return policy.choose(
          records(), new LayoutPolicy.Circumstances(MEMTABLE_BYTES, Long.MAX_VALUE, 0, 1));
    }

    private void act(LayoutPolicy.Choice choice) {
      assertThat(choice.inputs()).isNotEmpty().doesNotHaveDuplicates();
      assertThat(records.containsAll(choice.inputs())).isTrue();
      switch (choice.action()) {
        case MERGE -> {
          Optional<LayoutPolicy.Choice> rest = Optional.of(choice);
          while (rest.isPresent()) {
            byte[] from = mergeStep(rest.get());
            checkOrder();
            rest = from == null ? Optional.empty() : rest.get().rest(from, records());
          }
        }
        case MOVE -> move(choice);
      }
    }

    private void move(LayoutPolicy.Choice choice) {
      choice.inputs().forEach(records::remove);
      List<KeyRange> ranges = choice.inputs().stream().map(RunRecord::bounds).toList();
      int level = choice.outputLevel();
      long row = RunReplacement.row(records, level, ranges, () -> nextRow++);
      choice.inputs().forEach(run -> records.add(run.at(new RunRecord.Place(level, row))));
    }

    /// As `MergeJob`.
    private byte @Nullable [] mergeStep(LayoutPolicy.Choice choice) {
      choice.inputs().forEach(records::remove);
      TreeMap<Integer, Cell> merged = new TreeMap<>();
      for (RunRecord input : choice.inputs()) {
        cells(input)
            .forEach((number, cell) -> {
              if (choice.range().contains(key(number))) {
                merged.merge(number, cell, Cell::with);
              }
            });
      }
      long filesBefore = fileBytes();
      Integer end = add(outputPlace(choice), merged, RunOutput.STEP_RUNS);
      byte[] upper = end == null ? choice.range().upper() : key(end);
      KeyRange done = new KeyRange(choice.range().lower(), upper);
      long read =
          merged.entrySet().stream()
              .filter(cell -> end == null || cell.getKey() < end)
              .mapToLong(cell -> cell.getValue().bytes())
              .sum();
      bytesMerged += read;
      assertThat(read).as("a step goes on").isPositive();
      assertThat(read)
          .as("bytes of one step")
          .isLessThanOrEqualTo(RunOutput.STEP_RUNS * (RUN_BYTES_TARGET + largestCell(merged)));
      choice.inputs().forEach(input -> keepRest(input, done));
      files.keySet().retainAll(records.stream().map(RunRecord::fileId).toList());
      long live = records.stream().mapToLong(RunRecord::liveBytes).sum();
      bytesExtraMost = Math.max(bytesExtraMost, Math.max(fileBytes(), filesBefore) - live);
      return end == null ? null : key(end);
    }

    private static long largestCell(Map<Integer, Cell> cells) {
      return cells.values().stream().mapToLong(Cell::bytes).max().orElse(0);
    }

    private long fileBytes() {
      return files.values().stream()
          .flatMap(cells -> cells.values().stream())
          .mapToLong(Cell::bytes)
          .sum();
    }

    private void keepRest(RunRecord input, KeyRange done) {
      KeyRange bounds = input.bounds();
      byte[] upper = done.upper();
      List<KeyRange> rest = new ArrayList<>();
      rest.add(bounds.intersect(new KeyRange(bounds.lower(), done.lower())));
      if (upper != null) {
        rest.add(bounds.intersect(new KeyRange(upper, null)));
      }
      for (KeyRange part : rest) {
        if (part.equals(bounds)) {
          records.add(input);
        } else if (!part.isEmpty()) {
          RunRecord record = input.part(part, 1);
          long live = cells(record).values().stream().mapToLong(Cell::bytes).sum();
          if (live > 0) {
            records.add(input.part(part, live));
          }
        }
      }
    }

    private RunRecord.Place outputPlace(LayoutPolicy.Choice choice) {
      int level = choice.outputLevel();
      return choice.inputs().stream()
          .map(RunRecord::place)
          .filter(place -> place.level() == level)
          .min(RunRecord.Place::compareTo)
          .orElseGet(() ->
              new RunRecord.Place(
                  level,
                  RunReplacement.row(records, level, List.of(choice.range()), () -> nextRow++)));
    }

    /// Of any key, everything in a newer place is newer, and the runs of a row do not overlap.
    private void checkOrder() {
      KeyspaceRecord keyspace = new KeyspaceRecord(1, "model", new TreeMap<>(), 0, 0, records());
      long[] oldestSeen = new long[CELLS];
      Arrays.fill(oldestSeen, Long.MAX_VALUE);
      for (RunRecord record : keyspace.runs()) {
        cells(record)
            .forEach((number, cell) -> {
              assertThat(cell.greatestVersion())
                  .as("cell %d of run %d", number, record.fileId())
                  .isLessThan(oldestSeen[number]);
              oldestSeen[number] = cell.leastVersion();
            });
      }
    }

    int rows() {
      return (int) records().stream().map(RunRecord::place).distinct().count();
    }

    Map<Integer, Long> rowsByLevel() {
      return records().stream()
          .map(RunRecord::place)
          .distinct()
          .collect(
              Collectors.groupingBy(RunRecord.Place::level, TreeMap::new, Collectors.counting()));
    }

    double writeAmplification() {
      return (double) (bytesFlushed + bytesMerged) / bytesFlushed;
    }
  }

  /// How flushes choose keys.
  enum Writes {
    EVERYWHERE {
      @Override
      IntStream cells(SplittableRandom random, int flush) {
        return IntStream.range(0, CELLS);
      }
    },
    SPREAD {
      @Override
      IntStream cells(SplittableRandom random, int flush) {
        return IntStream.range(0, 16).map(_ -> random.nextInt(CELLS));
      }
    },
    ASCENDING {
      @Override
      IntStream cells(SplittableRandom random, int flush) {
        return IntStream.of(Math.min(flush / 8, CELLS - 1));
      }
    },
    CLUSTERED {
      @Override
      IntStream cells(SplittableRandom random, int flush) {
        int start = random.nextInt(CELLS - 8);
        return IntStream.range(start, start + 8);
      }
    };

    abstract IntStream cells(SplittableRandom random, int flush);
  }

  private static ModelKeyspace history(LayoutPolicy policy, Writes writes, int flushes) {
    ModelKeyspace keyspace = new ModelKeyspace(policy);
    SplittableRandom random = new SplittableRandom(1);
    for (int flush = 0; flush < flushes; flush++) {
      keyspace.flush(writes.cells(random, flush));
    }
    return keyspace;
  }

  @ParameterizedTest
  @CsvSource({
    // A level that is full moves down: 1 row on each of 4 levels, and 1 flush that waits.
    "LEVELED, EVERYWHERE, 6",
    "LEVELED, SPREAD, 6",
    "LEVELED, ASCENDING, 6",
    "LEVELED, CLUSTERED, 6",
    // 3 rows on each level above the last one, which has 1.
    "LAZY_LEVELED, EVERYWHERE, 14",
    "LAZY_LEVELED, SPREAD, 14",
    "LAZY_LEVELED, ASCENDING, 14",
    "LAZY_LEVELED, CLUSTERED, 14",
    // 7 rows on each of the 4 levels that 700 flushes reach.
    "TIERED, EVERYWHERE, 28",
    "TIERED, SPREAD, 28",
    "TIERED, ASCENDING, 28",
    "TIERED, CLUSTERED, 28"
  })
  void theNumberOfRowsStaysBounded(LayoutPolicy policy, Writes writes, int rowsMax) {
    ModelKeyspace keyspace = history(policy, writes, 700);
    System.out.printf(
        "%s %s: %s, most %d, amplification %.1f, %d runs, extra %d MiB%n",
        policy,
        writes,
        keyspace.rowsByLevel(),
        keyspace.rowsMost,
        keyspace.writeAmplification(),
        keyspace.records.size(),
        keyspace.bytesExtraMost >> 20);
    assertThat(keyspace.rowsMost).isLessThanOrEqualTo(rowsMax);
    assertThat(keyspace.rowsMost).isLessThan(policy.rowsBehind() * 4);
  }

  @Test
  void whatIsLeftOfAMergeDoesNotTakeInPartsOfItsFilesOnOtherLevels() {
    KeyRange all = new KeyRange(ModelKeyspace.key(0), ModelKeyspace.key(100));
    KeyRange left = new KeyRange(ModelKeyspace.key(50), ModelKeyspace.key(100));
    RunRecord.Place upper = new RunRecord.Place(1, 5);
    RunRecord.Place lower = new RunRecord.Place(2, 3);
    RunRecord input = new RunRecord(7, upper, 100, 1, 0, 1, 1, all);
    LayoutPolicy.Choice choice =
        new LayoutPolicy.Choice(LayoutPolicy.Action.MERGE, List.of(input), all, 2, 1);
    RunRecord rest = input.part(left, 50);
    RunRecord movedDown = input.at(lower).part(new KeyRange(ModelKeyspace.key(60), null), 20);

    LayoutPolicy.Choice next =
        choice.rest(ModelKeyspace.key(50), List.of(rest, movedDown)).orElseThrow();
    assertThat(next.inputs()).containsExactly(rest);
    assertThat(choice.rest(ModelKeyspace.key(50), List.of(movedDown))).isEmpty();
  }
}
