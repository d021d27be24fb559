package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who reads the past, and how an operator ends that.
class SnapshotsTest {
  private static final byte[] KEY = "k".getBytes(StandardCharsets.UTF_8);

  private Database database;
  private Keyspace keyspace;

  @BeforeEach
  void open(@TempDir Path directory) {
    DatabaseOptions options = DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100));
    database = Database.open(directory, options);
    keyspace = database.keyspace("k", KeyspaceOptions.defaults());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private long put(int value) {
    return keyspace.put(KEY, new byte[] {(byte) value}, Durability.LOGGED);
  }

  @Test
  void openSnapshotsAreListedInTheirOrder() {
    long version = put(1);
    try (Snapshot first = database.snapshot("first");
        Transaction transaction =
            database.begin(TransactionOptions.defaults().withOwner("teller"))) {
      try (Snapshot past = database.snapshotAt(0, "past")) {
        List<SnapshotInfo> open = database.snapshots();
        assertThat(open)
            .extracting(SnapshotInfo::owner)
            .containsExactly("first", "transaction " + transaction.id() + ", teller", "past");
        assertThat(open)
            .extracting(SnapshotInfo::version)
            .containsExactly(version, version, past.version());
        assertThat(open).extracting(SnapshotInfo::id).isSorted().doesNotHaveDuplicates();
        assertThat(open).allMatch(each -> !each.age().isNegative());
        assertThat(open.getFirst().id()).isEqualTo(first.id());
      }
      assertThat(database.snapshots()).hasSize(2);
    }
    assertThat(database.snapshots()).isEmpty();
  }

  @Test
  void endedSnapshotTellsItsReadersAndKeepsNothing() {
    put(1);
    try (Snapshot snapshot = database.snapshot("slow");
        Scan scan = keyspace.scan(Range.all(), snapshot)) {
      put(2);
      keyspace.compact();
      assertThat(keyspace.versionsKept()).isEqualTo(1);
      assertThat(keyspace.get(KEY, snapshot)).containsExactly(1);

      assertThat(database.endSnapshot(snapshot.id())).isTrue();

      assertThat(database.endSnapshot(snapshot.id())).isFalse();
      assertThat(snapshot.isOpen()).isFalse();
      assertThatThrownBy(() -> keyspace.get(KEY, snapshot))
          .isInstanceOfSatisfying(
              EngineException.SnapshotEnded.class,
              e -> assertThat(e.id()).isEqualTo(snapshot.id()));
      assertThatThrownBy(() -> keyspace.scan(Range.all(), snapshot))
          .isInstanceOf(EngineException.SnapshotEnded.class);
      assertThatThrownBy(scan::next).isInstanceOf(EngineException.SnapshotEnded.class);
      put(3);
      keyspace.compact();
      assertThat(keyspace.versionsKept()).isZero();
    }
    assertThat(keyspace.get(KEY)).containsExactly(3);
  }

  @Test
  void closedSnapshotIsNotMistakenForAnEndedOne() {
    Snapshot snapshot = database.snapshot();
    snapshot.close();
    assertThat(database.endSnapshot(snapshot.id())).isFalse();
    assertThatThrownBy(() -> keyspace.get(KEY, snapshot))
        .isInstanceOf(EngineException.Closed.class);
  }

  @Test
  void endingTheSnapshotOfATransactionEndsTheTransaction() {
    try (Transaction transaction = database.begin(TransactionOptions.defaults())) {
      transaction.put(keyspace, KEY, new byte[] {1});

      assertThat(database.endSnapshot(database.snapshots().getFirst().id())).isTrue();

      assertThat(transaction.state()).isEqualTo(Transaction.State.EXPIRED);
      assertThatThrownBy(transaction::commit).isInstanceOf(EngineException.TransactionEnded.class);
      assertThat(database.snapshots()).isEmpty();
    }
    assertThat(keyspace.get(KEY)).isNull();
  }

  @Test
  void versionsKeptAreThoseWithANewerOneBesideThem() {
    keyspace =
        database.keyspace(
            "h", KeyspaceOptions.defaults().withHistory(new History(Duration.ZERO, 3)));
    for (int i = 1; i <= 5; i++) {
      put(i);
    }
    assertThat(keyspace.versionsKept()).isEqualTo(4);
    database.write(
        new WriteBatch().put(keyspace, KEY, new byte[] {6}).put(keyspace, KEY, new byte[] {7}),
        Durability.LOGGED);
    assertThat(keyspace.versionsKept()).isEqualTo(5);
    keyspace.compact();
    assertThat(keyspace.versionsKept()).isEqualTo(2);
  }
}
