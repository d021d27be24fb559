package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where there may be older entries, against a look at each range.
class BelowTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 50);
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) number};
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyKeyOfEveryRangeAndNoOther(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<KeyRange> ranges = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int lower = random.nextInt(90);
      boolean open = random.nextInt(10) == 0;
      ranges.add(new KeyRange(key(lower), open ? null : key(lower + 1 + random.nextInt(12))));
    }
    Below below = Below.of(ranges);
    for (int from = 0; from < 110; from += 5) {
      KeyRange asked = new KeyRange(key(from), from == 105 ? null : key(from + random.nextInt(40)));
      assertThat(below.overlaps(asked))
          .as("seed %d, %s", seed, asked)
          .isEqualTo(ranges.stream().anyMatch(asked::overlaps));
    }
    for (int i = 0; i < 110; i++) {
      byte[] key = key(i);
      assertThat(below.mayHold(key))
          .as("seed %d, key %d", seed, i)
          .isEqualTo(ranges.stream().anyMatch(range -> range.contains(key)));
    }
    assertThat(Below.nowhere().mayHold(key(1))).isFalse();
    assertThat(Below.everywhere().mayHold(key(1))).isTrue();
  }

  /// Pieces of range deletions, and runs below them: neither is looked at for each of the other.
  @Test
  void aQuestionLooksAtFewOfManyRanges() {
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < 4096; i++) {
      byte[] lower = {(byte) (i >> 8), (byte) i};
      ranges.add(new KeyRange(lower, new byte[] {(byte) (i >> 8), (byte) i, 1}));
    }
    Below below = Below.of(ranges);
    for (KeyRange range : ranges) {
      assertThat(below.overlaps(range)).isTrue();
    }
    assertThat(below.looks()).isLessThanOrEqualTo(13L * ranges.size());
  }
}
