package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.testkit.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a commit does, above all under the sequencer's lock, grows neither with the number of keyspaces nor with what they hold.
class CommitLockTest {
  private static final int KEYSPACES = Integer.getInteger("lightning.keyspaces", 200);

  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100));

  private static byte[] key(int number) {
    return "key-%06d".formatted(number).getBytes(US_ASCII);
  }

  @Test
  void aConflictWithWhatWasFlushedIsFound() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      keyspace.put(key(1), key(1), Durability.LOGGED);
      for (boolean byRange : new boolean[] {false, true}) {
        try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
          transaction.put(keyspace, key(1), key(2));
          WriteBatch change = new WriteBatch();
          if (byRange) {
            change.deleteRange(keyspace, Range.between(key(0), key(5)));
          } else {
            change.put(keyspace, key(1), key(3));
          }
          database.write(change, Durability.LOGGED);
          keyspace.flush();
          // Newer, and of another key.
          keyspace.put(key(7), key(7), Durability.LOGGED);
          assertThatThrownBy(transaction::commit)
              .isInstanceOf(EngineException.TransactionConflict.class);
        }
      }
    }
  }

  /// Looking for what was changed lately in all of a memtable costs what was changed, not what is there.
  @Test
  void aSearchForChangesPassesByWhatWasThereBefore() {
    long few = nodesSearched(2_000);
    long many = nodesSearched(20_000);
    assertThat(few).isPositive();
    assertThat(many).isLessThan(3 * few);
  }

  private static long nodesSearched(int entries) {
    try (Database database = Machine.empty().open(OPTIONS.withMemtables(64 << 20, 4))) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < entries; i++) {
        batch.put(keyspace, key(i), key(i));
      }
      database.write(batch, Durability.LOGGED);
      Memtable memtable = keyspace.store().peek().active();
      try (Transaction transaction = database.begin(Isolation.SERIALIZABLE)) {
        try (Scan scan = transaction.scan(keyspace, Range.from(key(entries / 10)))) {
          while (scan.next()) {}
        }
        transaction.put(keyspace, key(entries), key(0));
        for (int i = 0; i < 5; i++) {
          keyspace.put(key(i), key(0), Durability.LOGGED);
        }
        long before = memtable.nodesSearched();
        transaction.commit();
        return memtable.nodesSearched() - before;
      }
    }
  }

  /// Commits ask how far flushes are behind, and look at the keyspaces that may be.
  @Test
  void commitsLookAtNoKeyspacesWithoutABacklog() {
    Machine machine = Machine.empty();
    DatabaseOptions options = OPTIONS.withKeyspacesMax(10_000).withMemtables(64 << 10, 4);
    try (Database database = machine.open(options)) {
      for (int i = 0; i < KEYSPACES; i++) {
        database
            .keyspace("k-" + i, KeyspaceOptions.defaults())
            .put(key(i), key(i), Durability.LOGGED);
      }
      Keyspace busy = database.keyspace("k-0", KeyspaceOptions.defaults());
      WriteGate gate = busy.engine().statistics().gate();
      long looks = gate.looks();
      long flushes = database.stats().flushes();
      int commits = 1_000;
      for (int i = 0; i < commits; i++) {
        machine.clock().advance(Duration.ofMillis(2));
        busy.put(key(i), new byte[1_000], Durability.LOGGED);
      }
      assertThat(database.stats().flushes() - flushes).isGreaterThan(8);
      assertThat(gate.looks() - looks).isLessThan(2L * commits);
    }
  }

  /// Merges ask for each keyspace what is still read: snapshots are not looked through for each, under the lock that opens them.
  @Test
  void mergesOfManyKeyspacesDoNotLookThroughTheSnapshotsForEach() {
    int keyspaces = 100;
    int snapshots = 300;
    try (Database database = Machine.empty().open(OPTIONS.withKeyspacesMax(1_000))) {
      List<Snapshot> open = new ArrayList<>();
      for (int i = 0; i < keyspaces; i++) {
        Keyspace keyspace = database.keyspace("k-" + i, KeyspaceOptions.defaults());
        keyspace.put(key(i), key(i), Durability.LOGGED);
        keyspace.flush();
      }
      Keyspace busy = database.keyspace("k-0", KeyspaceOptions.defaults());
      for (int i = 0; i < snapshots; i++) {
        busy.put(key(i), key(i), Durability.LOGGED);
        open.add(database.snapshot());
      }
      busy.flush();
      long before = busy.engine().snapshotsSearched();
      busy.compact();
      assertThat(busy.engine().snapshotsSearched() - before).isLessThan(20L * snapshots);
      open.forEach(Snapshot::close);
    }
  }
}
