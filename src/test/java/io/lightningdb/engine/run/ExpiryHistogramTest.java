package io.lightningdb.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.ExpiryTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The short account of when entries expire never claims that more have expired than have.
class ExpiryHistogramTest {

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 30);
  }

  private static List<Long> moments(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long spread = 1L << random.nextInt(1, 47);
    int count = 1 + random.nextInt(800);
    return random
        .longs(count, ExpiryTime.MILLIS_MIN, ExpiryTime.MILLIS_MIN + spread)
        .boxed()
        .toList();
  }

  private static ExpirySummary summary(List<Long> moments) {
    ExpiryHistogram histogram = new ExpiryHistogram();
    moments.forEach(histogram::add);
    return histogram.summary();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void itIsALowerBoundThatIsNotFarOff(long seed) {
    List<Long> moments = moments(seed);
    ExpirySummary summary = summary(moments);
    assertThat(summary.entries()).isEqualTo(moments.size());
    assertThat(summary.leastMillis()).isEqualTo(Collections.min(moments));
    assertThat(summary.greatestMillis()).isEqualTo(Collections.max(moments));
    long width = (summary.greatestMillis() - summary.leastMillis()) / 64 + 1;
    for (long moment : moments) {
      for (long at : new long[] {moment - 1, moment}) {
        long expired = moments.stream().filter(m -> m <= at).count();
        long little = moments.stream().filter(m -> m <= at - width).count();
        assertThat(summary.expiredEntries(at)).isBetween(little - moments.size() / 8 - 1, expired);
      }
    }
    assertThat(summary.expiredEntries(summary.greatestMillis())).isEqualTo(moments.size());
    assertThat(summary.expiredEntries(summary.leastMillis() - 1)).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOrderDoesNotMatter(long seed) {
    List<Long> moments = moments(seed);
    List<Long> shuffled = new ArrayList<>(moments);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(summary(shuffled)).isEqualTo(summary(moments));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void itIsReadAsItWasWritten(long seed) {
    ExpirySummary summary = summary(moments(seed));
    ByteWriter out = new ByteWriter(16);
    summary.write(out);
    assertThat(ExpirySummary.read(new ByteReader(out.toByteArray()))).isEqualTo(summary);
  }

  @Test
  void whatNeverExpiresDoesNotCount() {
    assertThat(summary(List.of(ExpiryTime.NEVER))).isEqualTo(ExpirySummary.NONE);
    assertThat(ExpirySummary.NONE.expiredEntries(ExpiryTime.MILLIS_MAX)).isZero();
    assertThat(ExpirySummary.NONE.greatestMillis()).isEqualTo(ExpiryTime.NEVER);
  }

  @Test
  void contradictionsAreRefused() {
    List<Long> ascending = LongStream.rangeClosed(1, ExpirySummary.POINTS).boxed().toList();
    assertThat(new ExpirySummary(5, ascending).greatestMillis()).isEqualTo(ExpirySummary.POINTS);
    assertThatThrownBy(() -> new ExpirySummary(0, ascending))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ExpirySummary(5, ascending.reversed()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ExpirySummary(5, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ExpirySummary(-1, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    ByteWriter early = new ByteWriter(16);
    early.varint(1).varint(0);
    assertThatThrownBy(() -> ExpirySummary.read(new ByteReader(early.toByteArray())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
