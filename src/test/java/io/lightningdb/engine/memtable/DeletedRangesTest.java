package io.lightningdb.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cursor.Cover;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.ReadVersions;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Range deletions of a memtable against a plain list of them, and what they cost.
class DeletedRangesTest {
  private static final int KEYS = 30;

  private record Deletion(KeyRange range, long version) {}

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
  }

  private static KeyRange range(SplittableRandom random) {
    int lower = random.nextInt(KEYS);
    boolean open = random.nextInt(8) == 0;
    int upper = lower + 1 + random.nextInt(KEYS - lower);
    return new KeyRange(lower == 0 ? new byte[0] : key(lower), open ? null : key(upper));
  }

  /// Several deletions have the same version now and then, as those of one commit have.
  private static List<Deletion> deletions(SplittableRandom random) {
    List<Deletion> deletions = new ArrayList<>();
    long version = 1;
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      version += random.nextInt(3);
      deletions.add(new Deletion(range(random), version));
    }
    return deletions;
  }

  private static DeletedRanges of(List<Deletion> deletions) {
    DeletedRanges ranges = new DeletedRanges();
    deletions.forEach(deletion -> ranges.add(deletion.range(), deletion.version()));
    return ranges;
  }

  private static long covering(List<Deletion> deletions, byte[] key, long readVersion) {
    return deletions.stream()
        .filter(deletion -> deletion.range().contains(key) && deletion.version() <= readVersion)
        .mapToLong(Deletion::version)
        .max()
        .orElse(0);
  }

  private static long newest(List<Deletion> deletions) {
    return deletions.isEmpty() ? 0 : deletions.getLast().version();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyVersionIsReadAsItWas(long seed) {
    List<Deletion> deletions = deletions(new SplittableRandom(seed));
    DeletedRanges ranges = of(deletions);
    assertThat(ranges.isEmpty()).isEqualTo(deletions.isEmpty());
    for (long version = 0; version <= newest(deletions) + 1; version++) {
      long readAt = version;
      long[] expected = perKey(key -> covering(deletions, key, readAt));
      assertThat(perKey(key -> ranges.covering(key, readAt)))
          .as("seed %d, version %d", seed, version)
          .isEqualTo(expected);
      for (int i = 0; i <= KEYS; i++) {
        assertReachesAsFarAsItSays(ranges.coverAt(key(i), version), expected, i);
      }
    }
  }

  private static long[] perKey(ToLongFunction<byte[]> covering) {
    return IntStream.rangeClosed(0, KEYS).mapToLong(i -> covering.applyAsLong(key(i))).toArray();
  }

  private static void assertReachesAsFarAsItSays(@Nullable Cover cover, long[] expected, int from) {
    assertThat(cover == null ? 0 : cover.version()).isEqualTo(expected[from]);
    if (cover != null) {
      byte[] upper = cover.upper();
      long[] reached =
          IntStream.rangeClosed(from, KEYS)
              .filter(i -> upper == null || Arrays.compareUnsigned(key(i), upper) < 0)
              .mapToLong(i -> expected[i])
              .distinct()
              .toArray();
      assertThat(reached).containsExactly(cover.version());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theFirstNewerOneInARangeIsFound(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Deletion> deletions = deletions(random);
    DeletedRanges ranges = of(deletions);
    for (int i = 0; i < 50; i++) {
      KeyRange range = range(random);
      long version = random.nextLong(newest(deletions) + 2);
      byte[] expected =
          deletions.stream()
              .filter(deletion -> deletion.version() > version)
              .map(deletion -> deletion.range().intersect(range))
              .filter(common -> !common.isEmpty())
              .map(KeyRange::lower)
              .min(Arrays::compareUnsigned)
              .orElse(null);
      assertThat(ranges.firstNewerIn(range, version)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  /// Whoever reads at a version that counts sees in the run what was seen in the memtable; so does whoever looks back as far as
  /// the run says that is possible.
  @ParameterizedTest
  @MethodSource("seeds")
  void aRunKeepsWhatSomebodySees(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Deletion> deletions = deletions(random);
    long newest = newest(deletions);
    long[] snapshots = random.longs(random.nextInt(4), 1, newest + 2).distinct().sorted().toArray();
    long floor = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(newest + 2);
    TombstoneSweep sweep =
        new TombstoneSweep(of(deletions).deletions(), new ReadVersions(snapshots, floor));
    for (int i = 0; i <= KEYS; i++) {
      for (long version = newest; version >= 0; version--) {
        sweep.keep(sweep.shadow(key(i), version));
      }
    }
    RangeTombstones cut = sweep.upTo(null);
    for (long version = 0; version <= newest + 1; version++) {
      boolean read =
          version >= Math.min(floor, newest)
              || version >= sweep.historyFloor()
              || Arrays.binarySearch(snapshots, version) >= 0;
      long readAt = version;
      if (read) {
        assertThat(perKey(key -> cut.covering(key, readAt)))
            .as("seed %d, version %d", seed, version)
            .isEqualTo(perKey(key -> covering(deletions, key, readAt)));
      }
    }
    if (floor == Long.MAX_VALUE) {
      assertThat(cut.fragments())
          .allMatch(fragment -> fragment.versions().length <= snapshots.length + 1);
    }
  }

  enum Shape {
    ASCENDING,
    DESCENDING,
    SCATTERED,
    OUTWARDS,
    INWARDS,
    SHARED_START,
    OVERLAPPING,
    THE_SAME;

    KeyRange range(int i, int count, SplittableRandom random) {
      return switch (this) {
        case ASCENDING -> of(2 * i, 2 * i + 1);
        case DESCENDING -> of(2 * (count - i), 2 * (count - i) + 1);
        case SCATTERED -> {
          int from = random.nextInt(8 * count);
          yield of(from, from + 1 + random.nextInt(8));
        }
        case OUTWARDS -> of(count - i, count + i + 1);
        case INWARDS -> of(i, 2 * count - i);
        case SHARED_START -> of(0, 1 + (int) (i * 7919L % count));
        case OVERLAPPING -> of(i, i + count / 2);
        case THE_SAME -> of(3, 5);
      };
    }

    private static KeyRange of(int from, int to) {
      return new KeyRange(key(from), key(to));
    }
  }

  private static DeletedRanges many(Shape shape, int count, int perCommit) {
    SplittableRandom random = new SplittableRandom(1);
    DeletedRanges ranges = new DeletedRanges();
    for (int i = 0; i < count; i++) {
      ranges.add(shape.range(i, count, random), 1 + i / perCommit);
    }
    return ranges;
  }

  /// Four times as many may cost four times as much, and the quotient of the logarithms: a square would be sixteen times.
  @ParameterizedTest
  @EnumSource(Shape.class)
  void stepsGrowAsTheirNumberTimesItsLogarithm(Shape shape) {
    for (int perCommit : new int[] {1, 1 << 20}) {
      long few = many(shape, 5_000, perCommit).steps();
      long many = many(shape, 20_000, perCommit).steps();
      double logarithms = Math.log(20_000) / Math.log(5_000);
      assertThat(many).isLessThan((long) (4 * logarithms * 1.1 * few));
      assertThat(many).isLessThan(20_000L * 160);
    }
  }

  /// What a commit of many deletions keeps is not what it has looked at.
  @ParameterizedTest
  @EnumSource(Shape.class)
  void memoryIsCharged(Shape shape) {
    assertThat(many(shape, 5_000, 1).bytes()).isBetween(5_000L * 150, 5_000L * 4_000);
    assertThat(many(shape, 5_000, 1 << 20).bytes()).isBetween(5_000L * 150, 5_000L * 400);
  }

  /// Nested deletions, each of its own version, would be a triangle of versions if all were kept.
  @Test
  void nestedOnesBecomeARunOfTheirNumber() {
    assertThat(versions(Shape.OUTWARDS, new ReadVersions(new long[0], Long.MAX_VALUE)))
        .containsExactly(20_000);
    for (ReadVersions readAt :
        List.of(new ReadVersions(new long[] {9}, Long.MAX_VALUE), ReadVersions.ALL)) {
      assertThat(versions(Shape.INWARDS, readAt).length).isBetween(39_000, 80_000);
    }
  }

  private static long[] versions(Shape shape, ReadVersions readAt) {
    return new TombstoneSweep(many(shape, 20_000, 1).deletions(), readAt)
        .upTo(null).fragments().stream()
            .flatMapToLong(fragment -> Arrays.stream(fragment.versions()))
            .toArray();
  }
}
