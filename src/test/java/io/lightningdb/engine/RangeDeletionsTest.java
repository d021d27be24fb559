package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.testkit.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many range deletions, and many versions of one key: what they do and what they cost, in a commit, one after the other, in
/// transactions, in replay, in runs. On a simulated machine.
class RangeDeletionsTest {
  private static final int MIB = 1 << 20;
  private static final int KEYS = 4_000;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(MIB, Duration.ofMillis(100))
          .withMemtables(8 * MIB, 4)
          .withRunBytesTarget(256 << 10);

  private final Machine machine = Machine.empty();
  private final SplittableRandom random = new SplittableRandom(7);

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  enum Shape {
    SIDE_BY_SIDE,
    OUTWARDS,
    INWARDS,
    SHARED_START,
    OVERLAPPING;

    Range range(int i, int count) {
      return switch (this) {
        case SIDE_BY_SIDE -> of(2 * i, 2 * i + 1);
        case OUTWARDS -> of(count - i, count + i + 1);
        case INWARDS -> of(i, 2 * count - i);
        case SHARED_START -> of(5, 6 + (int) (i * 7919L % count));
        case OVERLAPPING -> of(i, i + count / 2);
      };
    }

    private static Range of(int from, int to) {
      return Range.between(key(from), key(to));
    }
  }

  enum Way {
    ONE_COMMIT,
    ONE_AFTER_ANOTHER,
    IN_A_TRANSACTION;

    void delete(Database database, Keyspace keyspace, Shape shape, int count) {
      switch (this) {
        case ONE_COMMIT -> {
          WriteBatch batch = new WriteBatch();
          for (int i = 0; i < count; i++) {
            batch.deleteRange(keyspace, shape.range(i, count));
          }
          database.write(batch, Durability.LOGGED);
        }
        case ONE_AFTER_ANOTHER -> {
          for (int i = 0; i < count; i++) {
            database.write(
                new WriteBatch().deleteRange(keyspace, shape.range(i, count)), Durability.LOGGED);
          }
        }
        case IN_A_TRANSACTION -> {
          try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
            for (int i = 0; i < count; i++) {
              transaction.deleteRange(keyspace, shape.range(i, count));
            }
            transaction.commit();
          }
        }
      }
    }
  }

  private static void fill(Database database, Keyspace keyspace) {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < KEYS; i++) {
      batch.put(keyspace, key(i), key(i));
    }
    database.write(batch, Durability.LOGGED);
  }

  private static List<Integer> keys(Keyspace keyspace, @Nullable Snapshot snapshot) {
    List<Integer> found = new ArrayList<>();
    try (Scan scan =
        snapshot == null ? keyspace.scan(Range.all()) : keyspace.scan(Range.all(), snapshot)) {
      while (scan.next()) {
        found.add(ByteBuffer.wrap(scan.key()).getInt());
      }
    }
    return found;
  }

  private static List<Integer> left(Shape shape, int count) {
    List<Integer> left = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      boolean deleted = false;
      for (int i = 0; i < count; i++) {
        deleted |= shape.range(i, count).keys().contains(key(key));
      }
      if (!deleted) {
        left.add(key);
      }
    }
    return left;
  }

  /// The same is deleted in memory, after a replay, and in runs; a snapshot from before sees everything.
  @ParameterizedTest
  @EnumSource(Shape.class)
  void theSameIsDeletedWhateverBecomesOfThem(Shape shape) {
    int count = 1_500;
    List<Integer> expected = left(shape, count);
    for (Way way : Way.values()) {
      Machine running = Machine.empty();
      Machine after;
      try (Database database = running.open(OPTIONS)) {
        Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
        fill(database, keyspace);
        try (Snapshot before = database.snapshot()) {
          way.delete(database, keyspace, shape, count);
          assertThat(keys(keyspace, null)).isEqualTo(expected);
          assertThat(keys(keyspace, before)).hasSize(KEYS);
          after = running.kill();
          keyspace.flush();
          assertThat(keys(keyspace, null)).isEqualTo(expected);
          assertThat(keys(keyspace, before)).hasSize(KEYS);
        }
        keyspace.compact();
        assertThat(keys(keyspace, null)).isEqualTo(expected);
        assertThat(database.checkIntegrity().faults()).isEmpty();
      }
      try (Database database = after.open(OPTIONS)) {
        assertThat(keys(database.keyspace("k", KeyspaceOptions.defaults()), null))
            .isEqualTo(expected);
      }
    }
  }

  /// Memtables are full of range deletions as they are of entries, and what is held is what is charged.
  @Test
  void rangesCountTowardsAFullMemtable() {
    try (Database database = machine.open(OPTIONS.withMemtables(MIB, 4))) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      Way.ONE_AFTER_ANOTHER.delete(database, keyspace, Shape.SIDE_BY_SIDE, 10_000);
      assertThat(database.stats().flushes()).isBetween(3L, 40L);
      assertThat(keyspace.stats().memtableBytes()).isLessThan(2 * MIB);
    }
  }

  /// Puts and range deletions in turn, in one commit: what comes later counts.
  @Test
  void putsAndRangesInOneBatch() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      Keyspace other = database.keyspace("other", KeyspaceOptions.defaults());
      TreeMap<Integer, Integer> expected = new TreeMap<>();
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 30_000; i++) {
        int at = random.nextInt(10_000);
        if (i % 3 == 2) {
          batch.deleteRange(keyspace, Range.between(key(at), key(at + 20)));
          expected.subMap(at, at + 20).clear();
        } else {
          batch.put(keyspace, key(at), key(i));
          batch.put(other, key(at), key(i));
          expected.put(at, i);
        }
      }
      database.write(batch, Durability.LOGGED);
      TreeMap<Integer, Integer> found = new TreeMap<>();
      collect(keyspace, (key, value) -> found.put(key, value));
      assertThat(found).isEqualTo(expected);
      assertThat(keys(other, null)).hasSizeGreaterThan(8_000);
    }
  }

  private static void collect(Keyspace keyspace, BiConsumer<Integer, Integer> entries) {
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        entries.accept(
            ByteBuffer.wrap(scan.key()).getInt(), ByteBuffer.wrap(scan.value()).getInt());
      }
    }
  }

  private static final KeyspaceOptions KEPT =
      KeyspaceOptions.defaults().withHistory(new History(Duration.ofDays(1), 100_000));

  /// Where every version can be read, a deletion stays in a run if it hides something that no other one hides: as many versions as
  /// deletions and entries, and not pieces times versions.
  @ParameterizedTest
  @EnumSource(Shape.class)
  void historyKeepsTheDeletionsThatHideSomething(Shape shape) {
    int count = 1_500;
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("k", KEPT);
      fill(database, keyspace);
      TreeMap<Integer, Integer> now = new TreeMap<>();
      keys(keyspace, null).forEach(key -> now.put(key, key));
      TreeMap<Long, List<Integer>> then = new TreeMap<>();
      long entries = KEYS;
      for (int i = 0; i < count; i++) {
        KeyRange range = shape.range(i, count).keys();
        long version =
            database.write(
                new WriteBatch().deleteRange(keyspace, shape.range(i, count)), Durability.LOGGED);
        now.keySet().removeIf(key -> range.contains(key(key)));
        if (i % 10 == 5) {
          int put = random.nextInt(KEYS);
          version = keyspace.put(key(put), key(i), Durability.LOGGED);
          now.put(put, i);
          entries++;
        }
        if (i % 100 < 2) {
          then.put(version, List.copyOf(now.keySet()));
        }
      }
      long most = 4L * count + entries;
      for (boolean merged : new boolean[] {false, true}) {
        if (merged) {
          keyspace.compact();
        } else {
          keyspace.flush();
        }
        assertThat(versionsOfDeletionsInRuns(keyspace)).isLessThan(most);
        assertThat(keys(keyspace, null)).isEqualTo(List.copyOf(now.keySet()));
        then.forEach((version, expected) -> {
          try (Snapshot past = database.snapshotAt(version)) {
            assertThat(keys(keyspace, past)).as("%d", version).isEqualTo(expected);
          }
        });
      }
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
  }

  /// What lies under a range deletion over a key is older, and no block of it is looked into.
  @Test
  void nothingIsReadUnderADeletionOfARange() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace =
          database.keyspace("k", KeyspaceOptions.defaults().withCompression(Compression.LZ4));
      fill(database, keyspace);
      keyspace.compact();
      assertThat(looks(database, () -> keyspace.get(key(7)))).isPositive();
      database.write(
          new WriteBatch().deleteRange(keyspace, Range.between(key(5), key(9))), Durability.LOGGED);
      assertThat(looks(database, () -> assertThat(keyspace.get(key(7))).isNull())).isZero();
    }
  }

  private static long versionsOfDeletionsInRuns(Keyspace keyspace) {
    return keyspace.store().peek().runs().stream()
        .mapToLong(run -> versionsOfDeletions(run.run()))
        .sum();
  }

  private static long versionsOfDeletions(Run run) {
    try {
      return run.rangeTombstones().fragments().stream()
          .mapToLong(fragment -> fragment.versions().length)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A read of one of very many versions in a run looks into as many leaves as it takes to halve their number again and again.
  @Test
  void aReadOfManyVersionsInARunLooksIntoFewLeaves() {
    int versions = 30_000;
    try (Database database = machine.open(OPTIONS)) {
      // Each look into a leaf that is compressed asks the cache.
      Keyspace keyspace = database.keyspace("k", KEPT.withCompression(Compression.LZ4));
      long first = keyspace.put(key(2), key(0), Durability.LOGGED);
      for (int i = 1; i < versions; i++) {
        keyspace.put(key(2), key(i), Durability.LOGGED);
      }
      keyspace.put(key(3), key(3), Durability.LOGGED);
      keyspace.compact();
      long leaves = keyspace.stats().runBytes() / (4 << 10);
      assertThat(leaves).isGreaterThan(30);
      long most = 3L * (64 - Long.numberOfLeadingZeros(leaves)) + 6;
      for (int i = 0; i < 60; i++) {
        int number = i < 5 ? i : random.nextInt(versions);
        try (Snapshot past = database.snapshotAt(first + number)) {
          assertThat(looks(database, () -> keyspace.get(key(2), past))).isBetween(1L, most);
          for (Range range : List.of(Range.all(), Range.all().reversed())) {
            assertThat(
                    looks(
                        database,
                        () -> {
                          try (Scan scan = keyspace.scan(range, past)) {
                            assertThat(scan.next()).isTrue();
                            assertThat(scan.value()).isEqualTo(key(number));
                          }
                        }))
                .isBetween(1L, 2 * most);
          }
        }
      }
    }
  }

  private static long looks(Database database, Runnable read) {
    CacheStats before = database.stats().cache();
    read.run();
    CacheStats after = database.stats().cache();
    return after.hits() + after.misses() - before.hits() - before.misses();
  }

  /// In memory and in runs, forward and in reverse, a key that has very many versions is read at each of them.
  @Test
  void anyOfManyVersionsOfAKeyIsRead() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("k", KEPT);
      keyspace.put(key(1), key(1), Durability.LOGGED);
      long first = keyspace.put(key(2), key(0), Durability.LOGGED);
      for (int i = 1; i < 5_000; i++) {
        keyspace.put(key(2), key(i), Durability.LOGGED);
      }
      keyspace.put(key(3), key(3), Durability.LOGGED);
      assertEachIsRead(database, keyspace, first);
      keyspace.flush();
      assertEachIsRead(database, keyspace, first);
      keyspace.compact();
      assertEachIsRead(database, keyspace, first);
    }
  }

  private void assertEachIsRead(Database database, Keyspace keyspace, long first) {
    for (int i = 0; i < 300; i++) {
      int number = i < 40 ? i : random.nextInt(5_000);
      try (Snapshot past = database.snapshotAt(first + number)) {
        assertThat(keyspace.get(key(2), past)).isEqualTo(key(number));
        assertScanShows(keyspace.scan(Range.all(), past), number, 1, 2);
        assertScanShows(keyspace.scan(Range.all().reversed(), past), number, 2, 1);
      }
    }
    try (Snapshot past = database.snapshotAt(first - 1)) {
      assertThat(keyspace.get(key(2), past)).isNull();
      assertScanShows(keyspace.scan(Range.all(), past), 0, 1);
      assertScanShows(keyspace.scan(Range.all().reversed(), past), 0, 1);
    }
    assertScanShows(keyspace.scan(Range.all()), 4_999, 1, 2, 3);
    assertScanShows(keyspace.scan(Range.all().reversed()), 4_999, 3, 2, 1);
  }

  private static void assertScanShows(Scan opened, int ofTwo, int... keys) {
    try (Scan scan = opened) {
      for (int key : keys) {
        assertThat(scan.next()).isTrue();
        assertThat(scan.key()).isEqualTo(key(key));
        assertThat(scan.value()).isEqualTo(key(key == 2 ? ofTwo : key));
      }
      assertThat(scan.next()).isFalse();
    }
  }
}
