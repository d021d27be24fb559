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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Others fill the disk to the last byte: reads go on, deletions give space back out of what was held for that, a start serves reads,
/// and all of it without an operator.
class FullDiskTest {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long RESERVE = MIB;
  private static final int ENTRIES = 4000;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(64 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 4)
          .withRunBytesTarget(64 * KIB)
          .withDiskReserveBytes(RESERVE);
  private static final long BALLAST = 192 * KIB;

  private Machine machine = Machine.empty();
  private final SplittableRandom random = new SplittableRandom(20259);
  private final TreeMap<Integer, byte[]> model = new TreeMap<>();

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private void put(Keyspace keyspace, int number) {
    byte[] value = new byte[1000];
    random.nextBytes(value);
    keyspace.put(key(number), value);
    model.put(number, value);
  }

  private Database openWithEntries() {
    return openWithEntries(OPTIONS);
  }

  private Database openWithEntries(DatabaseOptions options) {
    machine.storage().capacity(64 * MIB);
    Database database = machine.open(options);
    for (int number = 0; number < ENTRIES; number++) {
      put(database.keyspace("default"), number);
    }
    pass(2);
    return database;
  }

  private void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      machine.pass(Duration.ofSeconds(1));
    }
  }

  private void fillDisk() throws Exception {
    machine.storage().occupy(0);
    machine.storage().occupy(machine.storage().usableBytes());
    assertThat(machine.storage().usableBytes()).isZero();
  }

  private void check(Database database) {
    Keyspace keyspace = database.keyspace("default");
    int entries = 0;
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        entries++;
      }
    }
    assertThat(entries).isEqualTo(model.size());
    model.forEach((number, value) -> assertThat(keyspace.get(key(number))).isEqualTo(value));
  }

  @Test
  void holdsAStepOfAMergeAndLeavesTheReserveAsLargeAsItIs() {
    try (Database database = openWithEntries()) {
      DiskStats disk = database.stats().disk();
      assertThat(disk.ballastBytes()).isEqualTo(BALLAST);
      assertThat(disk.ballastBytesWanted()).isEqualTo(BALLAST);
      assertThat(disk.reserveBytes()).isEqualTo(RESERVE);
    }
    try (Database none = Machine.empty().open(OPTIONS.withDiskReserveBytes(0))) {
      assertThat(none.stats().disk().ballastBytesWanted()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10})
  void deletionsOneByOneGiveSpaceBackAtZeroBytesFree(int share) throws Exception {
    try (Database database = openWithEntries()) {
      Keyspace keyspace = database.keyspace("default");
      fillDisk();
      pass(1);
      assertThatThrownBy(() -> keyspace.put(key(0), new byte[1]))
          .isInstanceOf(EngineException.DiskReserveReached.class);
      long runBytes = database.stats().runBytes();

      for (int number = 0; number < ENTRIES; number++) {
        if (number % share != 0) {
          keyspace.delete(key(number));
          model.remove(number);
        }
        if (number % 100 == 0) {
          pass(1);
        }
      }
      pass(30);
      assertThat(database.stats().disk().reserveReached()).isFalse();
      // What it was not urgent for any more is merged when the keyspace is quiet.
      pass(100);

      assertThat(database.writeFailure()).isEmpty();
      assertThat(database.stats().runBytes()).isLessThan(runBytes / share * 6 / 5);
      assertThat(database.stats().disk().ballastBytes()).isEqualTo(BALLAST);
      put(keyspace, 0);
      check(database);
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
    machine = machine.kill();
    try (Database database = machine.open(OPTIONS)) {
      check(database);
    }
  }

  /// Also when others have been faster than the ballast: then as soon as there is a little space.
  @Test
  void goesOnByItselfWhenThereIsSpaceAgain() throws Exception {
    try (Database database = openWithEntries(OPTIONS.withWriteWaitMax(Duration.ZERO))) {
      Keyspace keyspace = database.keyspace("default");
      fillDisk();
      machine.storage().delete(FileFormat.BALLAST);
      fillDisk();
      int deleted = 0;
      while (deleted < ENTRIES && delete(keyspace, deleted)) {
        model.remove(deleted++);
      }
      assertThat(deleted).as("deletions that the log has space for").isBetween(100, ENTRIES - 1);
      pass(20);
      check(database);

      machine.storage().occupy(0);
      pass(61);

      assertThat(database.writeFailure()).isEmpty();
      put(keyspace, 1);
      check(database);
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  private static boolean delete(Keyspace keyspace, int number) {
    try {
      keyspace.delete(key(number));
      return true;
    } catch (EngineException.DiskReserveReached
        | EngineException.Overloaded
        | EngineException.ReadOnly _) {
      return false;
    }
  }

  @Test
  void startOnAFullDiskUsesWhatIsHeld() throws Exception {
    Database killed = openWithEntries();
    killed.keyspace("default").delete(key(1));
    model.remove(1);
    machine = machine.kill();
    machine.storage().capacity(64 * MIB);
    fillDisk();

    try (Database database = machine.open(OPTIONS)) {
      check(database);
      assertThat(database.writeFailure()).isEmpty();
      for (int number = 2; number < ENTRIES; number++) {
        database.keyspace("default").delete(key(number));
        model.remove(number);
      }
      pass(60);
      assertThat(database.stats().disk().reserveReached()).isFalse();
      put(database.keyspace("default"), 5);
      check(database);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void startOnAFullDiskServesReadsThoughNothingIsHeld(boolean stoppedCleanly) throws Exception {
    Database before = openWithEntries();
    if (stoppedCleanly) {
      before.close();
    }
    machine = machine.kill();
    machine.storage().delete(FileFormat.BALLAST);
    machine.storage().capacity(64 * MIB);
    machine.storage().create("run-00000000000fffff").close();
    fillDisk();

    try (Database database = machine.open(OPTIONS)) {
      check(database);
      assertThat(database.writeFailure()).isPresent();
      assertThatThrownBy(() -> database.keyspace("default").delete(key(1)))
          .isInstanceOf(EngineException.ReadOnly.class)
          .hasMessageContaining("No space left on device");
      pass(30);
      check(database);
      assertThat(database.checkIntegrity().isClean()).isTrue();
      machine = machine.kill();
    }
    machine.storage().capacity(64 * MIB);
    fillDisk();
    try (Database database = machine.open(OPTIONS)) {
      check(database);

      machine.storage().occupy(0);
      pass(61);

      assertThat(database.writeFailure()).isEmpty();
      put(database.keyspace("default"), 2);
      database.keyspace("default").delete(key(3));
      model.remove(3);
      check(database);
      machine = machine.crash(5);
    }
    try (Database database = machine.open(OPTIONS)) {
      check(database);
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  /// Where there is nothing yet, nothing can be read either: the opening fails, says for want of what, and succeeds once there is space.
  @ParameterizedTest
  @ValueSource(longs = {0, 40, 100})
  void aNewDirectoryTellsThatThereIsNoSpace(long bytes) {
    machine.storage().capacity(bytes);
    assertThatThrownBy(() -> machine.open(OPTIONS))
        .isInstanceOfSatisfying(
            EngineException.StorageFailed.class, failed -> assertThat(failed.isPassing()).isTrue())
        .hasMessageContaining("cannot open the database")
        .hasMessageContaining("No space left on device");
    machine.storage().capacity(64 * MIB);
    try (Database database = machine.open(OPTIONS)) {
      put(database.keyspace("default"), 1);
      check(database);
    }
  }
}
