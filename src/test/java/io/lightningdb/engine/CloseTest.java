package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Variant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Everything may be closed twice, and says so when it is used afterwards.
class CloseTest {
  private static final byte[] KEY = {1};
  private static final byte[] VALUE = new byte[5000];

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private Database database;
  private Keyspace keyspace;

  @BeforeEach
  void openWithEntriesInARunAndInAMemtable() {
    database = databases.open(DatabaseOptions.defaults());
    keyspace = database.keyspace("default");
    for (byte i = 0; i < 20; i++) {
      keyspace.put(new byte[] {KEY[0], i}, VALUE);
    }
    keyspace.flush();
    keyspace.put(KEY, VALUE);
  }

  @Test
  void aClosedDatabaseRefusesEverything() {
    Snapshot snapshot = database.snapshot();
    Scan scan = keyspace.scan(Range.all(), snapshot);
    assertThat(scan.next()).isTrue();
    WriteBatch batch = new WriteBatch().put(keyspace, KEY, VALUE);
    database.close();
    database.close();
    List<ThrowingCallable> uses =
        List.of(
            () -> database.keyspace("default"),
            () -> database.keyspace("default", KeyspaceOptions.defaults()),
            () -> database.findKeyspace("default"),
            () -> database.keyspaces(),
            () -> database.configureKeyspace("a", KeyspaceOptions.defaults()),
            () -> database.dropKeyspace("default"),
            () -> database.write(batch),
            () -> database.write(batch, Durability.LOGGED),
            () -> database.snapshot(),
            () -> database.checkIntegrity(),
            () -> keyspace.put(KEY, VALUE),
            () -> keyspace.delete(KEY),
            () -> keyspace.get(KEY),
            () -> keyspace.entry(KEY),
            () -> keyspace.scan(Range.all()),
            () -> keyspace.flush(),
            () -> keyspace.compact(),
            scan::next,
            scan::value);
    for (int i = 0; i < uses.size(); i++) {
      assertThatThrownBy(uses.get(i)).as("use %d", i).isInstanceOf(EngineException.Closed.class);
    }
    scan.close();
    snapshot.close();
    databases.open(DatabaseOptions.defaults());
  }

  @Test
  void whoeverIsAtWorkWhenTheDatabaseClosesIsToldSo() throws Exception {
    for (int round = 0; round < 20; round++) {
      Database closing = databases.open(Variant.TINY);
      Keyspace used = closing.keyspace("default");
      CountDownLatch started = new CountDownLatch(4);
      new Crew()
          .worker(() -> repeatUntilClosed(started, () -> used.put(KEY, VALUE)))
          .worker(() -> repeatUntilClosed(started, () -> used.get(KEY)))
          .worker(() -> repeatUntilClosed(started, () -> walk(used)))
          .worker(() -> repeatUntilClosed(started, used::compact))
          .worker(() -> {
            started.await();
            closing.close();
          })
          .run();
    }
    Keyspace reopened = databases.open(Variant.TINY).keyspace("default");
    assertThat(reopened.get(KEY)).isEqualTo(VALUE);
  }

  private static void repeatUntilClosed(CountDownLatch started, Runnable use) {
    try {
      use.run();
      started.countDown();
      while (true) {
        use.run();
      }
    } catch (EngineException.Closed _) {
      started.countDown();
    }
  }

  private static void walk(Keyspace walked) {
    try (Scan scan = walked.scan(Range.all())) {
      while (scan.next()) {
        assertThat(scan.value()).isNotNull();
      }
    }
  }

  @Test
  void aClosedSnapshotRefusesReadsAndStopsItsScans() {
    Snapshot snapshot = database.snapshot();
    Scan scan = keyspace.scan(Range.all(), snapshot);
    assertThat(scan.next()).isTrue();
    assertThat(snapshot.isOpen()).isTrue();
    snapshot.close();
    snapshot.close();
    assertThat(snapshot.isOpen()).isFalse();
    assertClosed(scan::next);
    assertClosed(() -> keyspace.get(KEY, snapshot));
    assertClosed(() -> keyspace.entry(KEY, snapshot));
    assertClosed(() -> keyspace.scan(Range.all(), snapshot));
    scan.close();
    assertThat(database.stats().snapshots()).isZero();
  }

  @Test
  void aClosedScanRefusesEveryStep() {
    Scan scan = keyspace.scan(Range.all());
    assertThat(scan.next()).isTrue();
    byte[] key = scan.key();
    scan.close();
    scan.close();
    assertClosed(scan::next);
    assertClosed(scan::key);
    assertClosed(scan::value);
    assertClosed(scan::version);
    assertThat(key).isEqualTo(KEY);
    assertThat(database.stats().snapshots()).isZero();
  }

  @Test
  void whatAScanGaveBelongsToItsCaller() {
    try (Scan scan = keyspace.scan(Range.all())) {
      assertThat(scan.next()).isTrue();
      byte[] value = scan.value();
      value[0]++;
      scan.key()[0]++;
      assertThat(scan.value()).isEqualTo(VALUE);
      assertThat(scan.key()).isEqualTo(KEY);
    }
    byte[] found = keyspace.get(KEY);
    assertThat(found).isEqualTo(VALUE);
  }

  private static void assertClosed(ThrowingCallable use) {
    assertThatThrownBy(use).isInstanceOf(EngineException.Closed.class);
  }
}
