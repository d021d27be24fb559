package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The versions of a key are those that reads at past versions see.
class KeyHistoryTest {
  private static final int KEYS = 4;
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults().withMemtables(64 << 10, 4).withRunBytesTarget(32 << 10);

  private final Machine machine = Machine.empty();

  private static byte[] key(int number) {
    return ("k" + number).getBytes(UTF_8);
  }

  private static KeyspaceOptions kept(Duration age) {
    return KeyspaceOptions.defaults().withHistory(new History(age, 1));
  }

  /// Whatever is done in whatever order: walking all versions in pages tells the same as reading at each.
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void versionsAreWhatReadsOfThePastSee(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace(
              "k", seed % 2 == 0 ? kept(Duration.ofDays(1)) : KeyspaceOptions.defaults());
      for (int i = 0; i < 300; i++) {
        change(database, keyspace, random);
      }

      for (int number = 0; number < KEYS; number++) {
        List<KeyHistory.Version> versions = walk(keyspace, key(number), 1 + random.nextInt(7));
        long from = keyspace.history(key(number), Long.MAX_VALUE, 1, 0).from();
        for (long at = from; at <= database.visibleVersion(); at++) {
          long moment = at;
          KeyHistory.Version expected =
              versions.stream()
                  .filter(version -> version.version() <= moment)
                  .findFirst()
                  .orElse(null);
          try (Snapshot snapshot = database.snapshotAt(at, "a test")) {
            Entry entry = keyspace.entry(key(number), snapshot);
            if (entry == null) {
              assertThat(expected == null || expected.deleted())
                  .as("seed %d, key %d at %d: %s", seed, number, at, expected)
                  .isTrue();
            } else {
              KeyHistory.Version found =
                  Objects.requireNonNull(
                      expected, "seed %d, key %d at %d".formatted(seed, number, at));
              assertThat(found.version()).isEqualTo(entry.version());
              assertThat(found.valueBytes()).isEqualTo(entry.value().length);
              assertThat(found.head()).isEqualTo(Arrays.copyOf(entry.value(), 2));
            }
          }
        }
        if (seed % 2 == 0) {
          assertThat(versions).as("seed " + seed).hasSizeGreaterThan(20);
        }
      }
    }
  }

  private static void change(Database database, Keyspace keyspace, SplittableRandom random) {
    byte[] key = key(random.nextInt(KEYS));
    switch (random.nextInt(20)) {
      case 0 -> keyspace.flush();
      case 1 -> keyspace.compact();
      case 2, 3, 4 -> keyspace.delete(key, Durability.LOGGED);
      case 5 ->
          database.write(
              new WriteBatch().deleteRange(keyspace, Range.between(key(1), key(3))),
              Durability.LOGGED);
      case 6 ->
          database.write(
              new WriteBatch()
                  .deleteRange(keyspace, Range.between(key(0), key(3)))
                  .put(keyspace, key(1), new byte[3]),
              Durability.LOGGED);
      default -> {
        byte[] value = new byte[2 + random.nextInt(100)];
        random.nextBytes(value);
        keyspace.put(key, value, Durability.LOGGED);
      }
    }
  }

  private static List<KeyHistory.Version> walk(Keyspace keyspace, byte[] key, int page) {
    List<KeyHistory.Version> all = new ArrayList<>();
    long before = Long.MAX_VALUE;
    KeyHistory history;
    do {
      history = keyspace.history(key, before, page, 2);
      all.addAll(history.versions());
      assertThat(history.versions().size() == page || !history.more())
          .as("only the last page is not full")
          .isTrue();
      before = all.isEmpty() ? 0 : all.getLast().version();
    } while (history.more());
    return all;
  }

  @Test
  void largeValuesAreNotLookedAt() {
    try (Database database = machine.open(DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      keyspace.put(key(1), new byte[64 << 10]);
      keyspace.put(key(1), new byte[(64 << 10) + 1]);

      List<KeyHistory.Version> versions = keyspace.history(key(1), Long.MAX_VALUE, 9, 5).versions();

      assertThat(versions)
          .extracting(KeyHistory.Version::valueBytes)
          .containsExactly(65_537, 65_536);
      assertThat(versions.getFirst().head()).isEmpty();
      assertThat(versions.getLast().head()).hasSize(5);
      assertThat(keyspace.history(key(2), Long.MAX_VALUE, 9, 5).versions()).isEmpty();
    }
  }
}
