package io.lightningdb.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.latency.LatencyHistogram;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PercentileTest {

  private static double[] counts(LatencyHistogram histogram) {
    return Arrays.stream(histogram.snapshot().counts()).asDoubleStream().toArray();
  }

  @Test
  void onlyWhatCameSinceCounts() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 0; i < 1000; i++) {
      histogram.record(50_000_000);
    }
    double[] before = counts(histogram);
    assertThat(Percentile.micros(0.5, before, before)).isNaN();
    for (int i = 0; i < 99; i++) {
      histogram.record(3_000);
    }
    histogram.record(900_000);
    histogram.record(900_000);

    double[] now = counts(histogram);
    assertThat(Percentile.micros(0.5, before, now)).isBetween(2.0, 4.0);
    assertThat(Percentile.micros(0.99, before, now)).isBetween(512.0, 1024.0);
  }

  @Test
  void whatIsBeyondAllBoundsIsTheLastBound() {
    LatencyHistogram histogram = new LatencyHistogram();
    double[] before = counts(histogram);
    histogram.record(Long.MAX_VALUE);

    assertThat(Percentile.micros(0.99, before, counts(histogram))).isEqualTo(67_108_864);
  }
}
