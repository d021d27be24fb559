package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Machine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How long a transaction lives, how large it gets, and that nothing of it stays if it does not commit.
class TransactionLifeTest {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration AGE_MAX = Duration.ofSeconds(60);
  private static final int OPEN_MAX = 3;
  private static final int BYTES_MAX = 1024;

  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(100))
          .withTransactions(new TransactionLimits(OPEN_MAX, BYTES_MAX, AGE_MAX, Duration.ZERO));

  private final Machine machine = Machine.empty();
  private final Database database = machine.open(OPTIONS);
  private final Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);

  /// The transaction that fails.
  private @Nullable Transaction held;

  @AfterEach
  void close() {
    database.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Transaction begin() {
    return database.begin(TransactionOptions.defaults().withLease(LEASE).withAgeMax(AGE_MAX));
  }

  private void nothingIsHeld() {
    assertThat(database.transactionStats().open()).isZero();
    assertThat(database.transactionStats().locksHeld()).isZero();
    assertThat(database.stats().snapshots()).isZero();
    assertThat(database.transactions()).isEmpty();
  }

  @Test
  void anAbandonedTransactionReleasesEverythingWhenItsLeaseIsOver() {
    Transaction transaction = begin();
    transaction.lockForUpdate(keyspace, bytes("a"));
    transaction.put(keyspace, bytes("b"), bytes("1"));
    Scan scan = transaction.scan(keyspace, Range.all());
    machine.pass(LEASE.minusMillis(1));
    assertThat(transaction.state()).isEqualTo(Transaction.State.ACTIVE);
    assertThat(transaction.remaining()).isEqualTo(Duration.ofMillis(1));
    assertThat(database.stats().snapshots()).isEqualTo(1);
    machine.pass(Duration.ofMillis(1));
    assertThat(transaction.state()).isEqualTo(Transaction.State.EXPIRED);
    nothingIsHeld();
    assertThat(database.transactionStats().expired()).isEqualTo(1);
    assertThatThrownBy(scan::next).isInstanceOf(EngineException.Closed.class);
    assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
        .isInstanceOfSatisfying(
            EngineException.TransactionEnded.class,
            e -> assertThat(e.state()).isEqualTo(Transaction.State.EXPIRED));
    scan.close();
    assertThat(keyspace.get(bytes("b"))).isNull();
    try (Transaction next = begin()) {
      next.lockForUpdate(keyspace, bytes("a"));
    }
  }

  @Test
  void aLeaseThatIsOverEndsTheTransactionEvenIfNobodyNoticed() {
    Transaction transaction = begin();
    transaction.put(keyspace, bytes("b"), bytes("1"));
    machine.clock().advance(LEASE);
    assertThat(transaction.remaining()).isZero();
    assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
        .isInstanceOf(EngineException.TransactionEnded.class);
    nothingIsHeld();
    assertThat(keyspace.get(bytes("b"))).isNull();
  }

  @Test
  void everyUseRenewsTheLeaseAndNothingTheAge() {
    Transaction transaction = begin();
    List<Consumer<Transaction>> uses =
        List.of(
            Transaction::keepAlive,
            used -> used.get(keyspace, bytes("a")),
            used -> used.put(keyspace, bytes("a"), bytes("1")),
            Transaction::savepoint,
            used -> used.lockForUpdate(keyspace, bytes("a")),
            used -> used.scan(keyspace, Range.all()).close());
    Duration step = LEASE.minusMillis(1);
    for (Consumer<Transaction> use : uses) {
      machine.pass(step);
      use.accept(transaction);
    }
    Duration left = AGE_MAX.minus(step.multipliedBy(uses.size()));
    assertThat(transaction.remaining()).isEqualTo(left);
    machine.pass(left.minusMillis(1));
    transaction.keepAlive();
    machine.pass(Duration.ofMillis(1));
    assertThat(transaction.state()).isEqualTo(Transaction.State.EXPIRED);
    nothingIsHeld();
  }

  @Test
  void snapshotsOfTransactionsKeepVersionsNoLongerThanTheyLive() {
    keyspace.put(bytes("a"), bytes("old"), Durability.LOGGED);
    Transaction transaction = begin();
    long version = transaction.snapshotVersion();
    keyspace.put(bytes("a"), bytes("new"), Durability.LOGGED);
    keyspace.compact();
    assertThat(transaction.get(keyspace, bytes("a"))).isEqualTo(bytes("old"));
    machine.pass(LEASE);
    keyspace.put(bytes("z"), bytes(""), Durability.LOGGED);
    keyspace.compact();
    try (Snapshot past = database.snapshotAt(version)) {
      assertThatThrownBy(() -> keyspace.get(bytes("a"), past))
          .isInstanceOf(EngineException.VersionNotRetained.class);
    }
  }

  private static void isLimited(ThrowingCallable call, String name, long limit, long actual) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EngineException.LimitExceeded.class,
            e -> {
              assertThat(e.name()).isEqualTo(name);
              assertThat(e.limit()).isEqualTo(limit);
              assertThat(e.actual()).isEqualTo(actual);
            });
  }

  @Test
  void asManyAreOpenAsTheLimitSays() {
    List<Transaction> open = new ArrayList<>();
    for (int i = 0; i < OPEN_MAX; i++) {
      open.add(begin());
    }
    isLimited(this::begin, "transactions-open-max", OPEN_MAX, OPEN_MAX + 1);
    assertThat(database.stats().snapshots()).isEqualTo(OPEN_MAX);
    open.getFirst().rollback();
    open.add(begin());
    isLimited(this::begin, "transactions-open-max", OPEN_MAX, OPEN_MAX + 1);
    open.forEach(Transaction::close);
    nothingIsHeld();
  }

  @Test
  void noMoreAreOpenIfManyBeginAtOnce() throws Exception {
    int threads = 4;
    int rounds = 300;
    CyclicBarrier together = new CyclicBarrier(threads);
    List<Integer> counts = Collections.synchronizedList(new ArrayList<>());
    Crew crew = new Crew();
    for (int i = 0; i < threads; i++) {
      crew.worker(() -> {
        for (int k = 0; k < rounds; k++) {
          together.await(10, TimeUnit.SECONDS);
          List<Transaction> mine = beginTwo();
          together.await(10, TimeUnit.SECONDS);
          counts.add(database.transactions().size());
          together.await(10, TimeUnit.SECONDS);
          mine.forEach(Transaction::close);
        }
      });
    }
    crew.run();
    assertThat(counts).hasSize(rounds * threads).containsOnly(OPEN_MAX);
    nothingIsHeld();
  }

  private List<Transaction> beginTwo() {
    List<Transaction> begun = new ArrayList<>();
    try {
      begun.add(begin());
      begun.add(begin());
    } catch (EngineException.LimitExceeded _) {
      // As it should be for some.
    }
    return begun;
  }

  @Test
  void writesComeToTheLimitAndNoFurther() {
    int overhead = 104;
    try (Transaction transaction = begin()) {
      isLimited(
          () -> transaction.put(keyspace, bytes("k"), new byte[BYTES_MAX - overhead]),
          "transaction-bytes-max",
          BYTES_MAX,
          BYTES_MAX + 1);
      assertThat(transaction.get(keyspace, bytes("k"))).isNull();
      Transaction.Savepoint empty = transaction.savepoint();
      transaction.put(keyspace, bytes("k"), new byte[BYTES_MAX - overhead - 1]);
      isLimited(
          () -> transaction.delete(keyspace, bytes("d")),
          "transaction-bytes-max",
          BYTES_MAX,
          BYTES_MAX + overhead + 1);
      isLimited(
          () -> transaction.deleteRange(keyspace, Range.between(bytes("a"), bytes("b"))),
          "transaction-bytes-max",
          BYTES_MAX,
          BYTES_MAX + overhead + 2);
      transaction.rollbackTo(empty);
      transaction.put(keyspace, bytes("k"), new byte[BYTES_MAX - overhead - 1]);
      transaction.commit(Durability.LOGGED);
    }
    assertThat(keyspace.get(bytes("k"))).hasSize(BYTES_MAX - overhead - 1);
  }

  @Test
  void nobodyAsksForAGreaterAgeThanTheLimit() {
    Duration above = AGE_MAX.plusMillis(1);
    isLimited(
        () -> database.begin(TransactionOptions.defaults().withAgeMax(above)),
        "transaction-age-millis-max",
        AGE_MAX.toMillis(),
        above.toMillis());
    nothingIsHeld();
  }

  @Test
  void whoeverAsksForNoAgeGetsWhatTheLimitAllows() {
    Transaction transaction = database.begin(Isolation.SNAPSHOT);
    assertThat(transaction.options().ageMax()).isEqualTo(AGE_MAX);
    transaction.rollback();
  }

  @Test
  void savepointsThatWereUndoneAreVoid() {
    try (Transaction transaction = begin()) {
      transaction.put(keyspace, bytes("a"), bytes("1"));
      Transaction.Savepoint outer = transaction.savepoint();
      transaction.put(keyspace, bytes("b"), bytes("1"));
      Transaction.Savepoint inner = transaction.savepoint();
      transaction.rollbackTo(outer);
      transaction.put(keyspace, bytes("c"), bytes("1"));
      transaction.put(keyspace, bytes("d"), bytes("1"));
      assertThatThrownBy(() -> transaction.rollbackTo(inner))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(transaction.get(keyspace, bytes("d"))).isEqualTo(bytes("1"));
      transaction.rollbackTo(outer);
      assertThat(transaction.get(keyspace, bytes("c"))).isNull();
      transaction.rollbackTo(outer);
    }
  }

  @Test
  void savepointsOfOthersAreRefused() {
    try (Transaction first = begin();
        Transaction second = begin()) {
      first.put(keyspace, bytes("a"), bytes("1"));
      Transaction.Savepoint foreign = second.savepoint();
      assertThatThrownBy(() -> first.rollbackTo(foreign))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(first.get(keyspace, bytes("a"))).isEqualTo(bytes("1"));
    }
  }

  @Test
  void aRollbackToASavepointGivesBackTheLocksTakenSince() {
    try (Transaction first = begin();
        Transaction second = begin()) {
      first.lockForUpdate(keyspace, bytes("a"));
      Transaction.Savepoint savepoint = first.savepoint();
      first.lockForUpdate(keyspace, bytes("a"));
      first.lockForUpdate(keyspace, bytes("b"));
      first.rollbackTo(savepoint);
      second.lockForUpdate(keyspace, bytes("b"));
      assertThatThrownBy(() -> second.lockForUpdate(keyspace, bytes("a")))
          .isInstanceOf(EngineException.LockTimeout.class);
    }
    nothingIsHeld();
  }

  /// A transaction that does not commit. It changes nothing but what [#prepared] is told to.
  record Failure(
      String name, Consumer<TransactionLifeTest> prepared, Consumer<TransactionLifeTest> tried) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Transaction open(Isolation isolation) {
    Transaction transaction =
        database.begin(
            new TransactionOptions(
                isolation,
                TransactionOptions.Access.READ_WRITE,
                LEASE,
                AGE_MAX,
                "",
                TransactionAccount.NONE));
    held = transaction;
    return transaction;
  }

  private Transaction held() {
    return Objects.requireNonNull(held);
  }

  private void fails(Class<? extends Exception> how) {
    assertThatThrownBy(() -> held().commit(Durability.SYNCED)).isInstanceOf(how);
  }

  private void write(String key) {
    keyspace.put(bytes(key), bytes("1"), Durability.SYNCED);
  }

  static Stream<Arguments> failures() {
    Class<? extends Exception> conflict = EngineException.TransactionConflict.class;
    return Stream.of(
            new Failure(
                "write conflict",
                test -> {
                  test.open(Isolation.SNAPSHOT).put(test.keyspace, bytes("a"), bytes("2"));
                  test.write("a");
                },
                test -> test.fails(conflict)),
            new Failure(
                "read conflict",
                test -> {
                  Transaction transaction = test.open(Isolation.SERIALIZABLE);
                  transaction.get(test.keyspace, bytes("a"));
                  transaction.put(test.keyspace, bytes("b"), bytes("2"));
                  test.write("a");
                },
                test -> test.fails(conflict)),
            new Failure(
                "phantom",
                test -> {
                  Transaction transaction = test.open(Isolation.SERIALIZABLE);
                  try (Scan scan = transaction.scan(test.keyspace, Range.prefix(bytes("p")))) {
                    assertThat(scan.next()).isFalse();
                  }
                  transaction.put(test.keyspace, bytes("b"), bytes("2"));
                  test.write("p1");
                },
                test -> test.fails(conflict)),
            new Failure(
                "changed before it was locked",
                test -> {
                  test.open(Isolation.SNAPSHOT).put(test.keyspace, bytes("b"), bytes("2"));
                  test.write("a");
                },
                test ->
                    assertThatThrownBy(() -> test.held().lockForUpdate(test.keyspace, bytes("a")))
                        .isInstanceOf(conflict)),
            new Failure(
                "rollback",
                test -> test.open(Isolation.SNAPSHOT).put(test.keyspace, bytes("b"), bytes("2")),
                test -> test.held().rollback()),
            new Failure(
                "lease",
                test -> test.open(Isolation.SNAPSHOT).put(test.keyspace, bytes("b"), bytes("2")),
                test -> {
                  test.machine.clock().advance(LEASE);
                  test.fails(EngineException.TransactionEnded.class);
                }),
            new Failure(
                "keyspace dropped",
                test -> {
                  Keyspace other = test.database.keyspace("other", KeyspaceOptions.defaults());
                  Transaction transaction = test.open(Isolation.SNAPSHOT);
                  transaction.put(test.keyspace, bytes("b"), bytes("2"));
                  transaction.put(other, bytes("b"), bytes("2"));
                  test.database.dropKeyspace("other");
                },
                test -> {
                  test.fails(EngineException.KeyspaceNotFound.class);
                  test.held().rollback();
                }),
            new Failure(
                "no change",
                test -> test.open(Isolation.SERIALIZABLE).get(test.keyspace, bytes("a")),
                test -> test.held().commit(Durability.SYNCED)))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatDoesNotCommitLeavesNoTraceOnTheDisk(Failure failure) {
    failure.prepared().accept(this);
    long version = database.visibleVersion();
    long operations = machine.storage().operations();
    NavigableMap<String, byte[]> disk = new TreeMap<>(machine.storage().contents());
    failure.tried().accept(this);
    nothingIsHeld();
    assertThat(database.visibleVersion()).isEqualTo(version);
    assertThat(machine.storage().operations()).isEqualTo(operations);
    for (Map.Entry<String, byte[]> file : machine.storage().contents().entrySet()) {
      assertThat(file.getValue()).describedAs(file.getKey()).isEqualTo(disk.remove(file.getKey()));
    }
    assertThat(disk).isEmpty();
    try (Database recovered = machine.kill().open(OPTIONS)) {
      assertThat(recovered.visibleVersion()).isEqualTo(version);
      assertThat(recovered.keyspace(Database.DEFAULT_KEYSPACE).get(bytes("b"))).isNull();
    }
    assertThat(keyspace.put(bytes("b"), bytes("3"), Durability.SYNCED)).isEqualTo(version + 1);
  }

  /// Also after a commit that asked for less.
  @Test
  void aRepeatedCommitIsAsDurableAsItsCallerAsks() {
    Transaction transaction = begin();
    transaction.put(keyspace, bytes("a"), bytes("1"));
    long version = transaction.commit(Durability.LOGGED);
    assertThat(database.stats().durableVersion()).isLessThan(version);
    assertThat(transaction.commit(Durability.LOGGED)).isEqualTo(version);
    assertThat(database.stats().durableVersion()).isLessThan(version);
    assertThat(transaction.commit(Durability.SYNCED)).isEqualTo(version);
    assertThat(database.stats().durableVersion()).isEqualTo(version);
  }

  /// Every operation of a commit on the disk fails once: what others see is never called rolled back, and what may be lost
  /// is never called durable.
  @Test
  void aCommitThatTheDiskFailsIsToldAsWhatItIs() {
    int seenAndUnsure = 0;
    boolean failed = true;
    for (int operation = 1; failed; operation++) {
      Machine other = Machine.empty();
      Database broken = other.open(OPTIONS);
      Keyspace place = broken.keyspace(Database.DEFAULT_KEYSPACE);
      Transaction transaction = broken.begin(Isolation.SNAPSHOT);
      transaction.lockForUpdate(place, bytes("a"));
      transaction.put(place, bytes("a"), bytes("1"));
      other
          .storage()
          .failAt(
              other.storage().operations() + operation, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
      failed = !commits(transaction);
      boolean seen = place.get(bytes("a")) != null;
      assertThat(transaction.state() == Transaction.State.COMMITTED).isEqualTo(seen);
      if (failed) {
        assertThat(commits(transaction)).isFalse();
        seenAndUnsure += seen ? 1 : 0;
      }
      transaction.close();
      assertThat(broken.transactionStats().locksHeld()).isZero();
      assertThat(broken.stats().snapshots()).isZero();
      other.storage().mend();
      broken.close();
    }
    assertThat(seenAndUnsure).isPositive();
  }

  private static boolean commits(Transaction transaction) {
    try {
      transaction.commit(Durability.SYNCED);
      return true;
    } catch (EngineException.ReadOnly _) {
      return false;
    }
  }

  /// Memory for what has to be validated is bounded like that for what is written.
  @Test
  void readsComeToTheLimitAndNoFurther() {
    Transaction reader = open(Isolation.SERIALIZABLE);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < BYTES_MAX; i++) {
                reader.get(keyspace, bytes("key-" + i));
              }
            })
        .isInstanceOfSatisfying(
            EngineException.LimitExceeded.class,
            e -> assertThat(e.name()).isEqualTo("transaction-bytes-max"));
    assertThatThrownBy(() -> reader.scan(keyspace, Range.all()).close())
        .isInstanceOf(EngineException.LimitExceeded.class);
    reader.get(keyspace, bytes("key-0"));
    reader.commit(Durability.LOGGED);
    Transaction walker = open(Isolation.SERIALIZABLE);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < BYTES_MAX; i++) {
                walker.scan(keyspace, Range.all()).close();
              }
            })
        .isInstanceOf(EngineException.LimitExceeded.class);
    walker.rollback();
    try (Transaction snapshot = open(Isolation.SNAPSHOT)) {
      for (int i = 0; i < BYTES_MAX; i++) {
        snapshot.get(keyspace, bytes("key-" + i));
      }
    }
    nothingIsHeld();
  }

  /// Counts what a transaction keeps, and refuses more when told to.
  private static final class CountingAccount implements TransactionAccount {
    private long kept;
    private int ends;
    private boolean refuses;

    @Override
    public void take(long bytes) {
      assertThat(bytes).isPositive();
      if (refuses) {
        throw new IllegalStateException("no more");
      }
      kept += bytes;
    }

    @Override
    public void settle(long bytes) {
      kept += bytes;
    }

    @Override
    public void ended() {
      ends++;
    }
  }

  @Test
  void itsOwnAccountMayRefuseMoreAndGetsEverythingBack() {
    CountingAccount account = new CountingAccount();
    Transaction transaction =
        database.begin(
            TransactionOptions.defaults()
                .withIsolation(Isolation.SERIALIZABLE)
                .withAgeMax(AGE_MAX)
                .withAccount(account));
    transaction.get(keyspace, bytes("read"));
    transaction.put(keyspace, bytes("written"), bytes("1"));
    long kept = account.kept;
    assertThat(kept).isEqualTo(database.stats().memory().transactionBytes());
    account.refuses = true;

    assertThatThrownBy(() -> transaction.get(keyspace, bytes("more")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> transaction.put(keyspace, bytes("more"), bytes("1")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() ->
            database.begin(TransactionOptions.defaults().withAgeMax(AGE_MAX).withAccount(account)))
        .isInstanceOf(IllegalStateException.class);

    // What is read once more costs nothing.
    assertThat(transaction.get(keyspace, bytes("read"))).isNull();
    assertThat(transaction.get(keyspace, bytes("written"))).isEqualTo(bytes("1"));
    assertThat(account.kept).isEqualTo(kept);
    assertThat(account.ends).isZero();
    transaction.commit(Durability.LOGGED);
    transaction.rollback();
    assertThat(account.kept).isZero();
    assertThat(account.ends).isEqualTo(1);
    assertThat(keyspace.get(bytes("more"))).isNull();
    nothingIsHeld();
  }
}
