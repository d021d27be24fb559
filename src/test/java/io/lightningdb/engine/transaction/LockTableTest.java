package io.lightningdb.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What happens to a lock while its next owner is being woken.
class LockTableTest {
  private static final long LONG_NANOS = Duration.ofMinutes(1).toNanos();
  private static final KeyRef KEY = new KeyRef(1, new byte[] {1});
  private static final KeyRef OTHER = new KeyRef(1, new byte[] {2});

  private final LockTable table = new LockTable(new VirtualClock());

  private Thread waiter(FutureTask<Boolean> asked) {
    Thread thread = Thread.ofPlatform().start(asked);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING && table.waiting() == 1);
    return thread;
  }

  /// The interrupted thread is on its way back to the table when the lock becomes its own.
  @Test
  void aLockHandedToAnInterruptedWaiterIsHad() throws Exception {
    table.lock(1, KEY, 0, () -> false);
    table.lock(2, OTHER, 0, () -> false);
    FutureTask<Boolean> asked =
        new FutureTask<>(() -> {
          boolean had = table.lock(3, KEY, LONG_NANOS, () -> false);
          return had && Thread.interrupted();
        });
    Thread thread = waiter(asked);
    // Asked under the table's own lock, which the interrupted thread has to come back for.
    table.lock(
        4,
        OTHER,
        LONG_NANOS,
        () -> {
          thread.interrupt();
          Awaitility.await()
              .pollInterval(Duration.ofMillis(1))
              .until(() -> thread.getState() == Thread.State.WAITING);
          table.releaseAll(1);
          return true;
        });
    assertThat(asked.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(table.keysOf(3)).containsExactly(KEY);
    table.releaseAll(3);
    table.releaseAll(2);
    assertThat(table.size()).isZero();
    assertThat(table.waiting()).isZero();
  }

  @Test
  void anInterruptedWaiterLeavesTheQueue() throws Exception {
    table.lock(1, KEY, 0, () -> false);
    FutureTask<Boolean> asked =
        new FutureTask<>(() -> {
          try {
            return table.lock(2, KEY, LONG_NANOS, () -> false);
          } catch (InterruptedException _) {
            return false;
          }
        });
    waiter(asked).interrupt();
    assertThat(asked.get(10, TimeUnit.SECONDS)).isFalse();
    table.releaseAll(1);
    assertThat(table.size()).isZero();
    assertThat(table.keysOf(2)).isEmpty();
  }

  @Test
  void whoeverHasGivenUpIsNotServed() throws Exception {
    table.lock(1, KEY, 0, () -> false);
    assertThat(table.lock(2, KEY, LONG_NANOS, () -> true)).isFalse();
    table.releaseAll(1);
    assertThat(table.size()).isZero();
  }
}
