package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which past moments can be read, and that others are refused.
class HistoryTest {
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(100))
          .withMemtables(64 << 10, 4);

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long put(Keyspace keyspace, String key, String value) {
    return keyspace.put(bytes(key), bytes(value), Durability.LOGGED);
  }

  private static @Nullable String at(
      Database database, Keyspace keyspace, String key, long version) {
    try (Snapshot past = database.snapshotAt(version)) {
      byte[] value = keyspace.get(bytes(key), past);
      return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
  }

  @Test
  void withoutHistoryAPastMomentIsReadableUntilSomethingOfItIsGone() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      long first = put(keyspace, "a", "1");
      long second = put(keyspace, "a", "2");
      assertThat(at(database, keyspace, "a", first)).isEqualTo("1");
      keyspace.flush();
      assertThat(at(database, keyspace, "a", second)).isEqualTo("2");
      assertThatThrownBy(() -> at(database, keyspace, "a", first))
          .isInstanceOfSatisfying(
              EngineException.VersionNotRetained.class,
              e -> assertThat(e.oldestVersion()).isEqualTo(second));
      assertThatThrownBy(() -> database.snapshotAt(second + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    try (Database database = Database.open(directory, SMALL)) {
      assertThatThrownBy(() -> at(database, database.keyspace("k"), "a", 1))
          .isInstanceOf(EngineException.VersionNotRetained.class);
    }
  }

  @Test
  void historyByCountKeepsTheNewestVersionsOfEachKey() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace =
          database.keyspace(
              "k", KeyspaceOptions.defaults().withHistory(new History(Duration.ZERO, 3)));
      long[] versions = new long[5];
      for (int i = 0; i < versions.length; i++) {
        versions[i] = put(keyspace, "a", "v" + i);
      }
      long deleted = keyspace.delete(bytes("a"), Durability.LOGGED);
      keyspace.compact();
      assertThat(at(database, keyspace, "a", versions[3])).isEqualTo("v3");
      assertThat(at(database, keyspace, "a", versions[4])).isEqualTo("v4");
      assertThat(at(database, keyspace, "a", deleted)).isNull();
      assertThat(keyspace.get(bytes("a"))).isNull();
      assertThatThrownBy(() -> at(database, keyspace, "a", versions[2]))
          .isInstanceOf(EngineException.VersionNotRetained.class);
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
  }

  @Test
  void historyByAgeKeepsEveryMoment() {
    try (Database database = Database.open(directory, SMALL)) {
      Keyspace keyspace =
          database.keyspace(
              "k", KeyspaceOptions.defaults().withHistory(new History(Duration.ofDays(1), 1)));
      for (int i = 0; i < 100; i++) {
        put(keyspace, "a" + i % 7, "v" + i);
      }
      keyspace.compact();
      for (int i = 0; i < 100; i++) {
        assertThat(at(database, keyspace, "a" + i % 7, i + 1)).isEqualTo("v" + i);
      }
    }
  }
}
