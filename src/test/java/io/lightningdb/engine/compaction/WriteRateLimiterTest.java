package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.lightningdb.engine.compaction.WriteRateLimiter.Turn;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may write how much, in a time that passes in steps of a millisecond; and, in real time, that waits end.
class WriteRateLimiterTest {
  private static final int LIMIT = 10_000_000;
  private static final int CHUNK = 256 << 10;

  private final VirtualClock clock = new VirtualClock();
  private final List<Writer> writers = new ArrayList<>();
  private double pressure;
  private double userBytesPerSecond;

  private final WriteRateLimiter limiter = new WriteRateLimiter(LIMIT, clock, () -> pressure);

  WriteRateLimiterTest() {
    limiter.enforce();
  }

  /// Writes a chunk whenever it may and has prepared one.
  private final class Writer {
    private final Turn turn;
    private final double ownBytesPerSecond;
    private double prepared;
    private long written;

    Writer(WritePriority priority, double urgency, double ownBytesPerSecond) {
      this.turn = limiter.begin(priority, urgency);
      this.ownBytesPerSecond = ownBytesPerSecond;
      writers.add(this);
    }

    void millisecond() {
      if (turn.nanosToWait() > 0) {
        return;
      }
      prepared += ownBytesPerSecond / 1000;
      while (prepared >= CHUNK && turn.nanosToWait() == 0) {
        prepared -= CHUNK;
        written += CHUNK;
        turn.charge(CHUNK);
      }
    }

    void end() {
      turn.close();
      writers.remove(this);
    }
  }

  private Writer writer(WritePriority priority) {
    return new Writer(priority, 1, 100e6);
  }

  private void pass(int millis) {
    for (int i = 0; i < millis; i++) {
      clock.advance(Duration.ofMillis(1));
      limiter.userWrote((long) (userBytesPerSecond / 1000));
      // The least urgent first: nobody owes its place to this loop.
      List.copyOf(writers.reversed()).forEach(Writer::millisecond);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER")
  void aWriterAloneGetsTheLimitAndNoMore(WritePriority priority) {
    Writer writer = writer(priority);
    pass(60_000);
    assertThat((double) writer.written).isCloseTo(60.0 * LIMIT, withPercentage(1));
  }

  @Test
  void idleTimeIsNotSavedUp() {
    pass(3_600_000 / 100);
    clock.advance(Duration.ofHours(1));
    Writer writer = writer(WritePriority.REST);
    pass(1000);
    assertThat(writer.written).isLessThan((long) (1.2 * LIMIT));
  }

  @Test
  void theMostUrgentIsServedAndTheOthersGetWhatItLeaves() {
    Writer rest = writer(WritePriority.REST);
    Writer top = writer(WritePriority.TOP_LEVEL);
    pass(10_000);
    assertThat(rest.written).as("beside a merge of the top level").isLessThan(LIMIT);
    assertThat((double) top.written).isCloseTo(10.0 * LIMIT, withPercentage(5));

    Writer flush = writer(WritePriority.FLUSH);
    long restBefore = rest.written;
    long topBefore = top.written;
    pass(10_000);
    assertThat((double) flush.written).isCloseTo(10.0 * LIMIT, withPercentage(5));
    assertThat(top.written - topBefore).as("beside a flush").isLessThan(LIMIT / 2);
    assertThat(rest.written - restBefore).as("beside a flush").isLessThan(LIMIT / 2);

    flush.end();
    top.end();
    restBefore = rest.written;
    pass(10_000);
    assertThat((double) rest.written - restBefore).isCloseTo(10.0 * LIMIT, withPercentage(5));
  }

  @Test
  void whatASlowFlushLeavesIsUsed() {
    Writer rest = writer(WritePriority.REST);
    Writer flush = new Writer(WritePriority.FLUSH, 1, LIMIT / 4.0);
    pass(20_000);
    assertThat((double) flush.written).isCloseTo(20 * LIMIT / 4.0, withPercentage(5));
    assertThat((double) rest.written).isCloseTo(20 * LIMIT * 3 / 4.0, withPercentage(5));
  }

  @Test
  void usersCountAndAreNotHeldBack() {
    userBytesPerSecond = 0.6 * LIMIT;
    Writer flush = writer(WritePriority.FLUSH);
    pass(20_000);
    assertThat((double) flush.written).isCloseTo(20 * 0.4 * LIMIT, withPercentage(3));
    assertThat(limiter.written(WritePriority.USER).waitNanos()).isZero();
  }

  @Test
  void muchThatUsersWriteIsForgottenSoonAfterwards() {
    Writer flush = writer(WritePriority.FLUSH);
    userBytesPerSecond = 50.0 * LIMIT;
    pass(60_000);
    userBytesPerSecond = 0;
    long before = flush.written;
    pass(1_100);
    assertThat(flush.written).as("after a second").isGreaterThan(before);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0.5, 2", "0.75, 4", "0.9, 10"})
  void theLimitGivesWayToPressure(double pressure, double times) {
    this.pressure = pressure;
    Writer writer = new Writer(WritePriority.TOP_LEVEL, 1, 1e9);
    pass(20_000);
    assertThat((double) writer.written).isCloseTo(20 * times * LIMIT, withPercentage(2));
  }

  @Test
  void thereIsNoLimitWhereWritesWouldBeSlowedDownAndNoDebtAfterwards() {
    userBytesPerSecond = 2.0 * LIMIT;
    Writer flush = writer(WritePriority.FLUSH);
    Writer rest = writer(WritePriority.REST);
    pressure = 1;
    pass(10_000);
    assertThat((double) flush.written).isCloseTo(10 * 100e6, withPercentage(1));
    assertThat((double) rest.written).isCloseTo(10 * 100e6, withPercentage(1));
    pressure = 0;
    userBytesPerSecond = 0;
    flush.end();
    long before = rest.written;
    pass(10_000);
    assertThat((double) rest.written - before).isCloseTo(10.0 * LIMIT, withPercentage(15));
  }

  @Test
  void aLevelTwiceOverItsBoundIsMergedWithoutALimit() {
    Writer merge = new Writer(WritePriority.REST, 2, 100e6);
    pass(10_000);
    assertThat((double) merge.written).isCloseTo(10 * 100e6, withPercentage(1));
  }

  @Test
  void pressureRisesWithTheBacklogAndIsFullBeforeWritesAreSlowedDown() {
    Backpressure.Bounds bounds = new Backpressure.Bounds(4, 16);
    for (int rows = 0; rows <= 16; rows++) {
      for (int frozen = 0; frozen <= 4; frozen++) {
        double least = 0;
        for (double fill = 0; fill <= 1; fill += 0.125) {
          var backlog = new Backpressure.Backlog(frozen, fill, rows);
          double pressure = Backpressure.pressure(backlog, bounds);
          boolean behind =
              Backpressure.flushBacklog(backlog, bounds) > 0
                  || Backpressure.compactionBacklog(backlog, bounds) > 0;
          assertThat(pressure).isBetween(least, 1.0);
          assertThat(!behind || pressure == 1).as("%s", backlog).isTrue();
          least = pressure;
        }
      }
    }
    assertThat(Backpressure.pressure(new Backpressure.Backlog(1, 0, 3), bounds)).isZero();
    assertThat(Backpressure.pressure(new Backpressure.Backlog(0, 1, 3), bounds)).isZero();
  }

  /// Much that comes in for a long time: flushes and merges do what they have to, whatever the limit, and after it keep to it.
  @ParameterizedTest
  @CsvSource({"1", "10", "40"})
  void aLimitTooLowDefeatsNothing(double userMegabytesPerSecond) {
    Backpressure.Bounds bounds = new Backpressure.Bounds(4, 16);
    userBytesPerSecond = userMegabytesPerSecond * 1e6;
    double memtableBytes = 4e6;
    double active = 0;
    int frozen = 0;
    int rows = 0;
    Writer flush = null;
    Writer merge = null;
    for (int i = 0; i < 120_000; i++) {
      var backlog = new Backpressure.Backlog(frozen, active / memtableBytes, rows);
      assertThat(Backpressure.flushBacklog(backlog, bounds)).as("flushes at %d", i).isZero();
      assertThat(Backpressure.compactionBacklog(backlog, bounds)).as("merges at %d", i).isZero();
      pressure = Backpressure.pressure(backlog, bounds);
      pass(1);
      active += userBytesPerSecond / 1000;
      if (active >= memtableBytes) {
        active -= memtableBytes;
        frozen++;
      }
      if (frozen > 0 && flush == null) {
        flush = new Writer(WritePriority.FLUSH, 1, 200e6);
      }
      if (flush != null && flush.written >= memtableBytes) {
        flush.end();
        flush = null;
        frozen--;
        rows++;
      }
      if (rows >= 4 && merge == null) {
        merge = new Writer(WritePriority.TOP_LEVEL, 1, 200e6);
      }
      if (merge != null && merge.written >= 4 * memtableBytes) {
        merge.end();
        merge = null;
        rows -= 4;
      }
    }
  }

  @Test
  void withoutALimitNobodyWaitsAndEverythingIsCounted() {
    WriteRateLimiter none =
        new WriteRateLimiter(
            0,
            clock,
            () -> {
              throw new AssertionError("asked for nothing");
            });
    none.enforce();
    none.userWrote(5);
    try (Turn turn = none.begin(WritePriority.REST, 1)) {
      turn.wrote(1L << 40, () -> false);
      turn.wrote(1, () -> false);
    }
    assertThat(none.written(WritePriority.USER)).isEqualTo(written(5));
    assertThat(none.written(WritePriority.REST)).isEqualTo(written((1L << 40) + 1));
    assertThat(none.written(WritePriority.FLUSH)).isEqualTo(written(0));
  }

  private static WriteRateLimiter.Written written(long bytes) {
    return new WriteRateLimiter.Written(bytes, 0, 0);
  }

  /// Starts to wait for what would take a day.
  private static CompletableFuture<Void> waiting(WriteRateLimiter limiter, boolean[] cancelled) {
    CompletableFuture<Void> began = new CompletableFuture<>();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> {
          try (Turn turn = limiter.begin(WritePriority.REST, 1)) {
            turn.wrote(
                86_400L * LIMIT,
                () -> {
                  began.complete(null);
                  return cancelled[0];
                });
          }
        });
    began.join();
    return done;
  }

  @Test
  @Timeout(30)
  void whoWaitsGoesOnWhenTheLimitIsLifted() throws Exception {
    WriteRateLimiter real = new WriteRateLimiter(LIMIT, Clock.SYSTEM, () -> 0);
    real.enforce();
    CompletableFuture<Void> done = waiting(real, new boolean[1]);
    assertThat(done).isNotDone();
    real.lift();
    done.get(10, TimeUnit.SECONDS);
    assertThat(real.written(WritePriority.REST).waits()).isEqualTo(1);
    assertThat(real.waitNanos(WritePriority.REST)).isPositive();
  }

  @Test
  @Timeout(30)
  void whoWaitsGoesOnWhenTheWorkIsCancelledOrWritesAreInDanger() throws Exception {
    double[] danger = {0};
    WriteRateLimiter real = new WriteRateLimiter(LIMIT, Clock.SYSTEM, () -> danger[0]);
    real.enforce();
    boolean[] cancelled = {false};
    CompletableFuture<Void> first = waiting(real, cancelled);
    assertThat(first).isNotDone();
    cancelled[0] = true;
    first.get(10, TimeUnit.SECONDS);

    CompletableFuture<Void> second = waiting(real, new boolean[1]);
    assertThat(second).isNotDone();
    danger[0] = 1;
    second.get(10, TimeUnit.SECONDS);
  }
}
