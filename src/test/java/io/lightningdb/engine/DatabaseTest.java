package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The engine as its user meets it, on a real disk.
class DatabaseTest {
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(100))
          .withMemtables(64 << 10, 4)
          .withRunBytesTarget(64 << 10);

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
  void whatIsPutIsReadAlsoAfterReopening() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace users = database.keyspace("users", KeyspaceOptions.defaults());
      long first = users.put(bytes("a"), bytes("1"));
      long second = users.put(bytes("b"), bytes("2"), Durability.LOGGED);
      assertThat(second).isEqualTo(first + 1);
      assertThat(users.get(bytes("a"))).isEqualTo(bytes("1"));
      users.delete(bytes("a"));
      assertThat(users.get(bytes("a"))).isNull();
    }
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace users = database.keyspace("users");
      assertThat(users.get(bytes("a"))).isNull();
      assertThat(users.get(bytes("b"))).isEqualTo(bytes("2"));
      assertThat(database.visibleVersion()).isEqualTo(3);
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
    assertThat(Database.verify(directory, (_, _) -> {}).faults()).isEmpty();
  }

  @Test
  void scansSeeOneMomentInBothDirections() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      for (int i = 0; i < 1000; i++) {
        keyspace.put(bytes("k%04d".formatted(i)), bytes("v" + i), Durability.LOGGED);
      }
      try (Snapshot snapshot = database.snapshot()) {
        database.write(
            new WriteBatch().deleteRange(keyspace, Range.prefix(bytes("k05"))), Durability.LOGGED);
        keyspace.flush();
        assertThat(keys(keyspace.scan(Range.prefix(bytes("k05")), snapshot))).hasSize(100);
        assertThat(keys(keyspace.scan(Range.prefix(bytes("k05"))))).isEmpty();
        assertThat(keys(keyspace.scan(Range.all()))).hasSize(900);
        assertThat(keys(keyspace.scan(Range.all().reversed(), snapshot)))
            .hasSize(1000)
            .startsWith("k0999", "k0998")
            .endsWith("k0000");
      }
      keyspace.compact();
      assertThat(keys(keyspace.scan(Range.between(bytes("k0498"), bytes("k0602")))))
          .containsExactly("k0498", "k0499", "k0600", "k0601");
    }
  }

  @Test
  void manyOverwritesAreFlushedMergedAndRead() {
    SplittableRandom random = new SplittableRandom(7);
    byte[][] model = new byte[2000][];
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      for (int i = 0; i < 40_000; i++) {
        int key = random.nextInt(model.length);
        byte[] value = new byte[random.nextInt(100)];
        random.nextBytes(value);
        model[key] = value;
        keyspace.put(bytes("key" + key), value, Durability.LOGGED);
      }
      for (int key = 0; key < model.length; key++) {
        assertThat(keyspace.get(bytes("key" + key))).isEqualTo(model[key]);
      }
      assertThat(database.checkIntegrity().faults()).isEmpty();
      assertThat(database.stats().flushes()).isPositive();
    }
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      for (int key = 0; key < model.length; key++) {
        assertThat(keyspace.get(bytes("key" + key))).isEqualTo(model[key]);
      }
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
  }

  @Test
  void conditionsDecideWhetherABatchHappens() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      long version =
          database.write(
              new WriteBatch()
                  .requireVersion(keyspace, bytes("a"), 0)
                  .put(keyspace, bytes("a"), bytes("1")));
      WriteBatch again =
          new WriteBatch()
              .observe(keyspace, bytes("b"))
              .requireVersion(keyspace, bytes("a"), 0)
              .put(keyspace, bytes("a"), bytes("2"));
      assertThatThrownBy(() -> database.write(again))
          .isInstanceOfSatisfying(
              EngineException.ConditionFailed.class,
              e -> {
                assertThat(e.index()).isEqualTo(1);
                assertThat(e.actualVersion()).isEqualTo(version);
              });
      assertThat(keyspace.get(bytes("a"))).isEqualTo(bytes("1"));
      assertThat(database.visibleVersion()).isEqualTo(version);
    }
  }

  @Test
  void inOneBatchLaterChangesWin() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      keyspace.put(bytes("a0"), bytes("old"));
      database.write(
          new WriteBatch()
              .put(keyspace, bytes("a1"), bytes("covered"))
              .deleteRange(keyspace, Range.prefix(bytes("a")))
              .put(keyspace, bytes("a2"), bytes("first"))
              .put(keyspace, bytes("a2"), bytes("second")));
      assertThat(keys(keyspace.scan(Range.all()))).containsExactly("a2");
      assertThat(keyspace.get(bytes("a2"))).isEqualTo(bytes("second"));
    }
  }

  @Test
  void droppedKeyspacesAreGone() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace("gone", KeyspaceOptions.defaults());
      keyspace.put(bytes("a"), bytes("1"));
      keyspace.flush();
      assertThat(database.dropKeyspace("gone")).isTrue();
      assertThat(database.dropKeyspace("gone")).isFalse();
      assertThatThrownBy(() -> keyspace.get(bytes("a")))
          .isInstanceOf(EngineException.KeyspaceNotFound.class);
      assertThatThrownBy(() -> keyspace.put(bytes("a"), bytes("1")))
          .isInstanceOf(EngineException.KeyspaceNotFound.class);
      assertThat(database.keyspace("gone", KeyspaceOptions.defaults()).get(bytes("a"))).isNull();
    }
  }
}
