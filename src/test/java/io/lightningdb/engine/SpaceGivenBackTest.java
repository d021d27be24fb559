package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.testkit.Machine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever can be given back of the disk is, also without writes: because the disk is too full for them, or because there are none any
/// more.
class SpaceGivenBackTest {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long RESERVE = MIB;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int ENTRIES = 2000;

  /// Memtables so large that deletions alone would never fill one.
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(256 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * MIB, 4)
          .withRunBytesTarget(64 * KIB)
          .withDiskReserveBytes(RESERVE);

  private final Machine machine = Machine.empty();
  private final SplittableRandom random = new SplittableRandom(20257);

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] value(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return value;
  }

  private void putAll(Keyspace keyspace, int valueBytes) {
    put(keyspace, ENTRIES, valueBytes);
  }

  private void put(Keyspace keyspace, int entries, int valueBytes) {
    for (int number = 0; number < entries; number++) {
      keyspace.put(key(number), value(valueBytes));
    }
  }

  private void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      machine.pass(SECOND);
    }
  }

  /// Leaves so much of the disk to the engine, what it holds already included.
  private void leave(long bytes) throws Exception {
    machine.storage().occupy(0);
    byte[] ballast = machine.storage().contents().get(FileFormat.BALLAST);
    long held = ballast == null ? 0 : ballast.length;
    machine.storage().occupy(machine.storage().usableBytes() + held - bytes);
  }

  private static boolean isReached(Database database) {
    return database.stats().disk().reserveReached();
  }

  @Test
  void deletionsOneByOneEndTheReserveThatIsReached() throws Exception {
    machine.storage().capacity(64 * MIB);
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      putAll(keyspace, 1000);
      keyspace.compact();
      leave(RESERVE - KIB);
      pass(1);
      assertThat(isReached(database)).isTrue();

      for (int number = 0; number < ENTRIES; number += 2) {
        keyspace.delete(key(number));
      }
      pass(21);

      assertThat(isReached(database)).as("the reserve is reached").isFalse();
      keyspace.put(key(0), value(10));
      assertThat(database.stats().runBytes()).isLessThan(ENTRIES * 1100L / 2);
      assertThat(keyspace.get(key(1))).hasSize(1000);
      assertThat(keyspace.get(key(2))).isNull();
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  /// One deletion of two thousand is worth it when nothing more comes, and every second of a stream of them is not.
  @Test
  void deletionsThatTrickleAreGatheredWhileTheReserveIsReached() throws Exception {
    machine.storage().capacity(64 * MIB);
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      putAll(keyspace, 1000);
      keyspace.compact();
      leave(RESERVE / 2);
      pass(1);
      long flushes = database.stats().flushes();
      long merges = database.stats().compactions();

      for (int number = 0; number < 60; number++) {
        keyspace.delete(key(number));
        pass(1);
      }

      assertThat(database.stats().flushes() - flushes).as("flushes in a minute").isBetween(1L, 7L);
      assertThat(database.stats().compactions() - merges).as("steps of merges").isLessThan(10);
      pass(30);
      merges = database.stats().compactions();
      long runBytes = database.stats().runBytes();
      assertThat(runBytes).isLessThan((ENTRIES - 59) * 1100L);
      pass(120);
      assertThat(database.stats().compactions()).as("nothing is left to do").isEqualTo(merges);
    }
  }

  @Test
  void quietKeyspaceGivesBackWhatWasDeletedOneByOne() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      putAll(keyspace, 1000);
      keyspace.compact();
      for (int number = 0; number < ENTRIES / 2; number++) {
        keyspace.delete(key(number));
      }
      pass(50);
      assertThat(database.stats().runBytes()).as("not quiet yet").isGreaterThan(ENTRIES * 1000L);

      pass(30);

      assertThat(database.stats().runBytes()).isLessThan(ENTRIES * 1100L / 2);
      assertThat(database.stats().memtableBytes()).isLessThan(64 * KIB);
    }
  }

  @Test
  void quietKeyspaceGivesBackWhatWasReplacedOrHasExpired() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      putAll(keyspace, 1000);
      keyspace.flush();
      putAll(keyspace, 10);
      Keyspace expiring = database.keyspace("expiring", KeyspaceOptions.defaults());
      for (int number = 0; number < ENTRIES; number++) {
        Expiry expiry = Expiry.after(Duration.ofSeconds(number % 3 == 0 ? 30 : 3000));
        expiring.put(key(number), value(100), expiry, Durability.LOGGED);
      }
      expiring.compact();
      long expiringBytes = expiring.stats().runBytes();

      pass(90);

      assertThat(keyspace.stats().runBytes()).isLessThan(ENTRIES * 100L);
      assertThat(keyspace.get(key(7))).hasSize(10);
      assertThat(expiring.stats().runBytes()).isLessThan(expiringBytes * 3 / 4);
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  @Test
  void logThatSmallMemtablesHoldIsGivenBack() throws Exception {
    machine.storage().capacity(64 * MIB);
    try (Database database = machine.open(OPTIONS)) {
      Keyspace large = database.keyspace("default");
      Keyspace small = database.keyspace("small", KeyspaceOptions.defaults());
      small.put(key(1), value(10));
      put(large, ENTRIES / 2, 1000);
      large.flush();
      int held = database.stats().logSegments();
      assertThat(held).as("segments that one entry holds").isGreaterThan(3);

      leave(RESERVE / 2);
      pass(12);

      assertThat(database.stats().logSegments()).isEqualTo(1);
      machine.storage().occupy(0);
      pass(1);
      small.put(key(2), value(10));
      put(large, ENTRIES / 2, 1000);
      large.flush();
      pass(50);
      assertThat(database.stats().logSegments()).isGreaterThan(3);
      pass(30);
      assertThat(database.stats().logSegments()).as("after a quiet minute").isEqualTo(1);
    }
  }

  @Test
  void snapshotKeepsWhatItSeesAndNothingIsRewrittenForIt() throws Exception {
    machine.storage().capacity(64 * MIB);
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      putAll(keyspace, 1000);
      keyspace.compact();
      leave(RESERVE / 2);
      pass(1);
      try (Snapshot snapshot = database.snapshot()) {
        for (int number = 0; number < ENTRIES; number++) {
          keyspace.delete(key(number));
        }
        pass(30);
        long merges = database.stats().compactions();
        pass(60);
        assertThat(database.stats().compactions()).as("merges for nothing").isEqualTo(merges);
        assertThat(keyspace.get(key(5), snapshot)).hasSize(1000);
      }
      pass(21);
      assertThat(database.stats().runBytes()).isZero();
      assertThat(isReached(database)).isFalse();
    }
  }

  /// Memtables that nothing lies under, in the newest segment of the log, would free nothing.
  @Test
  void quietKeyspaceIsNotFlushedForNothing() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      keyspace.put(key(1), value(10));
      pass(300);
      assertThat(database.stats().flushes()).isZero();
      putAll(keyspace, 100);
      keyspace.compact();
      keyspace.put(key(1), value(10));
      long flushes = database.stats().flushes();
      pass(300);
      assertThat(database.stats().flushes()).as("one change of 2,000").isEqualTo(flushes);
    }
  }
}
