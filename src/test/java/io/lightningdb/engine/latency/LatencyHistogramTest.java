package io.lightningdb.engine.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private static int bucketOf(long nanos) {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(nanos);
    long[] counts = histogram.snapshot().counts();
    assertThat(Arrays.stream(counts).sum()).isEqualTo(1);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 1) {
        return i;
      }
    }
    throw new AssertionError("nowhere");
  }

  @Test
  void boundsDoubleFromAMicrosecondToAMinute() {
    assertThat(LatencyHistogram.boundNanos(0)).isEqualTo(1_000);
    for (int i = 1; i < LatencyHistogram.BOUNDS; i++) {
      assertThat(LatencyHistogram.boundNanos(i)).isEqualTo(2 * LatencyHistogram.boundNanos(i - 1));
    }
    assertThat(Duration.ofNanos(LatencyHistogram.boundNanos(LatencyHistogram.BOUNDS - 1)))
        .isEqualTo(Duration.ofMillis(67_108).plusNanos(864_000));
  }

  @Test
  void aDurationCountsInTheFirstBucketThatMayHoldIt() {
    for (int i = 0; i < LatencyHistogram.BOUNDS; i++) {
      assertThat(bucketOf(LatencyHistogram.boundNanos(i))).as("at bound %d", i).isEqualTo(i);
      assertThat(bucketOf(LatencyHistogram.boundNanos(i) + 1)).as("over %d", i).isEqualTo(i + 1);
    }
  }

  @Test
  void extremesCountInTheOutermostBuckets() {
    assertThat(bucketOf(0)).isZero();
    assertThat(bucketOf(-5)).isZero();
    assertThat(bucketOf(Long.MIN_VALUE)).isZero();
    assertThat(bucketOf(Long.MAX_VALUE)).isEqualTo(LatencyHistogram.BOUNDS);
  }

  @Test
  void aDurationBelowZeroAddsNothingToTheSum() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(-7);
    histogram.record(3);
    assertThat(histogram.snapshot().sumNanos()).isEqualTo(3);
    assertThat(histogram.snapshot().count()).isEqualTo(2);
  }

  @Test
  void nothingIsLostBetweenThreads() throws InterruptedException {
    int threads = 20;
    int each = 20_000;
    long seed = 6;
    LatencyHistogram histogram = new LatencyHistogram();
    List<Thread> started = new ArrayList<>();
    long sum = 0;
    for (int t = 0; t < threads; t++) {
      long[] durations = new SplittableRandom(seed + t).longs(each, 0, 100_000_000_000L).toArray();
      sum += Arrays.stream(durations).sum();
      started.add(
          Thread.ofVirtual().start(() -> Arrays.stream(durations).forEach(histogram::record)));
    }
    for (Thread thread : started) {
      thread.join();
    }
    assertThat(histogram.snapshot().count()).isEqualTo((long) threads * each);
    assertThat(histogram.snapshot().sumNanos()).isEqualTo(sum);
  }
}
