package io.lightningdb.server.history;

import io.lightningdb.engine.latency.LatencyHistogram;

/// Reads percentiles out of histograms.
final class Percentile {
  private static final double NANOS_PER_MICRO = 1000;

  private Percentile() {}

  /// What a share of the durations stayed below, between two moments.
  ///
  /// @param share above 0, below 1
  /// @param before counts of buckets at the earlier moment
  /// @param now counts of the same buckets at the later one
  /// @return in microseconds, as if durations were spread evenly within each bucket; the bound of the last bucket if it lies beyond;
  ///     `NaN` if there was none
  static double micros(double share, double[] before, double[] now) {
    double all = 0;
    for (int i = 0; i < now.length; i++) {
      all += Math.max(0, now[i] - before[i]);
    }
    double rank = share * all;
    double below = 0;
    for (int i = 0; i < LatencyHistogram.BOUNDS; i++) {
      double count = Math.max(0, now[i] - before[i]);
      if (count > 0 && below + count >= rank) {
        double lower = i == 0 ? 0 : LatencyHistogram.boundNanos(i - 1);
        double upper = LatencyHistogram.boundNanos(i);
        return (lower + (upper - lower) * (rank - below) / count) / NANOS_PER_MICRO;
      }
      below += count;
    }
    return all == 0
        ? Double.NaN
        : LatencyHistogram.boundNanos(LatencyHistogram.BOUNDS - 1) / NANOS_PER_MICRO;
  }
}
