package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What may hold memory for long is charged for what it takes of the heap, whatever it would take in the log.
class HeapAccountsTest {
  private static final MemoryLimits MEMORY = new MemoryLimits(512L << 20, 0);

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private Database open(MemoryLimits memory) {
    return databases.open(
        DatabaseOptions.defaults()
            .withLog(1 << 20, Duration.ofMillis(100))
            .withMemtables(256L << 20, 1)
            .withMemory(memory)
            .withTransactions(
                new TransactionLimits(100_000, 64 << 20, Duration.ofMinutes(5), Duration.ZERO)));
  }

  /// Makes holders, all of which are reachable from what it returns.
  private interface Holders {
    Object make(Database database, Keyspace keyspace, int count);
  }

  private void areCharged(String what, int count, Holders holders) {
    Database database = open(MEMORY);
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    // What is loaded and compiled on the way is not theirs.
    holders.make(database, keyspace, count / 50);
    database.transactions().forEach(Transaction::rollback);
    database.snapshots().forEach(each -> database.endSnapshot(each.id()));
    long heapBefore = LiveHeap.bytes();
    long chargedBefore = charged(database);

    Object made = holders.make(database, keyspace, count);

    LiveHeap.isCharged(what, LiveHeap.bytes() - heapBefore, charged(database) - chargedBefore);
    assertThat(made).isNotNull();
    database.transactions().forEach(Transaction::rollback);
    database.snapshots().forEach(each -> database.endSnapshot(each.id()));
    assertThat(charged(database)).as("after the end").isEqualTo(chargedBefore);
  }

  private static long charged(Database database) {
    MemoryStats memory = database.stats().memory();
    return memory.transactionBytes() + memory.snapshotBytes();
  }

  private static Transaction begin(Database database) {
    return database.begin(
        TransactionOptions.defaults()
            .withIsolation(Isolation.SERIALIZABLE)
            .withLease(Duration.ofMinutes(5))
            .withOwner("client " + System.nanoTime()));
  }

  @Test
  void transactionsThatHaveDoneNothing() {
    areCharged(
        "transactions",
        30_000,
        (database, _, count) -> IntStream.range(0, count).mapToObj(_ -> begin(database)).toList());
  }

  @Test
  void writesOfOneByteIntoManyKeyspaces() {
    areCharged(
        "writes into many keyspaces",
        600,
        (database, _, count) -> {
          List<Transaction> all = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Transaction transaction = begin(database);
            for (int at = 0; at < 20; at++) {
              Keyspace keyspace = database.keyspace("many-" + at, KeyspaceOptions.defaults());
              transaction.put(keyspace, new byte[] {1}, new byte[0]);
            }
            all.add(transaction);
          }
          return all;
        });
  }

  @Test
  void manySmallWrites() {
    areCharged(
        "small writes",
        250_000,
        (database, keyspace, count) -> {
          Transaction transaction = begin(database);
          for (int i = 0; i < count; i++) {
            transaction.put(keyspace, key(i * 0x9E3779B9), new byte[1]);
          }
          return transaction;
        });
  }

  @Test
  void fewLargeWrites() {
    areCharged(
        "large writes",
        40,
        (database, keyspace, count) -> {
          Transaction transaction = begin(database);
          Transaction.Savepoint before = transaction.savepoint();
          transaction.put(keyspace, key(0), new byte[10 << 20]);
          transaction.rollbackTo(before);
          for (int i = 0; i < count; i++) {
            transaction.put(keyspace, key(i), new byte[1 << 20]);
          }
          return List.of(transaction, before);
        });
  }

  @Test
  void rangesDeleted() {
    areCharged(
        "ranges deleted",
        1_400,
        (database, keyspace, count) -> {
          List<Transaction> all = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Transaction transaction = begin(database);
            for (int nested = 0; nested < 30; nested++) {
              transaction.deleteRange(keyspace, Range.between(key(nested), key(1000 - nested)));
            }
            all.add(transaction);
          }
          return all;
        });
  }

  @Test
  void keysRead() {
    areCharged(
        "keys read",
        250_000,
        (database, keyspace, count) -> {
          Transaction transaction = begin(database);
          for (int i = 0; i < count; i++) {
            transaction.get(keyspace, key(i));
          }
          return transaction;
        });
  }

  /// What a range is read up to may be longer than the bounds that were asked for.
  @Test
  void rangesRead() {
    areCharged(
        "ranges read",
        6_000,
        (database, keyspace, count) -> {
          byte[] longest = new byte[4096];
          database.write(new WriteBatch().put(keyspace, longest, longest), Durability.LOGGED);
          Transaction transaction = begin(database);
          for (int i = 0; i < count; i++) {
            try (Scan scan = transaction.scan(keyspace, Range.all())) {
              assertThat(scan.next()).isTrue();
            }
          }
          transaction.keepAlive();
          return transaction;
        });
  }

  @Test
  void locks() {
    areCharged(
        "locks",
        180_000,
        (database, keyspace, count) -> {
          Transaction transaction = begin(database);
          for (int i = 0; i < count; i++) {
            transaction.lockForUpdate(keyspace, key(i));
          }
          return transaction;
        });
  }

  /// A savepoint is a mark, however much its transaction holds.
  @Test
  void savepointsOfATransactionWithManyLocks() {
    areCharged(
        "savepoints",
        180_000,
        (database, keyspace, count) -> {
          Transaction transaction = begin(database);
          for (int i = 0; i < 20_000; i++) {
            transaction.lockForUpdate(keyspace, key(i));
          }
          List<Transaction.Savepoint> savepoints = new ArrayList<>();
          for (int i = 0; i < 1_000; i++) {
            savepoints.add(transaction.savepoint());
          }
          // Beside what these take: the least that is measured.
          for (int i = 0; i < count; i++) {
            transaction.get(keyspace, key(20_000 + i));
          }
          return List.of(transaction, savepoints);
        });
  }

  /// By their numbers, as the service keeps them.
  @Test
  void savepoints() {
    areCharged(
        "savepoints alone",
        220_000,
        (database, _, count) -> {
          Transaction transaction = begin(database);
          Map<Long, Transaction.Savepoint> byNumber = new TreeMap<>();
          for (int i = 0; i < count; i++) {
            Transaction.Savepoint made = transaction.savepoint();
            byNumber.put(made.number(), made);
          }
          return List.of(transaction, byNumber);
        });
  }

  @Test
  void snapshots() {
    areCharged(
        "snapshots",
        140_000,
        (database, _, count) ->
            IntStream.range(0, count)
                .mapToObj(i -> database.snapshot("client 127.0.0.1, GET /v1/entries/" + i))
                .toList());
  }

  @Test
  void memtablesOfSmallEntries() {
    Database database = open(MEMORY);
    Keyspace keyspace = database.keyspace("small", KeyspaceOptions.defaults());
    put(database, keyspace, 0, 1_000);
    long heapBefore = LiveHeap.bytes();
    long chargedBefore = database.stats().memory().memtableBytes();
    put(database, keyspace, 1_000, 300_000);
    LiveHeap.isCharged(
        "memtables",
        LiveHeap.bytes() - heapBefore,
        database.stats().memory().memtableBytes() - chargedBefore);
  }

  private static void put(Database database, Keyspace keyspace, int from, int to) {
    for (int i = from; i < to; i += 1_000) {
      WriteBatch batch = new WriteBatch();
      for (int j = i; j < i + 1_000; j++) {
        batch.put(keyspace, key(j * 0x9E3779B9), key(j));
      }
      database.write(batch, Durability.LOGGED);
    }
  }

  /// What the transactions of a heap of 512 MB may keep, and many of them that write next to nothing, here and there.
  @Test
  void transactionsAreRefusedBeforeTheyTakeMoreThanTheirShare() {
    MemoryLimits memory = new MemoryLimits(64L << 20, 0);
    Database database = open(memory);
    List<Keyspace> keyspaces =
        IntStream.range(0, 20)
            .mapToObj(i -> database.keyspace("many-" + i, KeyspaceOptions.defaults()))
            .toList();
    List<Transaction> all = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              while (all.size() < 100_000) {
                Transaction transaction = begin(database);
                all.add(transaction);
                keyspaces.forEach(each -> transaction.put(each, new byte[] {1}, new byte[0]));
              }
            })
        .isInstanceOf(EngineException.Overloaded.class);
    assertThat(charged(database)).isLessThanOrEqualTo(memory.bytesMax() / 4);
    all.getFirst().commit();
    all.forEach(Transaction::rollback);
    assertThat(charged(database)).isZero();
    begin(database).rollback();
  }
}
