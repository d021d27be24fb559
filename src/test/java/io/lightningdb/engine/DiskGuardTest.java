package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.testkit.Machine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The disk fills, and is emptied again: writes of new data are refused before it is full, everything else goes on.
class DiskGuardTest {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long RESERVE = MIB;
  private static final long RESUME = RESERVE + RESERVE / 4;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MERGES_LOOK = Duration.ofSeconds(11);
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(64 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 4)
          .withRunBytesTarget(64 * KIB)
          .withDiskReserveBytes(RESERVE);

  private final Machine machine = Machine.empty();
  private final SplittableRandom random = new SplittableRandom(20251);

  /// What was acknowledged, by the number of the key.
  private final TreeMap<Integer, byte[]> model = new TreeMap<>();

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private boolean put(Keyspace keyspace, int number) {
    byte[] value = new byte[1000];
    random.nextBytes(value);
    try {
      keyspace.put(key(number), value);
      model.put(number, value);
      return true;
    } catch (EngineException.DiskReserveReached _) {
      return false;
    }
  }

  private int fill(Keyspace keyspace) {
    int number = model.isEmpty() ? 0 : model.lastKey() + 1;
    int first = number;
    while (put(keyspace, number)) {
      number++;
      assertThat(number).as("the guard never strikes").isLessThan(first + 100_000);
    }
    return number;
  }

  private void checkContents(Database database) {
    Keyspace keyspace = database.keyspace("default");
    model.forEach((number, value) ->
        assertThat(keyspace.get(key(number))).as("key " + number).isEqualTo(value));
    int entries = 0;
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        entries++;
      }
    }
    assertThat(entries).isEqualTo(model.size());
    assertThat(database.checkIntegrity().isClean()).isTrue();
  }

  private static void deleteRange(Database database, int from, int to) {
    Range range = Range.between(key(from), key(to));
    database.write(new WriteBatch().deleteRange(database.keyspace("default"), range));
  }

  private static boolean isReached(Database database) {
    return database.stats().disk().reserveReached();
  }

  /// Leaves so much of the disk to the engine, what it holds already included.
  private void leave(long bytes) throws Exception {
    machine.storage().occupy(0);
    machine.storage().occupy(availableBytes() - bytes);
    assertThat(availableBytes()).isEqualTo(Math.max(bytes, ballastBytes()));
  }

  private long ballastBytes() {
    byte[] ballast = machine.storage().contents().get(FileFormat.BALLAST);
    return ballast == null ? 0 : ballast.length;
  }

  private long availableBytes() throws Exception {
    return machine.storage().usableBytes() + ballastBytes();
  }

  @Test
  void fillsIsEmptiedAndTakesWritesAgainWithoutLosingAnything() throws Exception {
    machine.storage().capacity(8 * MIB);
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("default");
      assertThat(isReached(database)).isFalse();

      int end = fill(keyspace);

      assertThat(end).as("writes before the reserve").isGreaterThan(2000);
      assertThat(isReached(database)).isTrue();
      assertThat(database.writeFailure()).isEmpty();
      assertThat(availableBytes()).isBetween(RESERVE / 2, RESERVE);
      refusesWhatAddsDataAndNothingElse(database, end);
      checkContents(database);

      deleteRange(database, 0, end / 2);
      model.headMap(end / 2, false).clear();
      keyspace.compact();
      machine.pass(SECOND);

      assertThat(isReached(database)).isFalse();
      assertThat(put(keyspace, end)).isTrue();
      assertThat(fill(keyspace)).as("as much again").isGreaterThan(end + 1000);
      assertThat(database.writeFailure()).isEmpty();
      checkContents(database);
    }
    try (Database reopened = machine.open(SMALL)) {
      checkContents(reopened);
    }
  }

  private void refusesWhatAddsDataAndNothingElse(Database database, int end) {
    Keyspace keyspace = database.keyspace("default");
    WriteBatch both =
        new WriteBatch().delete(keyspace, key(0)).put(keyspace, key(end), new byte[1]);
    long version = database.visibleVersion();
    assertThatThrownBy(() -> database.write(both))
        .isInstanceOfSatisfying(
            EngineException.DiskReserveReached.class,
            refused -> {
              assertThat(refused.limit()).isEqualTo(RESUME);
              assertThat(refused.actual()).isBetween(RESERVE / 2, RESERVE);
            });
    assertThatThrownBy(() -> keyspace.put(key(0), new byte[0]))
        .isInstanceOf(EngineException.DiskReserveReached.class);
    assertThat(database.visibleVersion()).isEqualTo(version);
    assertThat(database.stats().disk().writesRefused()).isEqualTo(3);

    keyspace.delete(key(1));
    deleteRange(database, 2, 4);
    keyspace.flush();
    model.subMap(1, 4).clear();
  }

  /// What was acknowledged must find room when it is flushed, however small the reserve is.
  @Test
  void whatMemtablesHoldIsKeptFreeToo() throws Exception {
    machine.storage().capacity(64 * MIB);
    DatabaseOptions roomy =
        SMALL.withLog(256 * KIB, Duration.ofMillis(100)).withMemtables(2 * MIB, 4);
    try (Database database = machine.open(roomy)) {
      Keyspace keyspace = database.keyspace("default");
      leave(RESERVE + RESERVE / 2);
      machine.pass(SECOND);
      assertThat(isReached(database)).isFalse();
      machine.storage().occupy(0);
      for (int i = 0; i < 1500; i++) {
        assertThat(put(keyspace, i)).isTrue();
      }
      assertThat(database.stats().flushes()).isZero();

      leave(RESERVE + RESERVE / 2);
      machine.pass(SECOND);

      assertThat(isReached(database)).isTrue();
      assertThat(put(keyspace, 1500)).isFalse();
      assertThat(database.stats().disk().resumeBytes()).isGreaterThan(1500 * KIB + RESERVE / 4);
      keyspace.flush();
      leave(RESUME);
      machine.pass(SECOND);
      assertThat(isReached(database)).isFalse();
      assertThat(put(keyspace, 1500)).isTrue();
      checkContents(database);
    }
  }

  @Test
  void powerFailsWhileTheReserveIsReached() {
    machine.storage().capacity(6 * MIB);
    Database database = machine.open(SMALL);
    int end = fill(database.keyspace("default"));
    database.keyspace("default").delete(key(end - 1));
    model.remove(end - 1);
    for (int seed = 1; seed <= 5; seed++) {
      Machine after = machine.crash(seed);
      try (Database recovered = after.open(SMALL)) {
        checkContents(recovered);
      }
    }
  }

  @Test
  void answerDoesNotChangeBetweenTheReserveAndAQuarterMore() throws Exception {
    machine.storage().capacity(16 * MIB);
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("default");
      for (int round = 0; round < 3; round++) {
        for (long open : new long[] {RESERVE, RESUME - 1, RESERVE, RESUME, RESERVE}) {
          leave(open);
          machine.pass(SECOND);
          assertThat(isReached(database)).as(open + " bytes free").isFalse();
        }
        for (long reached : new long[] {RESERVE - 1, RESERVE, RESUME - 1, 0, RESUME - 1}) {
          leave(reached);
          machine.pass(SECOND);
          assertThat(isReached(database)).as(reached + " bytes free").isTrue();
          assertThat(put(keyspace, 1)).isFalse();
        }
        leave(RESUME);
        machine.pass(SECOND);
        assertThat(put(keyspace, round)).isTrue();
      }
    }
  }

  @Test
  void looksOnceASecondAndAtTheStart() throws Exception {
    machine.storage().capacity(16 * MIB);
    leave(RESERVE - 1);
    try (Database database = machine.open(SMALL)) {
      assertThat(isReached(database)).isTrue();
      machine.storage().occupy(0);
      assertThat(isReached(database)).as("not looked yet").isTrue();
      machine.pass(SECOND);
      assertThat(isReached(database)).isFalse();
    }
  }

  @Test
  void lastAnswerStandsWhileTheFileSystemDoesNotTell() throws Exception {
    machine.storage().capacity(16 * MIB);
    machine.storage().tellUsableBytes(false);
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("default");
      assertThat(database.stats().disk().usableBytes()).isEqualTo(-1);
      assertThat(put(keyspace, 1)).isTrue();
      keyspace.compact();
      machine.storage().tellUsableBytes(true);
      leave(RESERVE - 1);
      machine.pass(SECOND);
      machine.storage().tellUsableBytes(false);
      machine.storage().occupy(0);
      machine.pass(SECOND);
      assertThat(put(keyspace, 2)).isFalse();
    }
  }

  @Test
  void mergesWaitUntilTheyHaveRoomAndThenGoOn() throws Exception {
    machine.storage().capacity(16 * MIB);
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("default");
      for (int row = 0; row < 3; row++) {
        for (int number = 0; number < 40; number++) {
          put(keyspace, number);
        }
        keyspace.flush();
      }
      leave(20 * KIB);
      assertThatThrownBy(keyspace::compact)
          .isInstanceOfSatisfying(
              EngineException.DiskReserveReached.class,
              refused -> assertThat(refused.limit()).isEqualTo(192 * KIB / 8));
      keyspace.delete(key(0));
      model.remove(0);
      machine.pass(MERGES_LOOK);
      assertThat(database.stats().compactions()).isZero();
      assertThat(database.writeFailure()).isEmpty();
      checkContents(database);

      leave(400 * KIB);
      keyspace.compact();
      assertThat(database.stats().compactions()).isPositive();
      checkContents(database);
    }
  }

  @Test
  void reserveOfZeroKeepsNothing() throws Exception {
    machine.storage().capacity(16 * MIB);
    try (Database database = machine.open(SMALL.withDiskReserveBytes(0))) {
      leave(200 * KIB);
      machine.pass(SECOND);
      assertThat(put(database.keyspace("default"), 1)).isTrue();
      assertThat(isReached(database)).isFalse();
    }
  }

  @Test
  void reserveIsRaisedToWhatTheLogAndAMergeNeed() {
    try (Database database = machine.open(SMALL.withDiskReserveBytes(1))) {
      assertThat(database.stats().disk().reserveBytes()).isEqualTo(256 * KIB);
      assertThat(database.stats().disk().resumeBytes()).isEqualTo(320 * KIB);
    }
  }
}
