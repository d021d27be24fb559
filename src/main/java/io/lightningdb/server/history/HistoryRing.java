package io.lightningdb.server.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The last six hours of each series, a value for every ten seconds, in arrays that are made once. *Thread-safe.*
///
/// Time is cut into slots from the first sample on. A slot without a sample, or a figure that could not be told, is a gap.
final class HistoryRing {
  /// Time between two samples, in milliseconds.
  static final int INTERVAL_MILLIS = 10_000;

  /// Number of samples kept.
  static final int SLOTS = 6 * 3600 * 1000 / INTERVAL_MILLIS;

  /// What it takes of the heap, in bytes.
  static final long BYTES = Series.values().length * (16L + SLOTS * (long) Double.BYTES);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Series, double[]> values = new EnumMap<>(Series.class);

  // Guarded by `lock`. The moment of the slot with number 0, and the number of the newest slot, -1
  // before the first.
  private long firstMillis;
  private long newest = -1;

  /// Makes one that is all gap.
  HistoryRing() {
    for (Series series : Series.values()) {
      double[] slots = new double[SLOTS];
      Arrays.fill(slots, Double.NaN);
      values.put(series, slots);
    }
  }

  /// Puts a sample into its slot. One that is not later than the last one's slot is left out.
  ///
  /// @param millis when it was taken; never runs backwards
  /// @param sample what was measured; what is not in it is a gap
  void add(long millis, Map<Series, Double> sample) {
    lock.lock();
    try {
      if (newest < 0) {
        firstMillis = millis;
      }
      // A sample may be somewhat late.
      long slot = Math.floorDiv(millis - firstMillis + INTERVAL_MILLIS / 2, INTERVAL_MILLIS);
      if (slot <= newest) {
        return;
      }
      long gap = Math.max(newest + 1, slot - SLOTS + 1);
      for (Map.Entry<Series, double[]> each : values.entrySet()) {
        double[] slots = each.getValue();
        for (long missed = gap; missed < slot; missed++) {
          slots[index(missed)] = Double.NaN;
        }
        Double value = sample.get(each.getKey());
        slots[index(slot)] = value == null ? Double.NaN : value;
      }
      newest = slot;
    } finally {
      lock.unlock();
    }
  }

  private static int index(long slot) {
    return Math.toIntExact(slot % SLOTS);
  }

  /// A part of the history. Immutable.
  ///
  /// @param intervalMillis time from one value to the next
  /// @param millis when each value ends
  /// @param values of each series, one for each moment; `NaN` is a gap
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Part(int intervalMillis, List<Long> millis, Map<Series, double[]> values) {}

  /// Reads the end of the history.
  ///
  /// @param slots number of slots, up to [#SLOTS]
  /// @param pointsMax most values of a series, at least 1; where there are more slots, several become one
  /// @return the newest slots there were, the oldest first; those before the first sample are gaps
  Part read(int slots, int pointsMax) {
    int width = (slots + pointsMax - 1) / pointsMax;
    int points = (slots + width - 1) / width;
    lock.lock();
    try {
      if (newest < 0) {
        return new Part(width * INTERVAL_MILLIS, List.of(), Map.of());
      }
      // Values end with the same slots however often they are asked for: else curves would tremble.
      long last = newest - Math.floorMod(newest + 1, width);
      boolean unfinished = last < newest;
      List<Long> millis = new ArrayList<>();
      for (int i = points - 1; i >= 0; i--) {
        millis.add(firstMillis + (last - (long) i * width) * INTERVAL_MILLIS);
      }
      Map<Series, double[]> read = new EnumMap<>(Series.class);
      for (Series series : Series.values()) {
        double[] thin = new double[points];
        for (int i = 0; i < points; i++) {
          long end = last - (long) (points - 1 - i) * width;
          thin[i] = thin(series, end - width + 1, end);
        }
        read.put(series, thin);
      }
      if (unfinished) {
        appendUnfinished(last, width, millis, read);
      }
      return new Part(width * INTERVAL_MILLIS, millis, read);
    } finally {
      lock.unlock();
    }
  }

  /// Puts what is known of the present value in the place of the oldest.
  private void appendUnfinished(
      long last, int width, List<Long> millis, Map<Series, double[]> read) {
    millis.removeFirst();
    millis.add(firstMillis + (last + width) * INTERVAL_MILLIS);
    read.replaceAll((series, thin) -> {
      double[] moved = Arrays.copyOfRange(thin, 1, thin.length + 1);
      moved[thin.length - 1] = thin(series, last + 1, newest);
      return moved;
    });
  }

  /// What the slots of a value come to.
  private double thin(Series series, long from, long to) {
    double[] slots = values.getOrDefault(series, new double[0]);
    double sum = 0;
    double greatest = Double.NEGATIVE_INFINITY;
    int count = 0;
    for (long slot = Math.max(from, newest - SLOTS + 1); slot <= to; slot++) {
      double value = slot < 0 ? Double.NaN : slots[index(slot)];
      if (!Double.isNaN(value)) {
        sum += value;
        greatest = Math.max(greatest, value);
        count++;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    return series.thinning() == Series.Thinning.AVERAGE ? sum / count : greatest;
  }
}
