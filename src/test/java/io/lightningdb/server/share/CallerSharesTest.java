package io.lightningdb.server.share;

import static io.lightningdb.server.share.CallerShares.Verdict.NONE_LEFT;
import static io.lightningdb.server.share.CallerShares.Verdict.OVER_SHARE;
import static io.lightningdb.server.share.CallerShares.Verdict.TAKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerSharesTest {
  private static final long LONG_NANOS = Duration.ofMinutes(1).toNanos();
  private static final ShareHolder ADMIN = new ShareHolder("admin", ShareHolder.Rank.ADMIN);
  private static final ShareHolder GREEDY = ordinary("greedy");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final CallerShares shares = new CallerShares(320, now::get);

  private static ShareHolder ordinary(String id) {
    return new ShareHolder(id, ShareHolder.Rank.ORDINARY);
  }

  private int takeAll(ShareHolder holder) {
    int taken = 0;
    while (shares.take(holder, 1) == TAKEN) {
      taken++;
    }
    return taken;
  }

  @Test
  void oneCallerMayHaveAllButWhatIsKeptFree() {
    assertThat(takeAll(GREEDY)).isEqualTo(300).isEqualTo((int) shares.callerMax());
    assertThat(takeAll(ADMIN)).as("headroom and reserve").isEqualTo(20);
    assertThat(shares.held()).isEqualTo(320);
    assertThat(shares.take(ordinary("new"), 1)).isEqualTo(NONE_LEFT);
  }

  @Test
  void newcomersFindRoomForALittleWhateverOthersHave() {
    takeAll(GREEDY);
    for (int i = 0; i < 10; i++) {
      assertThat(shares.take(ordinary("new " + i), 1)).isEqualTo(TAKEN);
    }
    assertThat(shares.take(ordinary("new 0"), 1)).isEqualTo(NONE_LEFT);
    assertThat(shares.take(ordinary("new 10"), 1)).isEqualTo(NONE_LEFT);
    assertThat(takeAll(ADMIN)).isEqualTo(10);
  }

  @Test
  void whatBecomesFreeGoesToThoseThatHaveLessWhileTheyWantSome() {
    takeAll(GREEDY);
    ShareHolder other = ordinary("other");
    assertThat(shares.take(other, 1)).isEqualTo(TAKEN);
    assertThat(shares.take(other, 1)).isEqualTo(NONE_LEFT);

    shares.give(GREEDY, 200);

    assertThat(shares.heldBy(GREEDY)).isEqualTo(100);
    assertThat(shares.take(GREEDY, 51)).as("over its share").isEqualTo(OVER_SHARE);
    assertThat(shares.take(GREEDY, 50)).as("up to its share").isEqualTo(TAKEN);
    assertThat(shares.take(other, 149)).isEqualTo(TAKEN);
    assertThat(shares.heldBy(GREEDY)).isEqualTo(150);
    assertThat(shares.heldBy(other)).isEqualTo(150);
  }

  @Test
  void aWishIsForgotten() {
    takeAll(GREEDY);
    shares.take(ordinary("other"), 2);
    shares.give(GREEDY, 2);
    assertThat(shares.take(GREEDY, 1)).isEqualTo(OVER_SHARE);
    now.addAndGet(CallerShares.WANTED.toNanos() + 1);
    assertThat(shares.take(GREEDY, 1)).isEqualTo(TAKEN);
  }

  @Test
  void noMoreWishesAreRememberedThanAllowed() {
    takeAll(GREEDY);
    for (int i = 0; i < 10 * CallerShares.WANTING_MAX; i++) {
      shares.take(ordinary("other " + i), 2);
    }
    assertThat(shares.shareOf(GREEDY)).isEqualTo(300 / (1 + CallerShares.WANTING_MAX));
    assertThat(shares.holders()).isEqualTo(1);
  }

  @Test
  void whereNobodyIsAskedThereIsNoReserve() {
    assertThat(takeAll(new ShareHolder("127.0.0.1", ShareHolder.Rank.LOCAL))).isEqualTo(310);
    assertThat(takeAll(new ShareHolder("127.0.0.2", ShareHolder.Rank.LOCAL))).isEqualTo(1);
  }

  @Test
  void ofFewThereIsStillOneForAdministrators() {
    CallerShares few = new CallerShares(2, now::get);
    assertThat(few.take(GREEDY, 1)).isEqualTo(TAKEN);
    assertThat(few.take(GREEDY, 1)).isEqualTo(NONE_LEFT);
    assertThat(few.take(ADMIN, 1)).isEqualTo(TAKEN);
    assertThat(new CallerShares(1, now::get).take(GREEDY, 1)).isEqualTo(TAKEN);
  }

  @Test
  void holdersBeyondTheBoundHaveOneAccount() {
    CallerShares bytes = new CallerShares(1 << 20, 2, now::get);
    for (int i = 0; i < 5; i++) {
      assertThat(bytes.take(bytes.accountOf(ordinary("caller " + i)), 10)).isEqualTo(TAKEN);
    }
    assertThat(bytes.holders()).isEqualTo(3);
    assertThat(bytes.heldBy(bytes.accountOf(ordinary("caller 7")))).isEqualTo(30);
    assertThat(bytes.heldBy(bytes.accountOf(ordinary("caller 1")))).isEqualTo(10);
  }

  private CompletableFuture<Boolean> waiting(ShareHolder holder, Runnable served) {
    int before = shares.waiting();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            boolean taken = shares.await(holder, LONG_NANOS);
            served.run();
            answer.complete(taken);
          } catch (InterruptedException e) {
            answer.completeExceptionally(e);
          }
        });
    await().atMost(Duration.ofSeconds(10)).until(() -> shares.waiting() == before + 1);
    return answer;
  }

  @Test
  void ofThoseThatWaitTheOneWithLeastIsServedFirst() throws Exception {
    takeAll(GREEDY);
    takeAll(ADMIN);
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(waiting(GREEDY, () -> order.add("greedy")));
    }
    answers.add(waiting(ordinary("late"), () -> order.add("late")));
    assertThat(shares.takeInTurn(GREEDY)).isFalse();

    // Room for one more of those that have next to nothing, and then for any.
    shares.give(ADMIN, 11);
    assertThat(answers.get(3).get(10, TimeUnit.SECONDS)).isTrue();
    shares.give(ADMIN, 9);
    shares.give(GREEDY, 4);
    for (CompletableFuture<Boolean> answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(order.peek()).isEqualTo("late");
    assertThat(shares.waiting()).isZero();
  }

  @Test
  void whoWaitsInVainTakesNothing() throws Exception {
    takeAll(GREEDY);
    assertThat(shares.await(GREEDY, 1)).isFalse();
    assertThat(shares.waiting()).isZero();
    assertThat(shares.heldBy(GREEDY)).isEqualTo(300);
  }

  /// Whatever happens in whatever order: what is had is what was granted and not given back, never more than there is, and the reserve
  /// is left to administrators.
  @Test
  void boundsHoldInAnyOrder() {
    long seed = Seeds.one();
    Seeds.print(getClass(), seed, "takes and gives");
    Random random = new Random(seed);
    long[] held = new long[8];
    for (int step = 0; step < 100_000; step++) {
      int at = random.nextInt(held.length);
      ShareHolder holder = at == 0 ? ADMIN : ordinary("caller " + at);
      long count = 1L + random.nextInt(40);
      now.addAndGet(random.nextLong(Duration.ofSeconds(1).toNanos()));
      if (random.nextBoolean()) {
        held[at] += shares.take(holder, count) == TAKEN ? count : 0;
      } else {
        long given = Math.min(count, held[at]);
        shares.give(holder, given);
        held[at] -= given;
      }
      long all = 0;
      for (long each : held) {
        all += each;
      }
      assertThat(shares.held()).isEqualTo(all).isLessThanOrEqualTo(320);
      assertThat(all - held[0]).isLessThanOrEqualTo(320 - shares.reserve());
      assertThat(shares.heldBy(holder)).isEqualTo(held[at]);
    }
  }
}
