package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Order of keys and what is derived from it, against definitions that are tried out on every short key.
class KeysTest {
  private static final byte[] ALPHABET = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF};

  /// Every key of up to four bytes of the alphabet.
  private static final List<byte[]> UNIVERSE = universe(4);

  /// Every key of up to two bytes of the alphabet.
  private static final List<byte[]> SHORT = universe(2);

  private static List<byte[]> universe(int lengthMax) {
    List<byte[]> keys = new ArrayList<>(List.of(new byte[0]));
    for (int from = 0, length = 1; length <= lengthMax; length++) {
      int to = keys.size();
      for (; from < to; from++) {
        for (byte next : ALPHABET) {
          byte[] longer = Keys.after(keys.get(from));
          longer[length - 1] = next;
          keys.add(longer);
        }
      }
    }
    return keys;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static boolean less(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) < 0;
  }

  @Test
  void theUniverseIsWhatItSays() {
    assertThat(UNIVERSE).hasSize(1 + 5 + 25 + 125 + 625).doesNotHaveDuplicates();
  }

  @Test
  void behindAPrefixIsTheFirstKeyWithoutIt() {
    for (byte[] prefix : SHORT) {
      KeyRange range = new KeyRange(prefix, Keys.afterPrefix(prefix));
      for (byte[] key : UNIVERSE) {
        assertThat(range.contains(key)).isEqualTo(startsWith(key, prefix));
      }
    }
  }

  @Test
  void nothingLiesBetweenAKeyAndTheOneAfter() {
    for (byte[] key : SHORT) {
      byte[] after = Keys.after(key);
      assertThat(less(key, after)).isTrue();
      assertThat(UNIVERSE).noneMatch(between -> less(key, between) && less(between, after));
    }
  }

  @Test
  void aSeparatorIsTheShortestThatDivides() {
    for (byte[] left : SHORT) {
      for (byte[] right : SHORT) {
        if (less(left, right)) {
          byte[] separator = Keys.separator(left, right);
          assertThat(less(left, separator) && !less(right, separator)).isTrue();
          assertThat(UNIVERSE)
              .noneMatch(other ->
                  other.length < separator.length && less(left, other) && !less(right, other));
        }
      }
    }
  }

  @Test
  void headsThatDifferOrderTheirKeys() {
    for (byte[] a : SHORT) {
      for (byte[] b : UNIVERSE) {
        int heads = Long.compareUnsigned(Keys.head(a, 0), Keys.head(b, 0));
        int keys = Integer.signum(Arrays.compareUnsigned(a, b));
        assertThat(heads == 0 || heads == keys).isTrue();
      }
    }
  }

  @Test
  void aHeadIsTheEightBytesFromItsOffset() {
    byte[] key = {1, 2, 3, 4, 5, 6, 7, 8, (byte) 0xF9, 10};
    assertThat(Keys.head(key, 0)).isEqualTo(0x0102030405060708L);
    assertThat(Keys.head(key, 1)).isEqualTo(0x02030405060708F9L);
    assertThat(Keys.head(key, 8)).isEqualTo(0xF90A000000000000L);
    assertThat(Keys.head(key, 10)).isZero();
    assertThat(Keys.head(key, 100)).isZero();
    assertThat(Keys.head(key, 2, 5)).isEqualTo(0x0304050000000000L);
  }

  @Test
  void commonPrefixesAreAsLongAsTheyCanBe() {
    for (byte[] a : SHORT) {
      for (byte[] b : UNIVERSE) {
        int common = Keys.commonPrefix(a, b);
        assertThat(startsWith(b, Arrays.copyOf(a, common))).isTrue();
        assertThat(common == a.length || !startsWith(b, Arrays.copyOf(a, common + 1))).isTrue();
      }
    }
  }

  @Test
  void keysInMemoryCompareAsThoseInArrays() {
    SplittableRandom random = new SplittableRandom(1);
    for (byte[] a : SHORT) {
      for (byte[] b : UNIVERSE) {
        int offset = random.nextInt(4);
        byte[] around = new byte[offset + b.length + 3];
        Arrays.fill(around, (byte) 0x55);
        System.arraycopy(b, 0, around, offset, b.length);
        MemorySegment memory = MemorySegment.ofArray(around);
        int order = Integer.signum(Keys.compare(a, memory, offset, b.length));
        assertThat(order).isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
        assertThat(Keys.equal(a, memory, offset, b.length)).isEqualTo(Arrays.equals(a, b));
      }
    }
  }

  private static List<KeyRange> ranges() {
    List<KeyRange> ranges = new ArrayList<>();
    for (byte[] lower : universe(1)) {
      ranges.add(new KeyRange(lower, null));
      SHORT.forEach(upper -> ranges.add(new KeyRange(lower, upper)));
    }
    return ranges;
  }

  private static List<byte[]> keysIn(KeyRange range) {
    return UNIVERSE.stream()
        .filter(key -> {
          byte[] upper = range.upper();
          return !less(key, range.lower()) && (upper == null || less(key, upper));
        })
        .toList();
  }

  @Test
  void rangesAreTheSetsOfTheirKeys() {
    for (KeyRange range : ranges()) {
      List<byte[]> keys = keysIn(range);
      assertThat(UNIVERSE.stream().filter(range::contains)).isEqualTo(keys);
      // The lower bound is a key of the universe, and the first of any range that has one.
      assertThat(range.isEmpty()).isEqualTo(keys.isEmpty());
    }
  }

  @Test
  void rangesIntersectCoverAndOverlapAsSetsDo() {
    List<KeyRange> ranges = ranges().stream().filter(range -> !range.isEmpty()).toList();
    for (KeyRange a : ranges) {
      List<byte[]> ofA = keysIn(a);
      for (KeyRange b : ranges) {
        List<byte[]> common = ofA.stream().filter(b::contains).toList();
        assertThat(a.overlaps(b)).isEqualTo(!common.isEmpty());
        assertThat(a.intersect(b).isEmpty()).isEqualTo(common.isEmpty());
        assertThat(keysIn(a.intersect(b))).isEqualTo(common);
        assertThat(b.covers(a)).isEqualTo(common.size() == ofA.size());
        KeyRange hull = a.hull(b);
        assertThat(hull.covers(a) && hull.covers(b)).isTrue();
        assertThat(hull.equals(a) || hull.equals(b) || isTight(hull, a, b)).isTrue();
      }
    }
  }

  private static boolean isTight(KeyRange hull, KeyRange a, KeyRange b) {
    boolean lower =
        Arrays.equals(hull.lower(), a.lower()) || Arrays.equals(hull.lower(), b.lower());
    boolean upper =
        KeyRange.compareUpper(hull.upper(), a.upper()) == 0
            || KeyRange.compareUpper(hull.upper(), b.upper()) == 0;
    return lower && upper;
  }
}
