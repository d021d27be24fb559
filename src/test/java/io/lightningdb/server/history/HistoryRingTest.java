package io.lightningdb.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HistoryRingTest {
  private static final long START = 1_700_000_000_123L;
  private static final double GAP = Double.NaN;

  private final HistoryRing ring = new HistoryRing();

  private void add(long slot, double value) {
    add(slot, 0, value);
  }

  private void add(long slot, long lateMillis, double value) {
    ring.add(
        START + slot * HistoryRing.INTERVAL_MILLIS + lateMillis,
        Map.of(Series.HEAP_BYTES, value, Series.READ_P99_MICROS, value));
  }

  private double[] averages(int slots, int points) {
    return Objects.requireNonNull(ring.read(slots, points).values().get(Series.HEAP_BYTES));
  }

  private double[] maxima(int slots, int points) {
    return Objects.requireNonNull(ring.read(slots, points).values().get(Series.READ_P99_MICROS));
  }

  @Test
  void whatWasNotMeasuredIsAGap() {
    assertThat(ring.read(6, 6).millis()).isEmpty();
    add(0, 1);
    add(1, 2);
    add(4, 5);

    assertThat(averages(7, 7)).containsExactly(GAP, GAP, 1, 2, GAP, GAP, 5);
    HistoryRing.Part part = ring.read(3, 3);
    assertThat(part.intervalMillis()).isEqualTo(HistoryRing.INTERVAL_MILLIS);
    assertThat(part.millis()).containsExactly(START + 20_000, START + 30_000, START + 40_000);
    assertThat(Objects.requireNonNull(part.values().get(Series.CONNECTIONS)))
        .containsExactly(GAP, GAP, GAP);
  }

  @Test
  void samplesMayBeLateAndTwoOfASlotAreOne() {
    add(0, 1);
    add(1, 4_900, 2);
    add(2, 3);
    add(2, 100, 9);
    add(1, 9);

    assertThat(averages(4, 4)).containsExactly(GAP, 1, 2, 3);
  }

  @Test
  void thinValuesAreAveragesOrTheGreatest() {
    for (int i = 0; i < 12; i++) {
      if (i != 4 && i / 3 != 2) {
        add(i, i);
      }
    }

    assertThat(averages(12, 4)).containsExactly(1, 4, GAP, 10);
    assertThat(maxima(12, 4)).containsExactly(2, 5, GAP, 11);
    assertThat(ring.read(12, 4).intervalMillis()).isEqualTo(3 * HistoryRing.INTERVAL_MILLIS);
    // The next sample begins another value, and moves none of those that were there.
    add(12, 7);
    assertThat(averages(12, 4)).containsExactly(4, GAP, 10, 7);
    assertThat(ring.read(12, 4).millis()).hasSize(4);
    assertThat(averages(1, 1)).containsExactly(7);
  }

  @Test
  void theOldestGoesForTheNewest() {
    int all = HistoryRing.SLOTS;
    for (int i = 0; i <= all + 5; i++) {
      add(i, i);
    }

    double[] kept = averages(all, all);
    assertThat(kept).hasSize(all).startsWith(6).endsWith(all + 5.0);
    // So long a sleep leaves nothing but gaps.
    add(3L * all, 1);
    kept = averages(all, all);
    assertThat(kept).startsWith(GAP, GAP).endsWith(GAP, 1);
    assertThat(ring.read(all, 7).millis()).hasSize(7);
  }

  @Test
  void itsMemoryIsBounded() {
    assertThat(HistoryRing.BYTES).isBetween(400_000L, 4L << 20);
    assertThat(HistoryRing.SLOTS).isEqualTo(2160);
  }
}
