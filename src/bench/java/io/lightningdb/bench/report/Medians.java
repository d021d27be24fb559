package io.lightningdb.bench.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// Medians over rounds.
final class Medians {
  private Medians() {}

  /// The figure in the middle, or between the two in the middle.
  static <T> double of(List<T> rounds, ToDoubleFunction<T> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
