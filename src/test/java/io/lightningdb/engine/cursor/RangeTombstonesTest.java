package io.lightningdb.engine.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.cursor.RangeTombstones.Fragment;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Range deletions cut into pieces, against a plain list of them.
class RangeTombstonesTest {
  private static final int KEYS = 24;
  private static final long VERSIONS = 40;

  private record Deletion(KeyRange range, long version) {}

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) (number * 10)};
  }

  private static KeyRange range(SplittableRandom random) {
    int lower = random.nextInt(KEYS);
    boolean open = random.nextInt(8) == 0;
    int upper = lower + 1 + random.nextInt(KEYS - lower);
    return new KeyRange(lower == 0 ? new byte[0] : key(lower), open ? null : key(upper));
  }

  private static List<Deletion> deletions(SplittableRandom random) {
    List<Deletion> deletions = new ArrayList<>();
    int count = random.nextInt(20);
    for (int i = 0; i < count; i++) {
      deletions.add(new Deletion(range(random), 1 + random.nextLong(VERSIONS)));
    }
    return deletions;
  }

  private static RangeTombstones tombstones(List<Deletion> deletions) {
    return swept(deletions, fragments(deletions));
  }

  /// With entries of all keys and versions, so that all deletions are needed.
  private static RangeTombstones swept(List<Deletion> deletions, List<Fragment> fragments) {
    TombstoneSweep sweep = new TombstoneSweep(fragments, ReadVersions.ALL);
    for (int i = 0; i < 2 * KEYS + 2; i++) {
      byte[] key = {(byte) (i * 5)};
      for (long version = VERSIONS + 1; version >= 0; version--) {
        long above = version;
        long shadow = sweep.shadow(key, version);
        assertThat(shadow)
            .isEqualTo(
                covering(deletions, key).filter(v -> v > above).min().orElse(Long.MAX_VALUE));
        sweep.keep(shadow);
      }
    }
    return sweep.upTo(null);
  }

  private static List<Fragment> fragments(List<Deletion> deletions) {
    return deletions.stream()
        .map(deletion -> new Fragment(deletion.range(), new long[] {deletion.version()}))
        .toList();
  }

  private static LongStream covering(List<Deletion> deletions, byte[] key) {
    return deletions.stream()
        .filter(deletion -> deletion.range().contains(key))
        .mapToLong(Deletion::version);
  }

  /// Every key, between any two of them another, and every version.
  private static void assertSame(RangeTombstones actual, List<Deletion> expected, long seed) {
    for (int i = 0; i < 2 * KEYS + 2; i++) {
      byte[] key = {(byte) (i * 5)};
      for (long version = 0; version <= VERSIONS + 1; version++) {
        long limit = version;
        assertThat(actual.covering(key, version))
            .as("seed %d, key %d, version %d", seed, i, version)
            .isEqualTo(covering(expected, key).filter(v -> v <= limit).max().orElse(0));
      }
    }
    assertThat(RangeTombstones.of(actual.fragments()).fragments()).isEqualTo(actual.fragments());
    assertThat(actual.isEmpty()).isEqualTo(expected.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theyCoverWhatTheirDeletionsCover(long seed) {
    List<Deletion> deletions = deletions(new SplittableRandom(seed));
    assertSame(tombstones(deletions), deletions, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void severalSourcesTogetherCoverWhatEachCovers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Deletion> all = new ArrayList<>();
    List<Fragment> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<Deletion> part = deletions(random);
      all.addAll(part);
      parts.addAll(tombstones(part).fragments());
    }
    assertSame(swept(all, parts), all, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void partsOfThemCoverWhatIsLeft(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Deletion> deletions = deletions(random);
    KeyRange bounds = range(random);
    List<Deletion> within =
        deletions.stream()
            .map(deletion -> new Deletion(deletion.range().intersect(bounds), deletion.version()))
            .filter(deletion -> !deletion.range().isEmpty())
            .toList();
    assertSame(tombstones(deletions).within(bounds), within, seed);
    List<Deletion> even = deletions.stream().filter(d -> d.version() % 2 == 0).toList();
    assertSame(tombstones(deletions).filter(version -> version % 2 == 0), even, seed);
  }

  @Test
  void neighboursThatSayTheSameAreOne() {
    RangeTombstones tombstones =
        tombstones(
            List.of(
                new Deletion(new KeyRange(key(1), key(2)), 7),
                new Deletion(new KeyRange(key(2), key(3)), 7)));
    assertThat(tombstones.fragments())
        .singleElement()
        .satisfies(fragment -> {
          assertThat(fragment.range()).isEqualTo(new KeyRange(key(1), key(3)));
          assertThat(fragment.versions()).containsExactly(7);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlap", "order", "versions", "none", "empty"})
  void whatIsOutOfOrderIsRefused(String mistake) {
    Fragment first = new Fragment(new KeyRange(key(1), key(3)), new long[] {5, 4});
    Fragment second =
        switch (mistake) {
          case "overlap" -> new Fragment(new KeyRange(key(2), key(4)), new long[] {5});
          case "order" -> new Fragment(new KeyRange(key(0), key(1)), new long[] {5});
          case "versions" -> new Fragment(new KeyRange(key(3), key(4)), new long[] {4, 4});
          case "none" -> new Fragment(new KeyRange(key(3), key(4)), new long[0]);
          default -> new Fragment(new KeyRange(key(4), key(4)), new long[] {5});
        };
    assertThatThrownBy(() -> RangeTombstones.of(Arrays.asList(first, second)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingFollowsARangeWithoutEnd() {
    Fragment open = new Fragment(new KeyRange(key(1), null), new long[] {5});
    Fragment behind = new Fragment(new KeyRange(key(2), key(3)), new long[] {5});
    assertThatThrownBy(() -> RangeTombstones.of(List.of(open, behind)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
