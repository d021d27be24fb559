package io.lightningdb.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.testkit.Allocations;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Runs of a row, against a look at each.
class RowTest {
  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static KeyRange range(int lower, @Nullable Integer upper) {
    return new KeyRange(key(lower), upper == null ? null : key(upper));
  }

  private static SharedRun run(int fileId, KeyRange bounds) {
    RunRecord record = new RunRecord(fileId, new RunRecord.Place(1, 1), 100, 1, 0, 1, 1, bounds);
    var identity = new RunWriter.Identity(1, 0, fileId);
    return new SharedRun(
        record, new Run(new SimulatedStorage(), identity, new BlockCache(0)), _ -> {});
  }

  private static Row row(List<SharedRun> runs) {
    return Row.group(runs).getFirst();
  }

  @Test
  void theRunsOfARangeAreThoseThatOverlapIt() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 200; trial++) {
      List<SharedRun> runs = new ArrayList<>();
      int at = random.nextInt(4);
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int end = at + 1 + random.nextInt(4);
        runs.add(run(i, range(at, end)));
        at = end + random.nextInt(3);
      }
      if (random.nextBoolean()) {
        runs.add(run(9, range(at, null)));
      }
      for (int lower = 0; lower < 30; lower++) {
        for (int upper = lower; upper <= 31; upper++) {
          KeyRange asked = range(lower, upper == 31 ? null : upper);
          assertThat(row(runs).overlapping(asked))
              .as("trial %d, %s", trial, asked)
              .isEqualTo(
                  runs.stream().filter(run -> run.record().bounds().overlaps(asked)).toList());
        }
      }
    }
  }

  /// Each scan, and each leap of a scan, asks every row.
  @Test
  void aScanTouchesTheRunsOfItsRangeAndNoOthers() throws Exception {
    List<SharedRun> runs = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      runs.add(run(i, range(2 * i, 2 * i + 1)));
    }
    Row row = row(runs);
    KeyRange asked = range(1_000, 1_003);
    assertThat(row.overlapping(asked)).hasSize(2);
    assertThat(Allocations.during(() -> row.overlapping(asked))).isLessThan(1_000);
  }
}
