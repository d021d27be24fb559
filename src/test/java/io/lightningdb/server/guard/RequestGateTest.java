package io.lightningdb.server.guard;

import static io.lightningdb.server.guard.RequestGate.Entry.ENTERED;
import static io.lightningdb.server.guard.RequestGate.Entry.QUEUE_FULL;
import static io.lightningdb.server.guard.RequestGate.Entry.WAITED_TOO_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestGateTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final ShareHolder HOLDER = new ShareHolder("one", ShareHolder.Rank.LOCAL);

  private static RequestGate gate(int activeMax, int queuedMax, Duration waitMax) {
    CallerShares queue = queuedMax == 0 ? null : new CallerShares(queuedMax, System::nanoTime);
    return new RequestGate(new CallerShares(activeMax, System::nanoTime), queue, waitMax);
  }

  private static CompletableFuture<RequestGate.Entry> entering(RequestGate gate) {
    CompletableFuture<RequestGate.Entry> entry = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            entry.complete(gate.enter(HOLDER));
          } catch (InterruptedException e) {
            entry.completeExceptionally(e);
          }
        });
    return entry;
  }

  @Test
  void oneMoreThanThereIsRoomForWaitsAndOneMoreThanMayWaitIsRefused() throws Exception {
    RequestGate gate = gate(2, 1, LONG);
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
    CompletableFuture<RequestGate.Entry> waiting = entering(gate);
    await().atMost(Duration.ofSeconds(10)).until(() -> gate.queued() == 1);

    assertThat(gate.enter(HOLDER)).isEqualTo(QUEUE_FULL);
    assertThat(waiting).isNotDone();
    assertThat(gate.active()).isEqualTo(2);

    gate.leave(HOLDER);
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(ENTERED);
    await().atMost(Duration.ofSeconds(10)).until(() -> gate.queued() == 0);
    assertThat(gate.active()).isEqualTo(2);
    gate.leave(HOLDER);
    gate.leave(HOLDER);
    assertThat(gate.active()).isZero();
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
  }

  @Test
  void whoeverWaitsTooLongIsRefusedAndTakesNoPlace() throws Exception {
    RequestGate gate = gate(1, 1, Duration.ofMillis(1));
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);

    assertThat(gate.enter(HOLDER)).isEqualTo(WAITED_TOO_LONG);

    assertThat(gate.queued()).isZero();
    gate.leave(HOLDER);
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
  }

  @Test
  void withoutQueueThereIsRoomOrNot() throws Exception {
    RequestGate gate = gate(1, 0, LONG);

    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
    assertThat(gate.enter(HOLDER)).isEqualTo(QUEUE_FULL);
    gate.leave(HOLDER);
    assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
  }

  @Test
  void neverMoreThanAllowedAtATime() throws Exception {
    RequestGate gate = gate(1, 100, LONG);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int turn = 0; turn < 2000; turn++) {
                  pass(gate, inside, most);
                }
              });
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
    }

    assertThat(most.get()).isEqualTo(1);
    assertThat(gate.active()).isZero();
    assertThat(gate.queued()).isZero();
  }

  private static void pass(RequestGate gate, AtomicInteger inside, AtomicInteger most) {
    try {
      assertThat(gate.enter(HOLDER)).isEqualTo(ENTERED);
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      inside.decrementAndGet();
      gate.leave(HOLDER);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
