package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private record ModelRun(RunRecord record, Map<Integer, Cell> cells) {}

  /// A keyspace: runs by file id, flushed and merged in turns.
  private static final class ModelKeyspace {
    private final LayoutPolicy policy;
    private final Map<Long, ModelRun> runs = new HashMap<>();
    private long nextFileId = 1;
    private long nextRow = 1;
    private long version;
    private long bytesFlushed;
    private long bytesMerged;
    private int rowsMost;

    ModelKeyspace(LayoutPolicy policy) {
      this.policy = policy;
    }

    List<RunRecord> records() {
      return runs.values().stream().map(ModelRun::record).toList();
    }

    /// Runs of the cells in order, each ended at the target size.
    private void add(RunRecord.Place place, SortedMap<Integer, Cell> cells) {
      TreeMap<Integer, Cell> part = new TreeMap<>();
      long bytes = 0;
      for (Map.Entry<Integer, Cell> cell : cells.entrySet()) {
        if (bytes >= RUN_BYTES_TARGET) {
          addRun(place, part, bytes);
          part = new TreeMap<>();
          bytes = 0;
        }
        part.put(cell.getKey(), cell.getValue());
        bytes += cell.getValue().bytes();
      }
      addRun(place, part, bytes);
    }

    private void addRun(RunRecord.Place place, SortedMap<Integer, Cell> cells, long bytes) {
      KeyRange bounds = new KeyRange(key(cells.firstKey()), key(cells.lastKey() + 1));
      long fileId = nextFileId++;
      RunRecord record = new RunRecord(fileId, place, bytes, 1, 0, 1, 1, bounds);
      runs.put(fileId, new ModelRun(record, cells));
    }

    private static byte[] key(int cell) {
      return new byte[] {(byte) (cell >>> 8), (byte) cell};
    }

    /// A memtable with one new version in each of some cells.
    void flush(IntStream cells) {
      TreeMap<Integer, Cell> flushed = new TreeMap<>();
      int[] chosen = cells.distinct().toArray();
      for (int cell : chosen) {
        version++;
        flushed.put(cell, new Cell(MEMTABLE_BYTES / chosen.length, version, version));
      }
      add(new RunRecord.Place(0, nextRow++), flushed);
      bytesFlushed += MEMTABLE_BYTES;
      checkOrder();
      int merges = 0;
      Optional<LayoutPolicy.Choice> choice = policy.choose(records(), MEMTABLE_BYTES);
      while (choice.isPresent()) {
        assertThat(++merges).as("merges after one flush").isLessThan(MERGES_PER_FLUSH_MAX);
        merge(choice.get());
        choice = policy.choose(records(), MEMTABLE_BYTES);
      }
      rowsMost = Math.max(rowsMost, rows());
    }

    private void merge(LayoutPolicy.Choice choice) {
      assertThat(choice.inputs()).isNotEmpty().doesNotHaveDuplicates();
      KeyRange hull =
          choice.inputs().stream().map(RunRecord::bounds).reduce(KeyRange::hull).orElseThrow();
      TreeMap<Integer, Cell> cells = new TreeMap<>();
      for (RunRecord input : choice.inputs()) {
        ModelRun run = Objects.requireNonNull(runs.remove(input.fileId()));
        run.cells().forEach((number, cell) -> cells.merge(number, cell, Cell::with));
        bytesMerged += input.fileBytes();
      }
      add(outputPlace(choice, hull), cells);
      checkOrder();
    }

    /// As `MergeJob`: part of a row that partly stays, or of the only row of the level if it overlaps none of it, else a row of
    /// its own.
    private RunRecord.Place outputPlace(LayoutPolicy.Choice choice, KeyRange hull) {
      List<RunRecord> staying =
          records().stream().filter(run -> run.place().level() == choice.outputLevel()).toList();
      for (RunRecord run : staying) {
        boolean partOfInputs =
            choice.inputs().stream().anyMatch(input -> input.place().equals(run.place()));
        long rows =
            Stream.concat(staying.stream(), choice.inputs().stream())
                .map(RunRecord::place)
                .filter(place -> place.level() == choice.outputLevel())
                .distinct()
                .count();
        boolean free = staying.stream().noneMatch(other -> other.bounds().overlaps(hull));
        if (partOfInputs || (rows == 1 && free)) {
          return run.place();
        }
      }
      return new RunRecord.Place(choice.outputLevel(), nextRow++);
    }

    /// Of any key, everything in a newer place is newer, and the runs of a row do not overlap.
    private void checkOrder() {
      KeyspaceRecord keyspace = new KeyspaceRecord(1, "model", new TreeMap<>(), 0, 0, records());
      long[] oldestSeen = new long[CELLS];
      Arrays.fill(oldestSeen, Long.MAX_VALUE);
      for (RunRecord record : keyspace.runs()) {
        ModelRun run = Objects.requireNonNull(runs.get(record.fileId()));
        run.cells()
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
    // 7 rows on each of the 4 levels that 1,200 flushes reach.
    "TIERED, EVERYWHERE, 28",
    "TIERED, SPREAD, 28",
    "TIERED, ASCENDING, 28",
    "TIERED, CLUSTERED, 28"
  })
  void theNumberOfRowsStaysBounded(LayoutPolicy policy, Writes writes, int rowsMax) {
    ModelKeyspace keyspace = history(policy, writes, 1200);
    System.out.printf(
        "%s %s: %s, most %d, amplification %.1f, %d runs%n",
        policy,
        writes,
        keyspace.rowsByLevel(),
        keyspace.rowsMost,
        keyspace.writeAmplification(),
        keyspace.runs.size());
    assertThat(keyspace.rowsMost).isLessThanOrEqualTo(rowsMax);
    assertThat(keyspace.rowsMost).isLessThan(policy.rowsBehind() * 4);
  }
}
