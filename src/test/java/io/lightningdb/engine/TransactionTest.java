package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a transaction sees, and when it may commit.
class TransactionTest {
  @TempDir Path directory;
  private Database database;
  private Keyspace keyspace;

  @BeforeEach
  void open() {
    DatabaseOptions options =
        DatabaseOptions.defaults()
            .withLog(64 << 10, Duration.ofMillis(100))
            .withMemtables(64 << 10, 4)
            .withTransactions(
                new TransactionLimits(4, 4096, Duration.ofMinutes(5), Duration.ofSeconds(5)));
    database = Database.open(directory, options);
    keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
  }

  @AfterEach
  void close() {
    assertThat(database.checkIntegrity().faults()).isEmpty();
    database.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void put(String key, String value) {
    keyspace.put(bytes(key), bytes(value), Durability.LOGGED);
  }

  private static List<String> keys(Scan scan) {
    List<String> keys = new ArrayList<>();
    try (scan) {
      while (scan.next()) {
        keys.add(new String(scan.key(), StandardCharsets.UTF_8));
      }
    }
    return keys;
  }

  @Test
  void readsItsSnapshotAndItsOwnWrites() {
    put("a", "1");
    put("b", "1");
    put("c", "1");
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, bytes("bb"), bytes("own"));
      transaction.delete(keyspace, bytes("a"));
      put("d", "later");
      assertThat(transaction.get(keyspace, bytes("d"))).isNull();
      assertThat(transaction.get(keyspace, bytes("a"))).isNull();
      assertThat(transaction.get(keyspace, bytes("bb"))).isEqualTo(bytes("own"));
      assertThat(keys(transaction.scan(keyspace, Range.all()))).containsExactly("b", "bb", "c");
      assertThat(keys(transaction.scan(keyspace, Range.all().reversed())))
          .containsExactly("c", "bb", "b");
      transaction.deleteRange(keyspace, Range.from(bytes("bb")));
      transaction.put(keyspace, bytes("bc"), bytes("own"));
      assertThat(keys(transaction.scan(keyspace, Range.all()))).containsExactly("b", "bc");
      assertThat(keys(keyspace.scan(Range.all()))).containsExactly("a", "b", "c", "d");
    }
    assertThat(keys(keyspace.scan(Range.all()))).containsExactly("a", "b", "c", "d");
  }

  @Test
  void commitsAllAtOnceAndAnswersTheSameAgain() {
    Transaction transaction = database.begin(Isolation.SERIALIZABLE);
    transaction.put(keyspace, bytes("a"), bytes("1"));
    transaction.put(keyspace, bytes("b"), bytes("2"));
    long version = transaction.commit(Durability.LOGGED);
    assertThat(version).isEqualTo(database.visibleVersion());
    assertThat(transaction.commit()).isEqualTo(version);
    assertThat(keyspace.entry(bytes("b"))).extracting(Entry::version).isEqualTo(version);
    assertThatThrownBy(() -> transaction.get(keyspace, bytes("a")))
        .isInstanceOfSatisfying(
            EngineException.TransactionEnded.class,
            e -> assertThat(e.state()).isEqualTo(Transaction.State.COMMITTED));
  }

  @Test
  void theFirstCommitterWins() {
    put("a", "0");
    Transaction first = database.begin(Isolation.SNAPSHOT);
    Transaction second = database.begin(Isolation.SNAPSHOT);
    first.put(keyspace, bytes("a"), bytes("1"));
    second.put(keyspace, bytes("a"), bytes("2"));
    long logged = database.visibleVersion();
    first.commit(Durability.LOGGED);
    assertThatThrownBy(() -> second.commit(Durability.LOGGED))
        .isInstanceOfSatisfying(
            EngineException.TransactionConflict.class,
            e -> assertThat(e.key()).isEqualTo(bytes("a")));
    assertThat(database.visibleVersion()).isEqualTo(logged + 1);
    assertThat(second.state()).isEqualTo(Transaction.State.ROLLED_BACK);
    assertThat(keyspace.get(bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void plainWritesDeletionsAndRangeDeletionsConflictToo() {
    put("a", "0");
    for (Runnable change :
        List.<Runnable>of(
            () -> put("a", "1"),
            () -> keyspace.delete(bytes("a"), Durability.LOGGED),
            () ->
                database.write(
                    new WriteBatch().deleteRange(keyspace, Range.all()), Durability.LOGGED))) {
      Transaction transaction = database.begin(Isolation.SNAPSHOT);
      transaction.put(keyspace, bytes("a"), bytes("own"));
      change.run();
      keyspace.flush();
      keyspace.compact();
      assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
          .isInstanceOf(EngineException.TransactionConflict.class);
    }
  }

  @Test
  void writeSkewHappensOnlyBelowSerializable() {
    for (Isolation isolation : Isolation.values()) {
      put("x", "1");
      put("y", "1");
      Transaction first = database.begin(isolation);
      Transaction second = database.begin(isolation);
      first.get(keyspace, bytes("y"));
      first.put(keyspace, bytes("x"), bytes("0"));
      second.get(keyspace, bytes("x"));
      second.put(keyspace, bytes("y"), bytes("0"));
      first.commit(Durability.LOGGED);
      if (isolation == Isolation.SNAPSHOT) {
        second.commit(Durability.LOGGED);
      } else {
        assertThatThrownBy(() -> second.commit(Durability.LOGGED))
            .isInstanceOf(EngineException.TransactionConflict.class);
      }
    }
  }

  @Test
  void phantomsConflictAsFarAsAScanHasCome() {
    put("k1", "");
    put("k5", "");
    Transaction whole = database.begin(Isolation.SERIALIZABLE);
    Transaction part = database.begin(Isolation.SERIALIZABLE);
    Transaction back = database.begin(Isolation.SERIALIZABLE);
    keys(whole.scan(keyspace, Range.prefix(bytes("k"))));
    try (Scan scan = part.scan(keyspace, Range.prefix(bytes("k")))) {
      assertThat(scan.next()).isTrue();
    }
    try (Scan scan = back.scan(keyspace, Range.prefix(bytes("k")).reversed())) {
      assertThat(scan.next()).isTrue();
    }
    put("k3", "phantom");
    whole.put(keyspace, bytes("w"), bytes(""));
    part.put(keyspace, bytes("p"), bytes(""));
    back.put(keyspace, bytes("b"), bytes(""));
    part.commit(Durability.LOGGED);
    back.commit(Durability.LOGGED);
    assertThatThrownBy(() -> whole.commit(Durability.LOGGED))
        .isInstanceOfSatisfying(
            EngineException.TransactionConflict.class,
            e -> assertThat(e.key()).isEqualTo(bytes("k3")));
  }

  @Test
  void absentKeysThatAppearConflict() {
    Transaction transaction = database.begin(Isolation.SERIALIZABLE);
    assertThat(transaction.get(keyspace, bytes("absent"))).isNull();
    transaction.put(keyspace, bytes("other"), bytes(""));
    put("absent", "now");
    assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
        .isInstanceOf(EngineException.TransactionConflict.class);
  }

  @Test
  void readOnlyTransactionsNeverConflict() {
    put("a", "0");
    Transaction transaction =
        database.begin(
            TransactionOptions.defaults()
                .withIsolation(Isolation.SERIALIZABLE)
                .withAccess(TransactionOptions.Access.READ_ONLY));
    transaction.get(keyspace, bytes("a"));
    put("a", "1");
    assertThat(transaction.get(keyspace, bytes("a"))).isEqualTo(bytes("0"));
    assertThatThrownBy(() -> transaction.put(keyspace, bytes("a"), bytes("2")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(transaction.commit()).isEqualTo(transaction.snapshotVersion());
  }

  @Test
  void savepointsUndoWhatFollows() {
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, bytes("a"), bytes("1"));
      Transaction.Savepoint outer = transaction.savepoint();
      transaction.put(keyspace, bytes("a"), bytes("2"));
      Transaction.Savepoint inner = transaction.savepoint();
      transaction.deleteRange(keyspace, Range.all());
      assertThat(keys(transaction.scan(keyspace, Range.all()))).isEmpty();
      transaction.rollbackTo(inner);
      assertThat(transaction.get(keyspace, bytes("a"))).isEqualTo(bytes("2"));
      transaction.rollbackTo(outer);
      assertThat(transaction.get(keyspace, bytes("a"))).isEqualTo(bytes("1"));
      assertThatThrownBy(() -> transaction.rollbackTo(inner))
          .isInstanceOf(IllegalArgumentException.class);
      transaction.commit(Durability.LOGGED);
    }
    assertThat(keyspace.get(bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void limitsAreKept() {
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, bytes("a"), new byte[4096 - 105]);
      assertThatThrownBy(() -> transaction.put(keyspace, bytes("b"), new byte[0]))
          .isInstanceOf(EngineException.LimitExceeded.class);
      List<Transaction> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        others.add(database.begin(Isolation.SNAPSHOT));
      }
      assertThatThrownBy(() -> database.begin(Isolation.SNAPSHOT))
          .isInstanceOf(EngineException.LimitExceeded.class);
      others.forEach(Transaction::close);
      database.begin(Isolation.SNAPSHOT).close();
    }
    assertThat(database.transactionStats().open()).isZero();
    assertThat(database.stats().snapshots()).isZero();
  }

  @Test
  void lockedKeysAreHandedOverAndCheckedAgainstTheSnapshot() throws Exception {
    put("a", "0");
    Transaction first = database.begin(Isolation.SNAPSHOT);
    first.lockForUpdate(keyspace, bytes("a"));
    first.lockForUpdate(keyspace, bytes("a"));
    Transaction second = database.begin(Isolation.SNAPSHOT);
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(() -> second.lockForUpdate(keyspace, bytes("a")));
    while (database.transactionStats().lockWaiters() == 0) {
      Thread.onSpinWait();
    }
    first.put(keyspace, bytes("a"), bytes("1"));
    first.commit(Durability.LOGGED);
    assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineException.TransactionConflict.class);
    assertThat(database.transactionStats().locksHeld()).isZero();
  }

  @Test
  void theYoungestGivesWayInADeadlock() throws Exception {
    int members = 3;
    List<Transaction> transactions = new ArrayList<>();
    CyclicBarrier allHold = new CyclicBarrier(members);
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      transactions.add(database.begin(Isolation.SNAPSHOT));
    }
    for (int i = 0; i < members; i++) {
      int own = i;
      runs.add(
          CompletableFuture.runAsync(
              () -> holdAndWait(transactions, own, allHold), Thread::startVirtualThread));
    }
    for (int i = 0; i < members - 1; i++) {
      runs.get(i).get(20, TimeUnit.SECONDS);
      assertThat(transactions.get(i).state()).isEqualTo(Transaction.State.COMMITTED);
    }
    assertThatThrownBy(() -> runs.get(members - 1).get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            EngineException.Deadlock.class,
            e ->
                assertThat(e.cycle())
                    .containsExactlyInAnyOrderElementsOf(
                        transactions.stream().map(Transaction::id).toList()));
  }

  private void holdAndWait(List<Transaction> transactions, int own, CyclicBarrier allHold) {
    Transaction transaction = transactions.get(own);
    transaction.lockForUpdate(keyspace, bytes("lock" + own));
    try {
      allHold.await(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    transaction.lockForUpdate(keyspace, bytes("lock" + (own + 1) % transactions.size()));
    transaction.commit(Durability.LOGGED);
  }

  @Test
  void operatorsCanEndAnyTransaction() {
    Transaction transaction = database.begin(TransactionOptions.defaults().withOwner("me"));
    assertThat(database.transactions()).containsExactly(transaction);
    database.transactions().getFirst().expire();
    assertThat(transaction.state()).isEqualTo(Transaction.State.EXPIRED);
    assertThatThrownBy(() -> transaction.put(keyspace, bytes("a"), bytes("1")))
        .isInstanceOf(EngineException.TransactionEnded.class);
  }
}
