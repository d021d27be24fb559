package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Time goes on over a restart as it does while running: where the clock was set back a little, it stands still, and nothing that had
/// expired comes back.
class RestartClockTest {
  private static final DatabaseOptions OPTIONS = Variant.TINY.withArchivedLogBytesMax(64L << 20);
  private static final byte[] GONE = "gone".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LASTING = "lasting".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final BackupTarget target = new DirectoryTarget(new SimulatedStorage());

  /// How the database comes to the next process.
  enum Restart {
    CLEAN_STOP,
    CLEAN_STOP_TWICE,
    KILL,
    KILL_BEHIND_A_FLUSH,
    POWER_FAILURE,
    RESTORE,
    RESTORE_WITH_ARCHIVE
  }

  static List<Arguments> restarts() {
    List<Arguments> all = new ArrayList<>();
    for (Restart restart : Restart.values()) {
      for (int minutes : new int[] {10, 59, 120}) {
        all.add(Arguments.of(restart, Duration.ofMinutes(minutes)));
      }
    }
    return all;
  }

  private static void put(Database database, byte[] key, Duration ttl) {
    database.keyspace("default").put(key, new byte[3], Expiry.after(ttl), Durability.SYNCED);
  }

  private static long now(Database database) {
    try (Snapshot snapshot = database.snapshot()) {
      return snapshot.instant().toEpochMilli();
    }
  }

  private static boolean has(Database database, byte[] key) {
    return database.keyspace("default").get(key) != null;
  }

  @ParameterizedTest
  @MethodSource("restarts")
  void timeGoesOnOverARestart(Restart restart, Duration setBack) throws IOException {
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS);
    LogArchiver archiver = database.archiveTo(target);
    put(database, GONE, MINUTE);
    put(database, LASTING, Duration.ofMinutes(200));
    if (restart == Restart.KILL_BEHIND_A_FLUSH) {
      database.keyspace("default").flush();
    }
    // Long after the last commit, and for longer than a moment of the log is old.
    for (int i = 0; i < 30; i++) {
      machine.pass(Duration.ofSeconds(11));
    }
    assertThat(has(database, GONE)).isFalse();
    long before = now(database);

    Machine next = restart(machine, database, archiver, restart, setBack);
    try (Database again = next.open(OPTIONS)) {
      if (setBack.compareTo(SteadyClock.STEP_BACK_MAX) > 0) {
        assertThat(now(again)).as("a greater step is followed").isEqualTo(next.clock().millis());
        return;
      }
      assertThat(now(again)).isEqualTo(before);
      assertThat(has(again, GONE)).isFalse();
      assertThat(has(again, LASTING)).isTrue();
      put(again, NEW, MINUTE);
      next.pass(setBack);
      assertThat(now(again)).as("the clock has caught up").isEqualTo(next.clock().millis());
      assertThat(has(again, GONE)).isFalse();
      assertThat(has(again, NEW)).isTrue();
      next.pass(MINUTE);
      assertThat(has(again, NEW)).isFalse();
      assertThat(has(again, LASTING)).isTrue();
    }
  }

  private Machine restart(
      Machine machine, Database database, LogArchiver archiver, Restart restart, Duration setBack)
      throws IOException {
    return switch (restart) {
      case CLEAN_STOP -> {
        database.close();
        yield setBack(machine, setBack);
      }
      case CLEAN_STOP_TWICE -> {
        database.close();
        Machine back = setBack(machine, setBack);
        back.open(OPTIONS).close();
        yield back;
      }
      case KILL, KILL_BEHIND_A_FLUSH -> setBack(machine.kill(), setBack);
      case POWER_FAILURE -> setBack(machine.crash(3), setBack);
      case RESTORE -> {
        BackupEntry backup = database.backup(target, BackupRequest.full());
        yield setBack(restored(machine, backup, new Goal.Backup()), setBack);
      }
      case RESTORE_WITH_ARCHIVE -> {
        BackupEntry backup = database.backup(target, BackupRequest.full());
        database.keyspace("default").put(NEW, NEW, Durability.SYNCED);
        archiver.run();
        Goal goal = new Goal.ToVersion(database.visibleVersion());
        yield setBack(restored(machine, backup, goal), setBack);
      }
    };
  }

  private static Machine setBack(Machine machine, Duration by) {
    machine.clock().jump(by.negated());
    return machine;
  }

  private Machine restored(Machine machine, BackupEntry backup, Goal goal) throws IOException {
    SimulatedStorage directory = new SimulatedStorage();
    new Restore(target, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(backup.id(), goal);
    return new Machine(directory, machine.clock(), new CallerWorkers(), 77);
  }

  /// Without any commit, and however the process ends, what had expired a second and a sync-interval before stays gone.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatExpiredASecondBeforeStaysGone(boolean powerFails) {
    Duration interval = OPTIONS.logSyncInterval();
    for (int ago = 0; ago < 12; ago++) {
      Machine machine = Machine.empty();
      Database database = machine.open(OPTIONS);
      put(database, GONE, Duration.ofSeconds(5));
      for (Duration passed = Duration.ZERO;
          passed.compareTo(Duration.ofSeconds(6).plus(interval.multipliedBy(ago))) <= 0;
          passed = passed.plus(interval)) {
        machine.pass(interval);
      }
      assertThat(has(database, GONE)).isFalse();
      SimulatedStorage left = powerFails ? machine.storage().crash(ago) : machine.storage().kill();
      Machine next = new Machine(left, machine.clock(), new CallerWorkers(), 8);
      next.clock().jump(Duration.ofMinutes(-10));
      try (Database again = next.open(OPTIONS)) {
        assertThat(has(again, GONE)).as("%d intervals", ago).isFalse();
      }
    }
  }

  /// A clock that was far ahead and was set right, which the engine has followed, is not ahead again after a restart.
  @ParameterizedTest
  @MethodSource("kills")
  void aStepThatWasFollowedIsNotTakenBack(boolean killed, boolean written) {
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS);
    machine.clock().jump(Duration.ofHours(2));
    put(database, LASTING, Duration.ofDays(1));
    machine.clock().jump(Duration.ofHours(-2));
    if (written) {
      put(database, NEW, Duration.ofDays(1));
    }
    // Now the clock is less than an hour before the moment that was a mistake.
    for (int i = 0; i < 9; i++) {
      machine.pass(Duration.ofMinutes(10));
    }
    assertThat(now(database)).isEqualTo(machine.clock().millis());
    if (killed) {
      SimulatedStorage left = machine.storage().kill();
      machine = new Machine(left, machine.clock(), new CallerWorkers(), 4);
    } else {
      database.close();
    }
    try (Database again = machine.open(OPTIONS)) {
      assertThat(now(again)).isEqualTo(machine.clock().millis());
    }
  }

  static List<Arguments> kills() {
    return Arrays.asList(
        Arguments.of(true, true),
        Arguments.of(true, false),
        Arguments.of(false, true),
        Arguments.of(false, false));
  }
}
