package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Merges for the sake of space keep the order of age, and come to an end.
class SpaceReclaimTest {
  private static final LayoutPolicy.Circumstances SETTLED =
      new LayoutPolicy.Circumstances(1 << 20, Long.MAX_VALUE, 0, 1);

  private final long seed = Seeds.one();
  private final SplittableRandom random = new SplittableRandom(seed);
  private long nextFile = 1;

  private static byte[] key(int number) {
    return new byte[] {(byte) number};
  }

  private RunRecord run(int level, long row, int from, int to) {
    long entries = random.nextLong(1, 1000);
    return new RunRecord(
        nextFile++,
        new RunRecord.Place(level, row),
        entries * 100,
        entries,
        random.nextLong(entries + 1),
        1,
        nextFile,
        new KeyRange(key(from), key(to)));
  }

  private List<RunRecord> randomRuns() {
    List<RunRecord> runs = new ArrayList<>();
    long row = 100;
    for (int level = 0; level < 4; level++) {
      for (int rows = random.nextInt(4); rows > 0; rows--) {
        for (int at = random.nextInt(20); at < 100; ) {
          int to = at + random.nextInt(1, 40);
          runs.add(run(level, row, at, to));
          at = to + random.nextInt(10);
        }
        row--;
      }
    }
    return runs;
  }

  /// As a merge does whose output has half of the entries, in one file.
  private List<RunRecord> merged(List<RunRecord> runs, LayoutPolicy.Choice choice) {
    List<RunRecord> after = new ArrayList<>();
    long entries = 0;
    for (RunRecord run : runs) {
      if (!choice.inputs().contains(run)) {
        after.add(run);
        continue;
      }
      entries += run.entries() / 2;
      for (KeyRange rest : outside(run.bounds(), choice.range())) {
        after.add(run.part(rest, run.fileBytes() / 3));
      }
    }
    if (entries > 0) {
      long row =
          choice.inputs().stream()
              .map(RunRecord::place)
              .filter(place -> place.level() == choice.outputLevel())
              .mapToLong(RunRecord.Place::row)
              .max()
              .orElse(1000 + nextFile);
      after.add(
          new RunRecord(
              nextFile++,
              new RunRecord.Place(choice.outputLevel(), row),
              entries * 100,
              entries,
              0,
              1,
              1,
              choice.range()));
    }
    return after;
  }

  private static List<KeyRange> outside(KeyRange bounds, KeyRange range) {
    List<KeyRange> parts = new ArrayList<>();
    parts.add(bounds.intersect(new KeyRange(bounds.lower(), range.lower())));
    byte[] upper = range.upper();
    if (upper != null) {
      parts.add(bounds.intersect(new KeyRange(upper, null)));
    }
    return parts.stream().filter(part -> !part.isEmpty()).toList();
  }

  private static void checkAge(List<RunRecord> runs, LayoutPolicy.Choice choice) {
    RunRecord.Place newest =
        choice.inputs().stream()
            .map(RunRecord::place)
            .min(RunRecord.Place::compareTo)
            .orElseThrow();
    // As MergeJob has it: into the newest row that the inputs have on that level, or into a new one
    // behind all of it.
    RunRecord.Place output =
        choice.inputs().stream()
            .map(RunRecord::place)
            .filter(place -> place.level() == choice.outputLevel())
            .min(RunRecord.Place::compareTo)
            .orElse(new RunRecord.Place(choice.outputLevel(), 0));
    assertThat(runs)
        .filteredOn(run -> run.place().compareTo(newest) > 0)
        .filteredOn(run -> run.bounds().overlaps(choice.range()))
        .filteredOn(run -> run.place().compareTo(output) <= 0)
        .as("runs between the newest input and where the output goes")
        .allMatch(choice.inputs()::contains);
  }

  @ParameterizedTest
  @EnumSource(LayoutPolicy.class)
  void endsInOneRowWithoutDeletions(LayoutPolicy policy) {
    Seeds.print(SpaceReclaimTest.class, seed, policy.toString());
    for (int trial = 0; trial < 50; trial++) {
      List<RunRecord> runs = randomRuns();
      int merges = 0;
      Optional<LayoutPolicy.Choice> choice = SpaceReclaim.LAST.choose(runs, policy, SETTLED);
      while (choice.isPresent()) {
        checkAge(runs, choice.get());
        runs = merged(runs, choice.get());
        assertThat(++merges).as("merges of %s", runs).isLessThan(500);
        choice = SpaceReclaim.LAST.choose(runs, policy, SETTLED);
      }
      assertThat(runs).allMatch(run -> run.tombstones() == 0 && run.isWhole());
      if (policy != LayoutPolicy.TIME_ORDERED) {
        for (RunRecord run : runs) {
          assertThat(runs)
              .filteredOn(other -> !other.equals(run))
              .noneMatch(other -> other.bounds().overlaps(run.bounds()));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutPolicy.class)
  void leavesAloneWhatReadersMayLookBehind(LayoutPolicy policy) {
    var held = new LayoutPolicy.Circumstances(1 << 20, 0, 0, 1);
    for (int trial = 0; trial < 50; trial++) {
      assertThat(SpaceReclaim.LAST.choose(randomRuns(), policy, held)).isEmpty();
    }
  }
}
