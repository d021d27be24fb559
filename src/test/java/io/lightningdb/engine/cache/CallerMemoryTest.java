package io.lightningdb.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.cache.CallerMemory.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerMemoryTest {
  private static final long SHARE = 100;
  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  private final AtomicLong charged = new AtomicLong();
  private final CallerMemory memory = new CallerMemory(charged::addAndGet, SHARE, SHARE);

  @Test
  void whoIsAloneGetsWhateverItAsksFor() {
    try (MemoryLease lease = memory.lease(0)) {
      lease.take(Use.INCOMING, 60);
      lease.take(Use.INCOMING, 1_000);
      lease.take(Use.OUTGOING, 1_000);

      assertThat(lease.bytes()).isEqualTo(2_060);
      assertThat(charged.get()).isEqualTo(2_060);
    }
    assertThat(charged.get()).isZero();
  }

  @Test
  void whatDoesNotFitIsLentToOneAtATime() {
    try (MemoryLease first = memory.lease(0);
        MemoryLease second = memory.lease(0);
        MemoryLease third = memory.lease(0)) {
      first.take(Use.INCOMING, SHARE);
      second.take(Use.INCOMING, SHARE);

      assertThatThrownBy(() -> third.take(Use.INCOMING, 1))
          .isInstanceOf(MemoryRefusedException.class)
          .hasMessageContaining("out of 100");
      assertThat(memory.refused()).isEqualTo(1);
      assertThat(third.bytes()).isZero();
      second.giveBackTo(0);
      third.take(Use.INCOMING, 1);
    }
    assertThat(charged.get()).isZero();
  }

  @Test
  void partsAreGivenBackTheLastFirst() {
    try (MemoryLease lease = memory.lease(0);
        MemoryLease other = memory.lease(0)) {
      lease.take(Use.INCOMING, 80);
      long before = lease.bytes();
      lease.take(Use.OUTGOING, 500);
      lease.giveBackTo(before);

      assertThat(lease.bytes()).isEqualTo(80);
      assertThat(charged.get()).isEqualTo(80);
      other.take(Use.OUTGOING, 500);
    }
    assertThat(charged.get()).isZero();
  }

  @Test
  void whatIsSpareIsUsedBeforeMoreIsTaken() {
    try (MemoryLease lease = memory.lease(0);
        MemoryLease other = memory.lease(0)) {
      lease.take(Use.INCOMING, 10);
      long before = lease.bytesInUse();
      lease.take(Use.OUTGOING, 90);
      lease.spareTo(before);
      other.take(Use.OUTGOING, 1_000);

      lease.take(Use.OUTGOING, 70);
      assertThat(lease.bytes()).isEqualTo(100);
      assertThat(lease.bytesInUse()).isEqualTo(80);
      lease.take(Use.OUTGOING, 30);
      assertThat(lease.bytes()).isEqualTo(110);
      assertThat(lease.bytesInUse()).isEqualTo(110);
      assertThatThrownBy(() -> lease.take(Use.OUTGOING, 1))
          .isInstanceOf(MemoryRefusedException.class);
      lease.giveBackTo(before);
      assertThat(charged.get()).isEqualTo(1_010);
    }
    assertThat(charged.get()).isZero();
  }

  /// Neither share goes without the turn because of the other.
  @Test
  void theTurnGoesToTheOneThatHasWaitedLongest() throws InterruptedException {
    List<Use> order = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (MemoryLease all = memory.lease(0)) {
      all.take(Use.INCOMING, SHARE + 1);
      for (int i = 0; i < 6; i++) {
        Use use = i % 2 == 0 ? Use.OUTGOING : Use.INCOMING;
        int waiting = i + 1;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try (MemoryLease lease = memory.lease(LONG)) {
                    lease.take(use, SHARE + 1);
                    order.add(use);
                  }
                }));
        await().until(() -> memory.waiting() == waiting);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order)
        .containsExactly(
            Use.OUTGOING, Use.INCOMING, Use.OUTGOING, Use.INCOMING, Use.OUTGOING, Use.INCOMING);
  }

  @Test
  void turnsComeInTheOrderInWhichTheyWereAskedFor() throws InterruptedException {
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (MemoryLease all = memory.lease(0)) {
      all.take(Use.INCOMING, SHARE + 1);
      for (int i = 0; i < 8; i++) {
        int number = i;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try (MemoryLease lease = memory.lease(LONG)) {
                    lease.take(Use.INCOMING, SHARE + 1);
                    order.add(number);
                  }
                }));
        await().until(() -> memory.waiting() == number + 1);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  private MemoryLease lease(String owner, boolean isAdministrator) {
    MemoryLease lease = memory.lease(LONG);
    lease.ownedBy(new CallerMemory.Owner(owner, isAdministrator));
    return lease;
  }

  /// Starts a thread that takes memory, and returns when it waits.
  private Thread waiter(MemoryLease lease, Runnable then) {
    int before = memory.waiting();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try (lease) {
                lease.take(Use.INCOMING, SHARE + 1);
                then.run();
              }
            });
    await().until(() -> memory.waiting() == before + 1);
    return thread;
  }

  /// One caller has all there is and sends more and more: another that comes waits for one request, not for all.
  @Test
  void theOwnerThatHoldsLeastComesFirstAndAdministratorsBeforeAll() throws InterruptedException {
    List<String> order = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (MemoryLease held = lease("greedy", false)) {
      held.take(Use.INCOMING, SHARE / 2);
      try (MemoryLease turn = lease("greedy", false)) {
        turn.take(Use.INCOMING, SHARE + 1);
        for (int i = 0; i < 5; i++) {
          threads.add(waiter(lease("greedy", false), () -> order.add("greedy")));
        }
        threads.add(waiter(lease("modest", false), () -> order.add("modest")));
        threads.add(waiter(lease("admin", true), () -> order.add("admin")));
        assertThat(held.isWantedByOthers()).isTrue();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(held.isWantedByOthers()).isFalse();
    }
    assertThat(order)
        .containsExactly("admin", "modest", "greedy", "greedy", "greedy", "greedy", "greedy");
    assertThat(charged.get()).isZero();
  }

  @Test
  void aPartOfEachShareIsKeptForAdministrators() {
    try (MemoryLease turn = lease("one", false);
        MemoryLease most = lease("one", false);
        MemoryLease more = memory.lease(0);
        MemoryLease admin = lease("admin", true)) {
      turn.take(Use.INCOMING, SHARE + 1);
      most.take(Use.INCOMING, SHARE - SHARE / 32);
      more.ownedBy(new CallerMemory.Owner("one", false));
      assertThatThrownBy(() -> more.take(Use.INCOMING, 1))
          .isInstanceOf(MemoryRefusedException.class);
      admin.take(Use.INCOMING, SHARE / 32);
      assertThatThrownBy(() -> admin.ownedBy(CallerMemory.Owner.NONE))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(charged.get()).isZero();
  }

  @Test
  void whatOthersOfTheSameOwnerWaitForIsNotWantedByOthers() throws InterruptedException {
    Thread thread;
    try (MemoryLease held = lease("one", false)) {
      held.take(Use.INCOMING, SHARE + 1);
      thread = waiter(lease("one", false), () -> {});
      assertThat(held.isWantedByOthers()).isFalse();
    }
    thread.join();
  }

  /// Who holds and waits for more never waits for one that waits for it.
  @Test
  void manyWhoHoldAndNeedMoreAllGetIt() throws InterruptedException {
    AtomicLong done = new AtomicLong();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    AtomicLong most = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      SplittableRandom random = new SplittableRandom(i);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int round = 0; round < 200; round++) {
                    try (MemoryLease lease = memory.lease(LONG)) {
                      for (int step = 0; step < 4; step++) {
                        lease.take(
                            random.nextBoolean() ? Use.INCOMING : Use.OUTGOING,
                            1 + random.nextInt(60));
                        most.accumulateAndGet(charged.get(), Math::max);
                        Thread.onSpinWait();
                      }
                    }
                    done.incrementAndGet();
                  }
                } catch (RuntimeException e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(done.get()).isEqualTo(16 * 200);
    // Both shares, and what one caller asks for.
    assertThat(most.get()).isBetween(SHARE, 2 * SHARE + 4 * 60);
    assertThat(charged.get()).isZero();
    assertThat(memory.waiting()).isZero();
  }
}
