package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.compaction.Backpressure.Backlog;
import io.lightningdb.engine.compaction.Backpressure.Bounds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The controller of writes, on a model of a keyspace whose time passes in steps of a millisecond.
class BackpressureTest {
  private static final double MEMTABLE_BYTES = 32e6;
  private static final Bounds BOUNDS = new Bounds(4, 16);

  /// A keyspace: memtables fill, are flushed to rows, and rows are merged four at a time.
  private static final class Model {
    private final double flushRate;
    private final double mergeRate;
    private final double rateError;
    private double active;
    private int frozen;
    private double flushing;
    private int rows;
    private double merging;
    private final List<Double> admitted = new ArrayList<>();
    private double behindMost;
    private double jumpMost;
    private double rateLast = Double.MAX_VALUE;

    Model(double flushRate, double mergeRate, double rateError) {
      this.flushRate = flushRate;
      this.mergeRate = mergeRate;
      this.rateError = rateError;
    }

    private Backlog backlog() {
      return new Backlog(frozen, active / MEMTABLE_BYTES, rows);
    }

    private double rate() {
      double flushes = Backpressure.flushBacklog(backlog(), BOUNDS);
      double merges = Backpressure.compactionBacklog(backlog(), BOUNDS);
      behindMost = Math.max(behindMost, Math.max(flushes, merges));
      double rate = Double.MAX_VALUE;
      if (flushes > 0) {
        rate = Backpressure.bytesPerSecond(flushes, flushRate * rateError);
      }
      return merges > 0
          ? Math.min(rate, Backpressure.bytesPerSecond(merges, mergeRate * rateError))
          : rate;
    }

    /// One millisecond in which so much would like to come in.
    void tick(double wantedPerSecond) {
      double rate = rate();
      if (rateLast < Double.MAX_VALUE && rate < Double.MAX_VALUE) {
        jumpMost = Math.max(jumpMost, Math.abs(rate - rateLast) / Math.min(flushRate, mergeRate));
      }
      rateLast = rate;
      double bytes = Math.min(wantedPerSecond, rate) / 1000;
      admitted.add(bytes);
      active += bytes;
      if (active >= MEMTABLE_BYTES) {
        active -= MEMTABLE_BYTES;
        frozen++;
      }
      if (frozen > 0) {
        flushing += flushRate / 1000;
        if (flushing >= MEMTABLE_BYTES) {
          flushing = 0;
          frozen--;
          rows++;
        }
      }
      if (rows >= 4) {
        merging += mergeRate / 1000;
        if (merging >= 4 * MEMTABLE_BYTES) {
          merging = 0;
          rows -= 4;
        }
      }
    }

    double admittedPerSecond(int fromMillis, int toMillis) {
      double bytes = 0;
      for (int i = fromMillis; i < toMillis; i++) {
        bytes += admitted.get(i);
      }
      return bytes * 1000 / (toMillis - fromMillis);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // flushes MB/s, merges MB/s, error of the measured rates
    "100, 400, 1",
    "100, 400, 0.5",
    "100, 400, 2",
    "400, 100, 1",
    "400, 100, 0.5",
    "400, 100, 2",
    "200, 200, 1"
  })
  void anOverloadSettlesAtWhatIsWorkedOffAndLeavesNoTrace(
      double flushMegabytes, double mergeMegabytes, double rateError) {
    Model model = new Model(flushMegabytes * 1e6, mergeMegabytes * 1e6, rateError);
    double slowest = Math.min(flushMegabytes, mergeMegabytes) * 1e6;
    run(model, 20_000, slowest / 4);
    assertThat(model.behindMost).as("behind when little is written").isZero();
    run(model, 60_000, 10 * slowest);
    assertThat(model.behindMost).as("behind under overload").isBetween(0.2, 1.0);
    assertThat(model.admittedPerSecond(40_000, 80_000))
        .as("rate under overload")
        .isBetween(0.85 * slowest, 1.15 * slowest);
    assertThat(slowestSecond(model, 30_000, 80_000))
        .as("slowest second")
        .isGreaterThan(0.05 * slowest);
    run(model, 20_000, slowest / 4);
    assertThat(model.admittedPerSecond(85_000, 100_000))
        .as("rate after the overload")
        .isCloseTo(slowest / 4, org.assertj.core.data.Percentage.withPercentage(0.1));
    assertThat(model.rate()).as("no limit left").isEqualTo(Double.MAX_VALUE);
  }

  private static double slowestSecond(Model model, int fromMillis, int toMillis) {
    double slowest = Double.MAX_VALUE;
    for (int i = fromMillis; i < toMillis; i += 1000) {
      slowest = Math.min(slowest, model.admittedPerSecond(i, i + 1000));
    }
    return slowest;
  }

  private static void run(Model model, int millis, double wantedPerSecond) {
    for (int i = 0; i < millis; i++) {
      model.tick(wantedPerSecond);
    }
  }

  @Test
  void nothingJumpsWhenAMemtableIsFrozenOrFlushed() {
    for (int rows = 0; rows < 16; rows++) {
      for (int frozen = 0; frozen < 3; frozen++) {
        Backlog full = new Backlog(frozen, 1, rows);
        Backlog justFrozen = new Backlog(frozen + 1, 0, rows);
        Backlog justFlushed = new Backlog(frozen, 0, rows + 1);
        assertThat(Backpressure.flushBacklog(justFrozen, BOUNDS))
            .isEqualTo(Backpressure.flushBacklog(full, BOUNDS));
        assertThat(Backpressure.compactionBacklog(justFrozen, BOUNDS))
            .isEqualTo(Backpressure.compactionBacklog(full, BOUNDS));
        assertThat(Backpressure.compactionBacklog(justFlushed, BOUNDS))
            .isEqualTo(Backpressure.compactionBacklog(justFrozen, BOUNDS));
      }
    }
  }

  @Test
  void whenNoMoreCanBeTakenNothingIs() {
    assertThat(Backpressure.flushBacklog(new Backlog(4, 0, 0), BOUNDS)).isEqualTo(1);
    assertThat(Backpressure.compactionBacklog(new Backlog(0, 0, 17), BOUNDS)).isEqualTo(1);
    assertThat(Backpressure.flushBacklog(new Backlog(1, 0, 0), new Bounds(1, 16))).isEqualTo(1);
    assertThat(Backpressure.bytesPerSecond(0.999, 1e6)).isLessThan(1100);
  }
}
