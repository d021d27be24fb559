package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions that wait for each other, and how long anybody waits.
class DeadlockTest {
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  @RegisterExtension final DatabaseExtension databases = new DatabaseExtension();

  private Database database;
  private Keyspace keyspace;

  @BeforeEach
  void open() {
    open(WAIT_MAX);
  }

  private void open(Duration lockWaitMax) {
    TransactionLimits limits =
        new TransactionLimits(100, 1 << 20, Duration.ofMinutes(5), lockWaitMax);
    database = databases.open(DatabaseOptions.defaults().withTransactions(limits));
    keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Transaction holder(String key) {
    Transaction transaction = database.begin(Isolation.SNAPSHOT);
    transaction.lockForUpdate(keyspace, bytes(key));
    return transaction;
  }

  /// Asks for a lock on a thread of its own, and returns when it waits, or has its answer.
  private CompletableFuture<Void> ask(Transaction transaction, String key) {
    int waiting = database.transactionStats().lockWaiters();
    long deadlocks = database.transactionStats().deadlocks();
    CompletableFuture<Void> asked =
        CompletableFuture.runAsync(
            () -> transaction.lockForUpdate(keyspace, bytes(key)), Thread::startVirtualThread);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(() ->
            asked.isDone()
                || database.transactionStats().lockWaiters() > waiting
                || database.transactionStats().deadlocks() > deadlocks);
    return asked;
  }

  private static EngineException.Deadlock deadlock(CompletableFuture<Void> asked) {
    try {
      asked.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngineException.Deadlock deadlock) {
        return deadlock;
      }
      throw new AssertionError("not given for another reason", e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("the lock was given");
  }

  /// Members of a ring in a random order of age; each holds its own key and asks for the next one's.
  private final class Ring {
    private final List<Transaction> members = new ArrayList<>();
    private final String name;

    Ring(String name, int size, Random random) {
      this.name = name;
      for (int i = 0; i < size; i++) {
        members.add(database.begin(Isolation.SNAPSHOT));
      }
      Collections.shuffle(members, random);
      for (int i = 0; i < size; i++) {
        members.get(i).lockForUpdate(keyspace, bytes(name + i));
        members.get(i).put(keyspace, bytes("by-" + name + i), bytes(""));
      }
    }

    CompletableFuture<Void> askNext(int member) {
      return ask(members.get(member), name + (member + 1) % members.size());
    }

    int youngest() {
      return members.indexOf(Collections.max(members, Comparator.comparingLong(Transaction::id)));
    }

    /// The ring, starting somewhere: each waits for the next.
    void isNamedBy(List<Long> cycle) {
      List<Long> expected = new ArrayList<>(members.stream().map(Transaction::id).toList());
      Collections.rotate(expected, -expected.indexOf(cycle.getFirst()));
      assertThat(cycle).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10})
  void theYoungestOfARingGivesWayWhenItIsClosedAndTheOthersFinish(int size) throws Exception {
    long seed = Seeds.one();
    Seeds.print(getClass(), seed, "ring of " + size);
    Random random = new Random(seed);
    Ring ring = new Ring("key", size, random);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    List<CompletableFuture<Void>> asked = new ArrayList<>(Collections.nCopies(size, null));
    for (int member : order) {
      assertThat(database.transactionStats().deadlocks()).isZero();
      asked.set(member, ring.askNext(member));
    }
    int victim = ring.youngest();
    ring.isNamedBy(deadlock(asked.get(victim)).cycle());
    assertThat(ring.members.get(victim).state()).isEqualTo(Transaction.State.ROLLED_BACK);
    // The one before the victim has its lock now; each that commits lets the one before it go on.
    for (int i = 1; i < size; i++) {
      int member = (victim - i + size) % size;
      asked.get(member).get(10, TimeUnit.SECONDS);
      ring.members.get(member).commit(Durability.LOGGED);
    }
    assertThat(database.transactionStats().deadlocks()).isEqualTo(1);
    assertThat(database.transactionStats().locksHeld()).isZero();
    assertThat(database.transactionStats().open()).isZero();
    assertThat(database.visibleVersion()).isEqualTo(size - 1);
  }

  @Test
  void ringsAreBrokenOneByOne() {
    Random random = new Random(1);
    Ring left = new Ring("left", 3, random);
    Ring right = new Ring("right", 2, random);
    List<CompletableFuture<Void>> ofLeft = new ArrayList<>();
    List<CompletableFuture<Void>> ofRight = new ArrayList<>();
    ofLeft.add(left.askNext(0));
    ofRight.add(right.askNext(0));
    ofLeft.add(left.askNext(1));
    ofRight.add(right.askNext(1));
    right.isNamedBy(deadlock(ofRight.get(right.youngest())).cycle());
    assertThat(left.members).allMatch(member -> member.state() == Transaction.State.ACTIVE);
    ofLeft.add(left.askNext(2));
    left.isNamedBy(deadlock(ofLeft.get(left.youngest())).cycle());
    assertThat(database.transactionStats().deadlocks()).isEqualTo(2);
    left.members.forEach(Transaction::close);
    right.members.forEach(Transaction::close);
  }

  @Test
  void whoeverWaitsWithoutARingIsNoVictim() throws Exception {
    Transaction first = holder("a");
    Transaction second = holder("b");
    Transaction third = database.begin(Isolation.SNAPSHOT);
    CompletableFuture<Void> ofThird = ask(third, "a");
    CompletableFuture<Void> ofSecond = ask(second, "a");
    CompletableFuture<Void> ofFirst = ask(first, "b");
    assertThat(deadlock(ofSecond).cycle()).containsExactly(first.id(), second.id());
    ofFirst.get(10, TimeUnit.SECONDS);
    assertThat(ofThird.isDone()).isFalse();
    first.rollback();
    ofThird.get(10, TimeUnit.SECONDS);
    third.commit();
    assertThat(database.transactionStats().locksHeld()).isZero();
  }

  @Test
  void locksAreGivenInTheOrderOfAsking() throws Exception {
    Transaction holder = holder("a");
    List<Transaction> askers = new ArrayList<>();
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      askers.add(database.begin(Isolation.SNAPSHOT));
      asked.add(ask(askers.get(i), "a"));
    }
    holder.rollback();
    for (int i = 0; i < 5; i++) {
      asked.get(i).get(10, TimeUnit.SECONDS);
      assertThat(asked.subList(i + 1, 5)).noneMatch(CompletableFuture::isDone);
      askers.get(i).rollback();
    }
  }

  @Test
  void nobodyWaitsLongerThanTheLimit() {
    open(Duration.ofMillis(30));
    Transaction holder = holder("a");
    Transaction asker = holder("b");
    assertThatThrownBy(() -> asker.lockForUpdate(keyspace, bytes("a")))
        .isInstanceOfSatisfying(
            EngineException.LockTimeout.class,
            e -> assertThat(e.waited()).isEqualTo(Duration.ofMillis(30)));
    assertThat(asker.state()).isEqualTo(Transaction.State.ACTIVE);
    assertThat(database.transactionStats().lockWaiters()).isZero();
    assertThat(database.transactionStats().locksHeld()).isEqualTo(2);
    holder.rollback();
    asker.lockForUpdate(keyspace, bytes("a"));
    asker.rollback();
    assertThat(database.transactionStats().locksHeld()).isZero();
  }

  @Test
  void withoutAnyWaitALockThatIsHeldIsRefused() {
    open(Duration.ZERO);
    Transaction holder = holder("a");
    Transaction asker = database.begin(Isolation.SNAPSHOT);
    assertThatThrownBy(() -> asker.lockForUpdate(keyspace, bytes("a")))
        .isInstanceOf(EngineException.LockTimeout.class);
    holder.rollback();
    asker.lockForUpdate(keyspace, bytes("a"));
    asker.rollback();
  }

  @Test
  void nobodyWaitsBeyondTheOwnLease() {
    Duration lease = Duration.ofMillis(20);
    Machine machine = Machine.empty();
    try (Database simulated = machine.open(DatabaseOptions.defaults())) {
      keyspace = simulated.keyspace(Database.DEFAULT_KEYSPACE);
      Transaction holder = simulated.begin(Isolation.SNAPSHOT);
      holder.lockForUpdate(keyspace, bytes("a"));
      Transaction asker = simulated.begin(TransactionOptions.defaults().withLease(lease));
      asker.lockForUpdate(keyspace, bytes("b"));
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> asker.lockForUpdate(keyspace, bytes("a")), Thread::startVirtualThread);
      Awaitility.await().until(() -> simulated.transactionStats().lockWaiters() == 1);
      machine.clock().advance(lease);
      assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(EngineException.LockTimeout.class);
      assertThatThrownBy(asker::keepAlive).isInstanceOf(EngineException.TransactionEnded.class);
      assertThat(asker.state()).isEqualTo(Transaction.State.EXPIRED);
      assertThat(simulated.transactionStats().locksHeld()).isEqualTo(1);
    }
  }

  @Test
  void whoeverWaitsCanBeEndedAtOnce() {
    Transaction holder = holder("a");
    Transaction asker = database.begin(Isolation.SNAPSHOT);
    CompletableFuture<Void> asked = ask(asker, "a");
    asker.expire();
    assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            EngineException.TransactionEnded.class,
            e -> assertThat(e.state()).isEqualTo(Transaction.State.EXPIRED));
    assertThat(database.transactionStats().lockWaiters()).isZero();
    assertThat(holder.state()).isEqualTo(Transaction.State.ACTIVE);
    holder.rollback();
    assertThat(database.transactionStats().locksHeld()).isZero();
  }

  @Test
  void closingTheDatabaseWaitsForNobodyWhoWaits() {
    Transaction asker = database.begin(Isolation.SNAPSHOT);
    holder("a");
    CompletableFuture<Void> asked = ask(asker, "a");
    long start = System.nanoTime();
    database.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WAIT_MAX.dividedBy(2));
    assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(EngineException.class);
  }

  /// What a transaction has locked is as it was at its commit, also if it wrote something else.
  @Test
  void plainWritesToALockedKeyMakeTheCommitConflict() {
    Transaction transaction = holder("a");
    transaction.put(keyspace, bytes("b"), bytes("decided by a"));
    keyspace.put(bytes("a"), bytes("changed"), Durability.LOGGED);
    assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
        .isInstanceOfSatisfying(
            EngineException.TransactionConflict.class,
            e -> assertThat(e.key()).isEqualTo(bytes("a")));
  }
}
