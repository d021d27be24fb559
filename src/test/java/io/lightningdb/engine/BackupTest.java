package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupFile;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Histories;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Backups of a database in use restore to exactly one version of it.
class BackupTest {
  private static final int KEYS = 400;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @TempDir private Path elsewhere;

  @Test
  void aBackupAtAnyPointOfAHistoryRestoresToThatPoint() throws IOException {
    backUpAllAlong(Histories.eventful(), Variant.changing());
  }

  @Test
  void aBackupAtAnyPointOfARandomHistoryRestoresToThatPoint() throws IOException {
    long seed = Seeds.one();
    Seeds.print(BackupTest.class, seed, "random histories");
    for (Variant variant : Variant.all().subList(0, 4)) {
      List<Step> steps =
          Workload.mixed(seed, 250).stream()
              .filter(step -> !(step instanceof Step.JumpClock))
              .toList();
      backUpAllAlong(steps, variant);
    }
  }

  /// Makes a backup after every few steps, every third of them full, and restores each.
  private static void backUpAllAlong(List<Step> steps, Variant variant) throws IOException {
    Machine machine = Machine.empty();
    Oracle oracle = new Oracle(new Model());
    SimulatedStorage target = new SimulatedStorage();
    Optional<BackupEntry> last = Optional.empty();
    long inherited = 0;
    int stride = Math.max(2, steps.size() / 25);
    try (Session session = new Session(machine, variant, oracle)) {
      for (int i = 0; i < steps.size(); i++) {
        session.run(List.of(steps.get(i)));
        if (i % stride == 0) {
          BackupRequest request =
              last.isEmpty() || i % (3 * stride) == 0
                  ? BackupRequest.full()
                  : BackupRequest.incremental(last.get().id());
          BackupEntry entry = session.database().backup(new DirectoryTarget(target), request);
          assertThat(entry.version()).isEqualTo(oracle.model().version());
          inherited += entry.files().stream().filter(f -> !f.owner().equals(entry.id())).count();
          checkRestored(target, entry, machine, oracle);
          last = Optional.of(entry);
        }
      }
    }
    assertThat(inherited).as("files that incremental backups did not copy").isPositive();
  }

  private static void checkRestored(
      SimulatedStorage target, BackupEntry entry, Machine machine, Oracle oracle)
      throws IOException {
    SimulatedStorage directory = new SimulatedStorage();
    restore(new DirectoryTarget(target), entry.id(), directory);
    Machine other = new Machine(directory, machine.clock(), new CallerWorkers(), 77);
    try (Database restored = other.open(Variant.TINY)) {
      oracle.check(restored);
      assertThat(restored.keyspaces().stream().map(Keyspace::name).collect(Collectors.toSet()))
          .isEqualTo(oracle.model().keyspaces());
      assertThat(restored.checkIntegrity().faults()).isEmpty();
    }
  }

  static Restore.Restored restore(BackupTarget target, String id, SimulatedStorage directory)
      throws IOException {
    return new Restore(target, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(id);
  }

  /// What two writers wrote, by version.
  private static final class Written {
    private final Map<Long, byte[][]> commits = new ConcurrentHashMap<>();

    void add(long version, byte[][] keys) {
      commits.put(version, keys);
    }

    /// Version of the newest commit that wrote each key.
    Map<ByteBuffer, Long> at(long version) {
      Map<ByteBuffer, Long> state = new HashMap<>();
      for (var commit : new TreeMap<>(commits).headMap(version, true).entrySet()) {
        for (byte[] key : commit.getValue()) {
          state.put(ByteBuffer.wrap(key), commit.getKey());
        }
      }
      return state;
    }
  }

  @Test
  void backupsUnderFullWriteLoadRestoreToOneVersion() throws Exception {
    long seed = Seeds.one();
    Seeds.print(BackupTest.class, seed, "backups under load");
    Database database = databases.open(Variant.TINY);
    Keyspace one = database.keyspace("default");
    Keyspace two = database.keyspace("two", KeyspaceOptions.defaults().withLeafBytes(512));
    DirectoryTarget target = new DirectoryTarget(new DiskStorage(elsewhere));
    Written record = new Written();
    List<BackupEntry> entries = new ArrayList<>();
    new Crew()
        .worker(() -> write(database, one, two, record, seed))
        .worker(() -> write(database, one, two, record, seed + 1))
        .companion(() -> {
          one.flush();
          two.compact();
        })
        .companion(() -> {
          BackupRequest request =
              entries.size() % 4 == 0
                  ? BackupRequest.full()
                  : BackupRequest.incremental(entries.getLast().id());
          entries.add(database.backup(target, request));
        })
        .run();
    assertThat(database.stats().compactions()).isPositive();
    assertThat(entries).hasSizeGreaterThan(2);
    List<BackupEntry> some = some(entries, 6);
    for (BackupEntry entry : some) {
      Path directory = Files.createDirectory(elsewhere.resolve(entry.id()));
      new Restore(
              target,
              new DiskStorage(directory),
              new SplittableRandom(seed),
              () -> false,
              (_, _) -> {})
          .run(entry.id());
      try (Database restored = Database.open(directory, Variant.TINY)) {
        assertThat(restored.visibleVersion()).isEqualTo(entry.version());
        checkState(restored, record.at(entry.version()));
      }
    }
    System.out.printf("BackupTest: %d backups, %d restored%n", entries.size(), some.size());
  }

  private static List<BackupEntry> some(List<BackupEntry> all, int most) {
    int step = Math.max(1, all.size() / most);
    List<BackupEntry> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i += step) {
      some.add(all.get(i));
    }
    return some;
  }

  /// Each commit writes two keys to both keyspaces, with its version to be.
  private static void write(
      Database database, Keyspace one, Keyspace two, Written record, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2500 * Seeds.campaign(); i++) {
      byte[][] keys = {key(random.nextInt(KEYS)), key(random.nextInt(KEYS))};
      WriteBatch batch = new WriteBatch();
      for (byte[] key : keys) {
        byte[] value = new byte[60 + random.nextInt(200)];
        batch.put(one, key, value).put(two, key, value);
      }
      Durability durability = i % 50 == 0 ? Durability.SYNCED : Durability.LOGGED;
      record.add(database.write(batch, durability), keys);
    }
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static void checkState(Database restored, Map<ByteBuffer, Long> wanted) {
    for (String name : List.of("default", "two")) {
      Map<ByteBuffer, Long> found = new HashMap<>();
      try (Scan scan = restored.keyspace(name).scan(Range.all())) {
        while (scan.next()) {
          found.put(ByteBuffer.wrap(scan.key()), scan.version());
        }
      }
      assertThat(found).isEqualTo(wanted);
    }
  }

  @Test
  void whatARestoredDatabaseWritesIsToldFromItsEarlierLife() throws IOException {
    Machine machine = Machine.empty();
    SimulatedStorage target = new SimulatedStorage();
    SimulatedStorage second = new SimulatedStorage();
    DirectoryTarget backups = new DirectoryTarget(target);
    BackupEntry first;
    BackupEntry later;
    try (Database database = machine.open(Variant.TINY)) {
      fill(database, 1, 200);
      first = database.backup(backups, BackupRequest.full());
      fill(database, 2, 200);
      later = database.backup(backups, BackupRequest.incremental(first.id()));
    }
    restore(backups, first.id(), second);
    try (Database database = Machine.on(second, 9).open(Variant.TINY)) {
      fill(database, 3, 400);
      BackupEntry other = database.backup(backups, BackupRequest.incremental(later.id()));
      SimulatedStorage third = new SimulatedStorage();
      restore(backups, other.id(), third);
      try (Database restored = Machine.on(third, 10).open(Variant.TINY)) {
        assertThat(restored.keyspace("default").get(key(7))).startsWith((byte) 3);
      }
      checkDisjoint(other, later, first);
    }
  }

  /// Files that were written in two lives have different names.
  private static void checkDisjoint(BackupEntry other, BackupEntry later, BackupEntry shared) {
    for (BackupFile file : other.files()) {
      if (file.name().startsWith("run-") && later.file(file.name()).isPresent()) {
        assertThat(shared.file(file.name())).isPresent();
      }
    }
  }

  private static void fill(Database database, int mark, int keys) {
    byte[] value = new byte[300];
    value[0] = (byte) mark;
    for (int i = 0; i < keys; i++) {
      database.keyspace("default").put(key(i), value, Durability.LOGGED);
    }
    database.keyspace("default").flush();
  }

  @Test
  void aCancelledBackupIsNoneAndGoesOnWhereItStopped() throws IOException {
    Database database = databases.open(Variant.TINY);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 600; i++) {
      byte[] value = new byte[400];
      random.nextBytes(value);
      database.keyspace("default").put(key(i), value, Durability.LOGGED);
    }
    database.keyspace("default").flush();
    DirectoryTarget target = new DirectoryTarget(new DiskStorage(elsewhere));
    AtomicLong done = new AtomicLong();
    BackupRequest cancelled =
        BackupRequest.full().watchedBy(() -> done.get() > 60_000, (bytes, _) -> done.set(bytes));
    EngineException.BackupFailed failed = failure(database, target, cancelled);
    assertThat(failed.kind()).isEqualTo(Kind.CANCELLED);
    Catalogue catalogue = new Catalogue(target);
    assertThat(catalogue.list().entries()).isEmpty();
    assertThat(catalogue.unfinished()).containsExactly(failed.id());
    Map<String, Object> copied = objects();

    BackupEntry entry = database.backup(target, BackupRequest.full().resuming(failed.id()));
    assertThat(entry.id()).isEqualTo(failed.id());
    assertThat(catalogue.unfinished()).isEmpty();
    Map<String, Object> after = objects();
    assertThat(copied.keySet()).filteredOn(name -> name.contains("run-")).isNotEmpty();
    copied.keySet().stream()
        .filter(name -> name.contains("run-"))
        .forEach(name -> assertThat(after).containsEntry(name, copied.get(name)));
    assertThat(failure(database, target, BackupRequest.full().resuming(entry.id())).kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void anObjectOfAnEarlierAttemptThatIsNotRightIsCopiedAgain() throws IOException {
    Database database = databases.open(Variant.TINY);
    fill(database, 1, 600);
    DirectoryTarget target = new DirectoryTarget(new DiskStorage(elsewhere));
    AtomicLong done = new AtomicLong();
    BackupRequest cancelled =
        BackupRequest.full().watchedBy(() -> done.get() > 3_000, (bytes, _) -> done.set(bytes));
    EngineException.BackupFailed failed = failure(database, target, cancelled);
    Path object =
        objects().keySet().stream()
            .filter(name -> name.contains("run-"))
            .map(elsewhere::resolve)
            .findFirst()
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.write(object, bytes);
    BackupEntry entry = database.backup(target, BackupRequest.full().resuming(failed.id()));
    SimulatedStorage directory = new SimulatedStorage();
    restore(target, entry.id(), directory);
  }

  @Test
  void aRestoreIsCancelledWhileItVerifies() throws IOException {
    Database database = databases.open(Variant.TINY);
    fill(database, 1, 600);
    DirectoryTarget target = new DirectoryTarget(new SimulatedStorage());
    BackupEntry entry = database.backup(target, BackupRequest.full());
    SimulatedStorage directory = new SimulatedStorage();
    AtomicLong done = new AtomicLong();
    Restore restore =
        new Restore(
            target,
            directory,
            new SplittableRandom(5),
            () -> done.get() > entry.totalBytes(),
            (bytes, _) -> done.set(bytes));

    assertThatThrownBy(() -> restore.run(entry.id()))
        .isInstanceOfSatisfying(
            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));

    // All files are there and some were verified: it is no database until all were.
    assertThat(done.get()).isBetween(entry.totalBytes() + 1, 2 * entry.totalBytes() - 1);
    Machine other = Machine.on(directory, 9);
    assertThatThrownBy(() -> other.open(Variant.TINY))
        .isInstanceOf(EngineException.Corruption.class);
  }

  /// Names of the objects with what tells a file that was written anew.
  private Map<String, Object> objects() throws IOException {
    Map<String, Object> objects = new HashMap<>();
    try (var files = Files.newDirectoryStream(elsewhere)) {
      for (Path file : files) {
        objects.put(
            file.getFileName().toString(),
            String.valueOf(Files.readAttributes(file, "unix:ino,lastModifiedTime")));
      }
    }
    return objects;
  }

  private static EngineException.BackupFailed failure(
      Database database, BackupTarget target, BackupRequest request) {
    try {
      BackupEntry entry = database.backup(target, request);
      throw new AssertionError("backup " + entry.id() + " was made");
    } catch (EngineException.BackupFailed e) {
      return e;
    }
  }

  @Test
  void closingTheDatabaseStopsABackup() throws Exception {
    Database database = databases.open(Variant.TINY);
    fill(database, 1, 600);
    DirectoryTarget target = new DirectoryTarget(new DiskStorage(elsewhere));
    AtomicBoolean begun = new AtomicBoolean();
    AtomicBoolean stopped = new AtomicBoolean();
    new Crew()
        .worker(() -> {
          // So slow that it would take hours.
          BackupRequest slow =
              BackupRequest.full()
                  .withBytesPerSecondMax(1)
                  .watchedBy(() -> false, (_, _) -> begun.set(true));
          assertThatThrownBy(() -> database.backup(target, slow))
              .isInstanceOf(EngineException.BackupFailed.class);
          stopped.set(true);
        })
        .worker(() -> {
          while (!begun.get()) {
            Crew.letOthersGoOn();
          }
          assertThat(failure(database, target, BackupRequest.full()).kind()).isEqualTo(Kind.BUSY);
          database.close();
        })
        .run();
    assertThat(stopped).isTrue();
    assertThatThrownBy(() -> database.backup(target, BackupRequest.full()))
        .isInstanceOf(EngineException.Closed.class);
  }

  @Test
  void aTargetHoldsOneDatabase() throws IOException {
    DirectoryTarget target = new DirectoryTarget(new SimulatedStorage());
    try (Database one = Machine.on(new SimulatedStorage(), 1).open(Variant.TINY);
        Database other = Machine.on(new SimulatedStorage(), 2).open(Variant.TINY)) {
      one.backup(target, BackupRequest.full());
      assertThat(failure(other, target, BackupRequest.full()).kind())
          .isEqualTo(Kind.OTHER_DATABASE);
    }
  }

  @Test
  void aRestoreWantsAnEmptyDirectory() throws IOException {
    DirectoryTarget target = new DirectoryTarget(new SimulatedStorage());
    BackupEntry entry;
    try (Database database = Machine.empty().open(Variant.TINY)) {
      entry = database.backup(target, BackupRequest.full());
    }
    SimulatedStorage occupied = SimulatedStorage.of(Map.of("something", new byte[] {1}));
    assertThatThrownBy(() -> restore(target, entry.id(), occupied))
        .isInstanceOfSatisfying(
            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_EMPTY));
    assertThat(occupied.contents()).containsOnlyKeys("something");
    assertThatThrownBy(() -> restore(target, "20260101t000000z-00000000", new SimulatedStorage()))
        .isInstanceOfSatisfying(
            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
  }

  /// Damage of any byte of a run stops the backup, or it is of a byte without meaning and does not reach the copy.
  @Test
  void damageIsNeverCopied() throws IOException {
    long seed = Seeds.one();
    Seeds.print(BackupTest.class, seed, "damaged runs");
    Machine machine = Machine.empty();
    Database database = machine.open(Variant.TINY);
    fill(database, 1, 300);
    Map<String, byte[]> files = machine.kill().storage().contents();
    database.close();
    String run =
        files.keySet().stream().filter(n -> n.startsWith("run-")).findFirst().orElseThrow();
    byte[] sound = Objects.requireNonNull(files.get(run));
    long detected = 0;
    long harmless = 0;
    for (int at = (int) (seed % 41); at < sound.length; at += 41) {
      byte[] damaged = sound.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Map<String, byte[]> with = new TreeMap<>(files);
      with.put(run, damaged);
      SimulatedStorage target = new SimulatedStorage();
      try (Database hurt = Machine.on(SimulatedStorage.of(with), 3).open(Variant.TINY)) {
        hurt.backup(new DirectoryTarget(target), BackupRequest.full());
        harmless++;
        String object =
            target.contents().keySet().stream().filter(n -> n.endsWith(run)).findFirst().get();
        assertThat(Arrays.equals(target.contents().get(object), sound)).isTrue();
      } catch (EngineException.Corruption e) {
        detected++;
        assertThat(e.file()).isEqualTo(run);
        assertThat(new Catalogue(new DirectoryTarget(target)).list().entries()).isEmpty();
      }
    }
    System.out.printf("BackupTest: %d damages detected, %d harmless%n", detected, harmless);
    assertThat(detected).isGreaterThan(10 * harmless);
  }
}
