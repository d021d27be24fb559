package io.lightningdb.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncQueueTest {
  private final SyncQueue queue = new SyncQueue();
  private final AtomicLong durable = new AtomicLong();
  private final List<Thread> started = new ArrayList<>();

  @AfterEach
  void nobodyIsLeftWaiting() throws InterruptedException {
    for (Thread thread : started) {
      thread.join(TimeUnit.MINUTES.toMillis(1));
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private boolean turnUnlessDurable(long version) throws DeadlineException {
    return queue.takeTurnUnless(() -> durable.get() >= version);
  }

  /// Starts a thread, and waits until it is in the row.
  private <T> FutureTask<T> waiting(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = Thread.ofPlatform().start(task);
    started.add(thread);
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(task.isDone()).isFalse();
      Thread.onSpinWait();
    }
    return task;
  }

  private static <T> T result(FutureTask<T> task) throws Exception {
    return task.get(1, TimeUnit.MINUTES);
  }

  @Test
  void whoComesFirstHasTheTurn() throws DeadlineException {
    assertThat(turnUnlessDurable(1)).isTrue();
    queue.giveTurnBack();
    assertThat(turnUnlessDurable(1)).isTrue();
  }

  @Test
  void whatIsDurableNeedsNoTurn() throws Exception {
    durable.set(1);
    assertThat(turnUnlessDurable(1)).isFalse();
    // The turn is still to be had.
    assertThat(turnUnlessDurable(2)).isTrue();
  }

  @Test
  void theTurnGoesToTheFirstInTheRow() throws Exception {
    queue.takeTurn();
    FutureTask<Boolean> first = waiting(() -> turnUnlessDurable(1));
    FutureTask<Boolean> second = waiting(() -> turnUnlessDurable(1));
    queue.giveTurnBack();
    assertThat(result(first)).isTrue();
    assertThat(second.isDone()).isFalse();
    durable.set(1);
    queue.giveTurnBack();
    assertThat(result(second)).isFalse();
    assertThat(turnUnlessDurable(2)).isTrue();
  }

  @Test
  void whoComesAfterTheTurnWasHandedOnWaits() throws Exception {
    queue.takeTurn();
    FutureTask<Boolean> first = waiting(() -> turnUnlessDurable(1));
    queue.giveTurnBack();
    assertThat(result(first)).isTrue();
    FutureTask<Boolean> second = waiting(() -> turnUnlessDurable(1));
    queue.giveTurnBack();
    assertThat(result(second)).isTrue();
  }

  @Test
  void allWhoseVersionsAreDurableGoAndTheNextHasTheTurn() throws Exception {
    queue.takeTurn();
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int version = 1; version <= 6; version++) {
      long wanted = version;
      tasks.add(waiting(() -> turnUnlessDurable(wanted)));
    }
    durable.set(4);
    queue.giveTurnBack();
    for (int i = 0; i < 4; i++) {
      assertThat(result(tasks.get(i))).isFalse();
    }
    assertThat(result(tasks.get(4))).isTrue();
    assertThat(tasks.get(5).isDone()).isFalse();
    queue.giveTurnBack();
    assertThat(result(tasks.get(5))).isTrue();
  }

  @Test
  void whoWaitsForTheTurnAloneIsNotWokenForLess() throws Exception {
    queue.takeTurn();
    FutureTask<Boolean> alone =
        waiting(() -> {
          queue.takeTurn();
          return true;
        });
    durable.set(Long.MAX_VALUE);
    queue.wakeSettled();
    assertThat(alone.isDone()).isFalse();
    queue.giveTurnBack();
    assertThat(result(alone)).isTrue();
  }

  @Test
  void whatIsSettledIsWokenWhileSomebodyHasTheTurn() throws Exception {
    queue.takeTurn();
    FutureTask<Boolean> task = waiting(() -> turnUnlessDurable(1));
    durable.set(1);
    queue.wakeSettled();
    assertThat(result(task)).isFalse();
    FutureTask<Boolean> next = waiting(() -> turnUnlessDurable(2));
    queue.giveTurnBack();
    assertThat(result(next)).isTrue();
  }

  @Test
  void anInterruptedThreadGoesOnWaitingAndStaysInterrupted() throws Exception {
    queue.takeTurn();
    FutureTask<Boolean> task =
        waiting(() -> {
          boolean turn = turnUnlessDurable(1);
          return !turn && Thread.currentThread().isInterrupted();
        });
    started.getLast().interrupt();
    durable.set(1);
    queue.giveTurnBack();
    assertThat(result(task)).isTrue();
  }

  @Test
  void whoseDeadlineIsPastLeavesTheRow() throws Exception {
    VirtualClock clock = new VirtualClock();
    Deadline deadline = new Deadline(clock, Duration.ofMillis(1));
    queue.takeTurn();
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> deadline.call(() -> turnUnlessDurable(1)))
        .isInstanceOf(DeadlineException.class);
    queue.giveTurnBack();
    // Else the turn would have gone to a thread that is not there any more.
    assertThat(turnUnlessDurable(1)).isTrue();
  }

  @Test
  void whoseDeadlineIsPastSyncsIfNobodyElseDoes() throws Exception {
    VirtualClock clock = new VirtualClock();
    Deadline deadline = new Deadline(clock, Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));
    assertThat(deadline.call(() -> turnUnlessDurable(1))).isTrue();
  }

  @Test
  void oneAtATimeHasTheTurnAndNobodyIsForgotten() throws Exception {
    int threads = 8;
    int versions = 2_000;
    AtomicLong appended = new AtomicLong();
    AtomicInteger inside = new AtomicInteger();
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Boolean> task =
          new FutureTask<>(() -> {
            for (int j = 0; j < versions; j++) {
              long version = appended.incrementAndGet();
              while (durable.get() < version) {
                if (turnUnlessDurable(version)) {
                  assertThat(inside.incrementAndGet()).isEqualTo(1);
                  durable.set(appended.get());
                  inside.decrementAndGet();
                  queue.giveTurnBack();
                }
              }
            }
            return true;
          });
      tasks.add(task);
      started.add(Thread.ofPlatform().start(task));
    }
    for (FutureTask<Boolean> task : tasks) {
      assertThat(result(task)).isTrue();
    }
    assertThat(durable).hasValue((long) threads * versions);
  }
}
