package io.lightningdb.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SyncCrowdTest {
  private static final long SYNC_NANOS = 100_000;

  private final VirtualClock clock = new VirtualClock();
  private final SyncCrowd crowd = new SyncCrowd(clock);
  private final AtomicInteger asked = new AtomicInteger();

  /// Nobody comes, and each look takes ten microseconds.
  private long nobody() {
    asked.incrementAndGet();
    clock.advance(Duration.ofNanos(10_000));
    return 0;
  }

  private long waitedNanos(LongSupplier pending) {
    long start = clock.nanoTime();
    crowd.gather(pending);
    return clock.nanoTime() - start;
  }

  @Test
  void waitsUntilAsManyAreThereAsBefore() {
    crowd.synced(5, 3, SYNC_NANOS);
    AtomicInteger commits = new AtomicInteger(3);
    crowd.gather(commits::incrementAndGet);
    assertThat(commits).hasValue(8);
  }

  @Test
  void waitsForHalfASyncAtMost() {
    crowd.synced(8, 0, SYNC_NANOS);
    assertThat(waitedNanos(this::nobody)).isBetween(SYNC_NANOS / 2, SYNC_NANOS / 2 + 20_000);
  }

  @Test
  void waitsNoLongerForASlowDisk() {
    crowd.synced(8, 0, 1_000_000_000);
    assertThat(waitedNanos(this::nobody))
        .isBetween(SyncCrowd.WAIT_NANOS_MAX, SyncCrowd.WAIT_NANOS_MAX + 20_000);
  }

  @Test
  void oneWriterWaitsForNobody() {
    crowd.synced(1, 0, SYNC_NANOS);
    crowd.gather(this::nobody);
    assertThat(asked).hasValue(0);
  }

  @Test
  void manyCommitsAreSharedWellEnough() {
    crowd.synced(SyncCrowd.COMMITS_MAX, 1, SYNC_NANOS);
    crowd.gather(this::nobody);
    assertThat(asked).hasValue(0);
  }

  @Test
  void waitsInVainMoreAndMoreSeldom() {
    crowd.synced(8, 0, SYNC_NANOS);
    int waits = 0;
    for (int i = 0; i < 1_000; i++) {
      waits += waitedNanos(this::nobody) > 10_000 ? 1 : 0;
    }
    assertThat(waits).isBetween(10, 25);
  }

  @Test
  void waitsAgainWhenItWasWorthIt() {
    crowd.synced(2, 0, SYNC_NANOS);
    crowd.gather(this::nobody);
    AtomicInteger commits = new AtomicInteger();
    // Two syncs go without, and then all come.
    for (int i = 0; i < 3; i++) {
      commits.set(0);
      crowd.gather(commits::getAndIncrement);
    }
    assertThat(commits).hasValue(3);
    assertThat(waitedNanos(this::nobody)).isGreaterThanOrEqualTo(SYNC_NANOS / 2);
  }

  @Test
  void goesOnWhenTheClockStandsStill() {
    crowd.synced(8, 0, SYNC_NANOS);
    crowd.gather(() -> asked.incrementAndGet() < 100_000 ? 0 : 8);
    assertThat(asked.get()).isLessThan(1_000);
  }
}
