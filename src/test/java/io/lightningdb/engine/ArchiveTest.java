package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.ArchiveCheck;
import io.lightningdb.engine.backup.ArchiveRange;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.KeySpan;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A backup and the archived log together restore to any version and time.
class ArchiveTest {
  private static final DatabaseOptions OPTIONS = Variant.TINY.withArchivedLogBytesMax(64L << 20);
  private static final byte[] KEY = {7};

  private final Machine machine = Machine.empty();
  private final SimulatedStorage storage = new SimulatedStorage();
  private final BackupTarget target = new DirectoryTarget(storage);

  private Machine restored(@Nullable BackupEntry from, Goal goal) throws IOException {
    BackupEntry base = from == null ? new Catalogue(target).baseFor(goal) : from;
    SimulatedStorage directory = new SimulatedStorage();
    new Restore(target, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(base.id(), goal);
    return new Machine(directory, machine.clock(), new CallerWorkers(), 77);
  }

  private static Kind kind(BackupException failure) {
    return failure.kind();
  }

  private void assertUnreachable(@Nullable BackupEntry from, Goal goal, String why) {
    assertThatThrownBy(() -> restored(from, goal))
        .isInstanceOfSatisfying(
            BackupException.class, e -> assertThat(kind(e)).isEqualTo(Kind.NOT_REACHABLE))
        .hasMessageContaining(why);
  }

  /// A history of commits, flushes and merges, archived every few steps, and backed up now and then.
  @Test
  void anyVersionBehindABackupIsRestored() throws IOException {
    long seed = Seeds.one();
    Seeds.print(ArchiveTest.class, seed, "versions of a random history");
    Oracle oracle = new Oracle(new Model());
    Variant variant = new Variant("archived", OPTIONS, Variant.changing().keyspaces());
    SplittableRandom random = new SplittableRandom(seed);
    List<BackupEntry> backups = new ArrayList<>();
    try (Session session = new Session(machine, variant, oracle)) {
      for (String name : Workload.KEYSPACES) {
        session.run(List.of(new Step.Configure(name, 0)));
      }
      LogArchiver archiver = session.database().archiveTo(target);
      for (Step step : Workload.mixed(seed, 400)) {
        if (!(step instanceof Step.Drop)
            && !(step instanceof Step.JumpClock)
            && !(step instanceof Step.Reopen)) {
          session.run(List.of(step));
        }
        if (random.nextInt(15) == 0) {
          archiver.run();
        }
        if (backups.isEmpty() || random.nextInt(120) == 0) {
          backups.add(session.database().backup(target, BackupRequest.full()));
        }
      }
    }
    // The end of the session has archived the rest.
    long newest = oracle.model().version();
    int restored = 0;
    for (long version = backups.getFirst().version();
        version <= newest;
        version += 1 + random.nextInt((int) Math.max(1, newest / 12))) {
      check(oracle.model(), backups.getFirst(), version);
      check(oracle.model(), null, version);
      restored++;
    }
    check(oracle.model(), null, newest);
    assertThat(restored).isGreaterThan(3);
  }

  private void check(Model model, @Nullable BackupEntry from, long version) throws IOException {
    try (Database database = restored(from, new Goal.ToVersion(version)).open(Variant.TINY)) {
      assertThat(database.visibleVersion()).isEqualTo(version);
      assertThat(database.checkIntegrity().faults()).isEmpty();
      long now;
      try (Snapshot snapshot = database.snapshot()) {
        now = snapshot.instant().toEpochMilli();
      }
      for (String name : Workload.KEYSPACES) {
        Map<ByteBuffer, Long> wanted = new TreeMap<>();
        model
            .scan(name, KeySpan.all(), version, now)
            .forEach(e -> wanted.put(ByteBuffer.wrap(e.getKey()), e.getValue().version()));
        Map<ByteBuffer, Long> found = new TreeMap<>();
        try (Scan scan = database.keyspace(name).scan(Range.all())) {
          while (scan.next()) {
            found.put(ByteBuffer.wrap(scan.key()), scan.version());
          }
        }
        assertThat(found).as(name + " at version " + version).isEqualTo(wanted);
      }
    }
  }

  @Test
  void aPowerFailureTakesNothingThatWasArchived() throws IOException {
    for (long seed = 1; seed <= 10; seed++) {
      SimulatedStorage place = new SimulatedStorage();
      Machine first = Machine.on(new SimulatedStorage(), seed);
      BackupTarget archive = new DirectoryTarget(place);
      Database database = first.open(OPTIONS);
      BackupEntry backup = database.backup(archive, BackupRequest.full());
      LogArchiver archiver = database.archiveTo(archive);
      for (int i = 0; i < 60; i++) {
        put(database, i, i % 9 == 0 ? Durability.SYNCED : Durability.LOGGED);
        if (i % 7 == 0) {
          archiver.run();
        }
        if (i == 30) {
          database.keyspace("default").flush();
        }
      }
      Machine second = first.crash(seed);
      long newest;
      try (Database again = second.open(OPTIONS)) {
        assertThat(again.visibleVersion()).isGreaterThanOrEqualTo(archiver.lastVersion());
        LogArchiver next = again.archiveTo(archive);
        put(again, 1000, Durability.SYNCED);
        next.run();
        assertThat(next.gaps()).isZero();
        newest = again.visibleVersion();
      }
      SimulatedStorage directory = new SimulatedStorage();
      new Restore(archive, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
          .run(backup.id(), new Goal.ToVersion(newest));
      try (Database restored = Machine.on(directory, 5).open(Variant.TINY);
          Database live = second.kill().open(OPTIONS)) {
        assertThat(restored.keyspace("default").get(KEY))
            .isEqualTo(live.keyspace("default").get(KEY));
        assertThat(restored.visibleVersion()).isEqualTo(newest);
      }
    }
  }

  private static void put(Database database, int number, Durability durability) {
    byte[] value = new byte[3000];
    ByteBuffer.wrap(value).putInt(number);
    database.keyspace("default").put(KEY, value, durability);
  }

  private static int number(Database database) {
    byte[] value = Objects.requireNonNull(database.keyspace("default").get(KEY));
    return ByteBuffer.wrap(value).getInt();
  }

  @Test
  void aTargetThatFailsForTooLongLeavesAGapThatIsNamed() throws IOException {
    DatabaseOptions little = Variant.TINY.withArchivedLogBytesMax(512 << 10);
    BackupEntry before;
    BackupEntry after;
    long lastBefore;
    try (Database database = machine.open(little)) {
      LogArchiver archiver = database.archiveTo(target);
      before = database.backup(target, BackupRequest.full());
      put(database, 0, Durability.SYNCED);
      archiver.run();
      lastBefore = database.visibleVersion();
      storage.failAt(1, new Fault(Fault.Kind.EIO, Fault.Span.FROM_THEN_ON));
      for (int i = 1; i < 1000; i++) {
        put(database, i, Durability.LOGGED);
        if (i % 20 == 0) {
          database.keyspace("default").flush();
          assertThatThrownBy(archiver::run).isInstanceOf(IOException.class);
          // The bound, and what the log needs in any case.
          assertThat(database.stats().logBytes()).isLessThan((512 + 6 * 64) << 10);
        }
      }
      assertThat(archiver.lastVersion()).isEqualTo(lastBefore);
      storage.mend();
      archiver.run();
      assertThat(archiver.gaps()).isEqualTo(1);
      after = database.backup(target, BackupRequest.full());
      put(database, 5000, Durability.SYNCED);
      archiver.run();
      put(database, 5001, Durability.SYNCED);
    }
    try (Database reached = restored(null, new Goal.ToVersion(lastBefore)).open(Variant.TINY)) {
      assertThat(number(reached)).isZero();
    }
    String gap = "the archive lacks commits " + (lastBefore + 1) + " to ";
    assertUnreachable(before, new Goal.ToVersion(lastBefore + 1), gap);
    assertUnreachable(before, new Goal.ToVersion(after.version() + 1), gap);
    assertUnreachable(before, new Goal.ToTime(Long.MAX_VALUE / 2), gap);
    for (int i = 0; i <= 1; i++) {
      Goal goal = new Goal.ToVersion(after.version() + 1 + i);
      try (Database reached = restored(null, goal).open(Variant.TINY)) {
        assertThat(number(reached)).isEqualTo(5000 + i);
      }
    }
    assertUnreachable(null, new Goal.ToVersion(after.version() + 3), "");
  }

  /// When the archive is carried on behind a storage failure that was mended.
  enum CarriedOn {
    AT_ONCE,
    BEHIND_MORE_COMMITS,
    BY_THE_CLOSE,
    BY_THE_NEXT_LIFE,
    BEHIND_A_POWER_FAILURE
  }

  /// Makes the log fail and start anew, in which it loses what was not archived.
  private void failAndResume(Database database) {
    machine
        .storage()
        .failAt(machine.storage().operations() + 1, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
    assertThatThrownBy(() -> put(database, 3, Durability.SYNCED))
        .isInstanceOf(EngineException.ReadOnly.class);
    assertThat(database.resume()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(CarriedOn.class)
  void whatAResumeTakesOutOfTheLogIsAGapThatIsNamed(CarriedOn carriedOn) throws IOException {
    Database database = machine.open(OPTIONS);
    LogArchiver archiver = database.archiveTo(target);
    BackupEntry before = database.backup(target, BackupRequest.full());
    put(database, 0, Durability.SYNCED);
    archiver.run();
    long archived = database.visibleVersion();
    put(database, 1, Durability.SYNCED);
    put(database, 2, Durability.SYNCED);
    failAndResume(database);
    long resumed = database.visibleVersion();
    assertThat(resumed).isGreaterThanOrEqualTo(archived + 2);
    Machine then = machine;
    switch (carriedOn) {
      case AT_ONCE -> archiver.run();
      case BEHIND_MORE_COMMITS -> put(database, 4, Durability.SYNCED);
      case BY_THE_CLOSE -> database.close();
      case BY_THE_NEXT_LIFE -> then = machine.kill();
      case BEHIND_A_POWER_FAILURE -> then = machine.crash(3);
    }
    if (carriedOn.compareTo(CarriedOn.BY_THE_CLOSE) >= 0) {
      database = then.open(OPTIONS);
      archiver = database.archiveTo(target);
    }
    archiver.run();
    assertThat(archiver.gaps()).isEqualTo(1);
    assertThat(archiver.lastVersion()).isEqualTo(database.visibleVersion());
    BackupEntry after = database.backup(target, BackupRequest.full());
    put(database, 5000, Durability.SYNCED);
    database.close();

    ArchiveCheck.Result found =
        ArchiveCheck.run(target, new Catalogue(target).list().entries(), (_, _) -> {});
    assertThat(found.faults()).isEmpty();
    assertThat(found.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.first()).isEqualTo(archived + 1);
          assertThat(gap.last()).isEqualTo(resumed);
        });
    try (Database reached = restored(null, new Goal.ToVersion(archived)).open(Variant.TINY)) {
      assertThat(number(reached)).isZero();
    }
    String gap = "the archive lacks commits %d to %d".formatted(archived + 1, resumed);
    assertUnreachable(before, new Goal.ToVersion(archived + 1), gap);
    assertUnreachable(before, new Goal.ToVersion(after.version() + 1), gap);
    try (Database reached =
        restored(null, new Goal.ToVersion(after.version() + 1)).open(Variant.TINY)) {
      assertThat(number(reached)).isEqualTo(5000);
    }
  }

  @Test
  void aResumeLeavesNoGapWhereEverythingWasArchived() throws IOException {
    BackupEntry before;
    long newest;
    try (Database database = machine.open(OPTIONS)) {
      LogArchiver archiver = database.archiveTo(target);
      before = database.backup(target, BackupRequest.full());
      put(database, 1, Durability.SYNCED);
      archiver.run();
      Keyspace keyspace = database.keyspace("default");
      machine
          .storage()
          .failAt(machine.storage().operations() + 1, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
      assertThatThrownBy(keyspace::flush).isInstanceOf(EngineException.ReadOnly.class);
      assertThat(database.resume()).isTrue();
      put(database, 4, Durability.SYNCED);
      archiver.run();
      assertThat(archiver.gaps()).isZero();
      newest = database.visibleVersion();
    }
    try (Database reached = restored(before, new Goal.ToVersion(newest)).open(Variant.TINY)) {
      assertThat(number(reached)).isEqualTo(4);
    }
  }

  /// Wherever the disk fails: each commit behind the backup is in the archive or in a gap, and what is reachable is what was there.
  @Test
  void whateverFailsAndIsResumedNoHoleIsSilent() throws IOException {
    int resumed = 0;
    int gaps = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      SimulatedStorage place = new SimulatedStorage();
      BackupTarget archive = new DirectoryTarget(place);
      Machine ill = Machine.on(new SimulatedStorage(), operation);
      BackupEntry backup;
      Map<Long, Integer> numbers = new TreeMap<>();
      try (Database database = ill.open(OPTIONS)) {
        backup = database.backup(archive, BackupRequest.full());
        LogArchiver archiver = database.archiveTo(archive);
        put(database, 0, Durability.SYNCED);
        archiver.run();
        ill.storage()
            .failAt(
                ill.storage().operations() + operation, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
        for (int i = 1; i <= 12; i++) {
          try {
            put(database, i, Durability.SYNCED);
            if (i % 5 == 0) {
              database.keyspace("default").flush();
            }
          } catch (EngineException.ReadOnly _) {
            resumed += database.resume() ? 1 : 0;
          }
          numbers.put(database.visibleVersion(), number(database));
          if (i % 3 == 0) {
            runs(archiver);
          }
        }
        met = ill.storage().faultsInjected() > 0;
        ill.storage().mend();
        if (database.writeFailure().isPresent()) {
          assertThat(database.resume()).isTrue();
        }
        archiver.run();
        gaps += (int) archiver.gaps();
        assertThat(archiver.lastVersion()).isEqualTo(database.visibleVersion());
      }
      ArchiveCheck.Result found = ArchiveCheck.run(archive, List.of(backup), (_, _) -> {});
      assertThat(found.faults()).as("operation " + operation).isEmpty();
      long first =
          found.gaps().stream().mapToLong(ArchiveRange::first).min().orElse(Long.MAX_VALUE);
      for (var each : numbers.entrySet()) {
        SimulatedStorage directory = new SimulatedStorage();
        Restore restore =
            new Restore(archive, directory, new SplittableRandom(5), () -> false, (_, _) -> {});
        Goal goal = new Goal.ToVersion(each.getKey());
        if (each.getKey() < first) {
          restore.run(backup.id(), goal);
          try (Database reached = Machine.on(directory, 5).open(Variant.TINY)) {
            assertThat(number(reached)).as("operation " + operation).isEqualTo(each.getValue());
          }
        } else {
          assertThatThrownBy(() -> restore.run(backup.id(), goal))
              .hasMessageContaining("the archive lacks commit");
        }
      }
    }
    assertThat(resumed).isGreaterThan(10);
    assertThat(gaps).isPositive();
  }

  @Test
  void whatCannotBeArchivedAtTheEndWaitsInTheLog() throws IOException {
    Database database = machine.open(OPTIONS);
    database.backup(target, BackupRequest.full());
    database.archiveTo(target);
    put(database, 1, Durability.LOGGED);
    storage.failAt(1, new Fault(Fault.Kind.EIO, Fault.Span.FROM_THEN_ON));
    database.close();
    storage.mend();
    long newest;
    try (Database again = machine.open(OPTIONS)) {
      assertThat(number(again)).isEqualTo(1);
      newest = again.visibleVersion();
      LogArchiver archiver = again.archiveTo(target);
      archiver.run();
      assertThat(archiver.gaps()).isZero();
      assertThat(archiver.lastVersion()).isEqualTo(newest);
    }
    assertThat(machine.storage().contents().keySet()).noneMatch(name -> name.startsWith("log-"));
    try (Database reached = restored(null, new Goal.ToVersion(newest)).open(Variant.TINY)) {
      assertThat(number(reached)).isEqualTo(1);
    }
  }

  @Test
  void aTimeIsRestored() throws IOException {
    long start;
    try (Database database = machine.open(OPTIONS)) {
      database.backup(target, BackupRequest.full());
      start = machine.clock().millis();
      LogArchiver archiver = database.archiveTo(target);
      for (int minute = 1; minute <= 10; minute++) {
        machine.pass(Duration.ofMinutes(1));
        put(database, minute, Durability.SYNCED);
        if (minute % 3 == 0) {
          archiver.run();
        }
      }
    }
    for (int minute : new int[] {1, 2, 3, 6, 7, 10}) {
      for (long later : new long[] {0, 30_000, 59_999}) {
        Goal goal = new Goal.ToTime(start + minute * 60_000L + later);
        try (Database reached = restored(null, goal).open(Variant.TINY)) {
          assertThat(number(reached)).isEqualTo(minute);
        }
      }
    }
    assertUnreachable(null, new Goal.ToTime(start - 1), "before the backup was taken");
  }

  @Test
  void keyspacesComeAndGoWithTheVersion() throws IOException {
    long made;
    long gone;
    try (Database database = machine.open(OPTIONS)) {
      database.backup(target, BackupRequest.full());
      LogArchiver archiver = database.archiveTo(target);
      Keyspace comes = database.keyspace("comes", KeyspaceOptions.defaults().withLeafBytes(1024));
      made = comes.put(KEY, KEY);
      archiver.run();
      gone = comes.put(KEY, new byte[] {1, 2});
      database.dropKeyspace("comes");
      Keyspace brief = database.keyspace("brief", KeyspaceOptions.defaults());
      brief.put(KEY, KEY);
      database.dropKeyspace("brief");
      put(database, 3, Durability.SYNCED);
    }
    try (Database reached = restored(null, new Goal.ToVersion(made)).open(Variant.TINY)) {
      assertThat(reached.keyspace("comes").get(KEY)).isEqualTo(KEY);
      assertThat(reached.keyspace("comes").options().leafBytes()).isEqualTo(1024);
    }
    try (Database reached = restored(null, new Goal.ToVersion(gone)).open(Variant.TINY)) {
      assertThat(reached.keyspace("comes").get(KEY)).isEqualTo(new byte[] {1, 2});
    }
    try (Database reached = restored(null, new Goal.ToVersion(gone + 2)).open(Variant.TINY)) {
      assertThat(reached.findKeyspace("comes")).isEmpty();
      assertThat(reached.findKeyspace("brief")).isEmpty();
      assertThat(number(reached)).isEqualTo(3);
      // New keyspaces get ids that no archived commit has.
      assertThat(reached.keyspace("new", KeyspaceOptions.defaults()).get(KEY)).isNull();
    }
  }

  @Test
  void everyDamagedPieceIsNamed() throws IOException {
    long newest;
    try (Database database = machine.open(OPTIONS)) {
      database.backup(target, BackupRequest.full());
      LogArchiver archiver = database.archiveTo(target);
      for (int i = 0; i < 4; i++) {
        database.keyspace("default").put(KEY, ("value " + i).getBytes(StandardCharsets.UTF_8));
        archiver.run();
      }
      newest = database.visibleVersion();
    }
    BackupEntry base = new Catalogue(target).baseFor(new Goal.ToVersion(newest));
    for (var object : storage.contents().entrySet()) {
      if (object.getKey().startsWith("archive-")) {
        for (int at = 0; at < object.getValue().length; at++) {
          byte[] damaged = object.getValue().clone();
          damaged[at] ^= (byte) (1 << (at % 8));
          Map<String, byte[]> contents = new TreeMap<>(storage.contents());
          contents.put(object.getKey(), damaged);
          BackupTarget hurt = new DirectoryTarget(SimulatedStorage.of(contents));
          Restore restore =
              new Restore(
                  hurt, new SimulatedStorage(), new SplittableRandom(1), () -> false, (_, _) -> {});
          assertThatThrownBy(() -> restore.run(base.id(), new Goal.ToVersion(newest)))
              .isInstanceOfSatisfying(
                  BackupException.class, e -> assertThat(kind(e)).isEqualTo(Kind.DAMAGED))
              .hasMessageContaining(object.getKey());
        }
      }
    }
  }

  @Test
  void aTargetThatFailsOnceLeavesNoTrace() throws IOException {
    boolean met = true;
    int failures = 0;
    for (long operation = 1; met; operation++) {
      SimulatedStorage place = new SimulatedStorage();
      BackupTarget archive = new DirectoryTarget(place);
      long newest;
      BackupEntry base;
      try (Database database = Machine.on(new SimulatedStorage(), operation).open(OPTIONS)) {
        base = database.backup(archive, BackupRequest.full());
        LogArchiver archiver = database.archiveTo(archive);
        place.failAt(place.operations() + operation, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
        for (int i = 0; i < 3; i++) {
          put(database, i, Durability.SYNCED);
          failures += runs(archiver) ? 0 : 1;
        }
        met = place.faultsInjected() > 0;
        place.mend();
        archiver.run();
        newest = database.visibleVersion();
        assertThat(archiver.gaps()).isZero();
        assertThat(archiver.lastVersion()).isEqualTo(newest);
      }
      SimulatedStorage directory = new SimulatedStorage();
      new Restore(archive, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
          .run(base.id(), new Goal.ToVersion(newest));
      try (Database reached = Machine.on(directory, 5).open(Variant.TINY)) {
        assertThat(number(reached)).isEqualTo(2);
      }
    }
    assertThat(failures).isGreaterThan(5);
  }

  private static boolean runs(LogArchiver archiver) {
    try {
      archiver.run();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void namesOfObjectsSayWhatIsInThem() throws IOException {
    try (Database database = machine.open(OPTIONS)) {
      LogArchiver archiver = database.archiveTo(target);
      put(database, 1, Durability.SYNCED);
      put(database, 2, Durability.SYNCED);
      archiver.run();
      archiver.run();
    }
    assertThat(storage.contents())
        .containsOnlyKeys("archive-00000000-0000000000000001-0000000000000002");
    assertThat(new ArchiveRange(0, 1, 2, false)).hasToString("commits 1 to 2");
  }
}
