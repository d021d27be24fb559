package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.repair.Loss;
import io.lightningdb.engine.repair.LossNotAcceptedException;
import io.lightningdb.engine.repair.OlderState;
import io.lightningdb.engine.repair.Remedy;
import io.lightningdb.engine.repair.Repair;
import io.lightningdb.engine.repair.RepairReport;
import io.lightningdb.engine.repair.RepairRequest;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Damaged runs are repaired without a loss where that is possible; else nothing is changed unless exactly this loss was accepted. Nothing out of
/// date is shown afterwards, and power may fail at any moment.
class RepairTest {
  private static final int KEYS = 400;
  private static final String NAME = "k";

  /// What the files below hold.
  private final NavigableMap<Integer, byte[]> model = new TreeMap<>();

  /// What keys held once.
  private final NavigableMap<Integer, byte[]> before = new TreeMap<>();

  private final SimulatedStorage backups = new SimulatedStorage();
  private final Map<String, byte[]> sound = sound();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] value(int number, int round) {
    byte[] value = new byte[60];
    new SplittableRandom(1000L * round + number).nextBytes(value);
    return value;
  }

  private void put(Keyspace keyspace, int number, int round) {
    keyspace.put(key(number), value(number, round), Durability.LOGGED);
    model.put(number, value(number, round));
  }

  /// Everything in one old run, and a newer run that changes and deletes some of it.
  private Map<String, byte[]> sound() {
    Machine machine = Machine.empty();
    DatabaseOptions options = Variant.TINY.withRunBytesTarget(1 << 20);
    try (Database database = machine.open(options)) {
      Keyspace keyspace =
          database.keyspace(
              NAME,
              KeyspaceOptions.defaults()
                  .withLayout(Layout.WRITE_OPTIMIZED)
                  .withLeafBytes(512)
                  .withCompression(Compression.NONE));
      for (int i = 0; i < KEYS; i++) {
        put(keyspace, i, 0);
      }
      keyspace.compact();
      before.putAll(model);
      for (int i = 0; i < KEYS; i += 3) {
        put(keyspace, i, 1);
      }
      // So few that they are not merged away.
      for (int i = 1; i < KEYS; i += 40) {
        keyspace.delete(key(i), Durability.LOGGED);
        model.remove(i);
      }
      database.write(new WriteBatch().deleteRange(keyspace, Range.between(key(30), key(40))));
      model.subMap(30, 40).clear();
      keyspace.flush();
      database.backup(new DirectoryTarget(backups), BackupRequest.full());
    }
    return machine.storage().contents();
  }

  private List<String> runs() {
    return sound.keySet().stream().filter(name -> name.startsWith("run-")).sorted().toList();
  }

  private byte[] file(String name) {
    return sound.getOrDefault(name, new byte[0]).clone();
  }

  private NavigableMap<String, byte[]> with(String name, byte @Nullable [] content) {
    NavigableMap<String, byte[]> files = new TreeMap<>(sound);
    if (content == null) {
      files.remove(name);
    } else {
      files.put(name, content);
    }
    return files;
  }

  private NavigableMap<String, byte[]> flipped(String name, int at) {
    byte[] content = file(name);
    content[at] ^= 0x20;
    return with(name, content);
  }

  private static RepairRequest request(
      @Nullable BackupTarget target, @Nullable String accepted, OlderState older) {
    return new RepairRequest(
        RepairRequest.Mode.REPAIR,
        Optional.ofNullable(target),
        Optional.ofNullable(accepted),
        older);
  }

  private static RepairReport repair(SimulatedStorage storage, RepairRequest request) {
    try {
      return new Repair(storage, request, (_, _) -> {}).run();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private DirectoryTarget target() {
    return new DirectoryTarget(SimulatedStorage.of(backups.contents()));
  }

  private static Set<Remedy.Kind> kinds(RepairReport report) {
    return report.remedies().stream().map(Remedy::kind).collect(Collectors.toSet());
  }

  /// Reads everything; what is lost may be absent, and nothing else may differ.
  private void check(SimulatedStorage storage, List<Loss> losses, OlderState older) {
    Machine machine = Machine.on(storage, 7);
    try (Database database = machine.open(Variant.TINY)) {
      Keyspace keyspace = database.findKeyspace(NAME).orElseThrow();
      for (int i = 0; i < KEYS; i++) {
        byte[] key = key(i);
        byte[] found = keyspace.get(key);
        byte[] due = model.get(i);
        boolean lost = losses.stream().anyMatch(loss -> loss.keys().contains(key));
        boolean stale = older == OlderState.SHOW && Arrays.equals(found, before.get(i));
        assertThat(Arrays.equals(found, due) || (lost && (found == null || stale)))
            .as("key %d, lost %s", i, lost)
            .isTrue();
      }
      assertThat(database.checkIntegrity().isClean()).isTrue();
      keyspace.compact();
      keyspace.put(key(KEYS), value(KEYS, 2));
      assertThat(keyspace.get(key(KEYS))).isEqualTo(value(KEYS, 2));
    }
  }

  private static Map<String, byte[]> withoutLock(Map<String, byte[]> files) {
    Map<String, byte[]> left = new TreeMap<>(files);
    left.remove("LOCK");
    return left;
  }

  private static void assertSame(Map<String, byte[]> files, Map<String, byte[]> expected) {
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    files.forEach((name, content) -> assertThat(content).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void everyKindOfDamageOfARunIsRepairedOutOfABackup() {
    for (String run : runs()) {
      byte[] content = file(run);
      byte[] zeroed = file(run);
      Arrays.fill(zeroed, 0, Math.min(4096, zeroed.length), (byte) 0);
      List<NavigableMap<String, byte[]>> damages =
          List.of(
              flipped(run, 10),
              flipped(run, content.length - 30),
              flipped(run, content.length / 2),
              with(run, zeroed),
              with(run, Arrays.copyOf(content, content.length / 2)),
              with(run, Arrays.copyOf(content, content.length + 7)),
              with(run, new byte[0]),
              with(run, null),
              with(run, file(runs().get(run.equals(runs().getFirst()) ? 1 : 0))));
      for (NavigableMap<String, byte[]> files : damages) {
        SimulatedStorage storage = SimulatedStorage.of(files);
        RepairReport report = repair(storage, request(target(), null, OlderState.REMOVE));
        assertThat(report.found()).isNotEmpty();
        assertThat(report.left()).isEmpty();
        assertThat(report.losses()).isEmpty();
        assertThat(kinds(report)).containsExactly(Remedy.Kind.BACKUP);
        assertThat(storage.contents().get(run)).isEqualTo(content);
        assertThat(repair(storage, request(target(), null, OlderState.REMOVE)).found()).isEmpty();
        check(storage, List.of(), OlderState.REMOVE);
      }
    }
  }

  @Test
  void aDamagedBackupIsOfNoUseAndReplacesNothing() {
    String run = runs().getFirst();
    Map<String, byte[]> objects = backups.contents();
    objects.keySet().stream()
        .filter(name -> name.endsWith(run))
        .toList()
        .forEach(name -> {
          byte[] content = objects.getOrDefault(name, new byte[0]).clone();
          content[content.length / 3] ^= 1;
          objects.put(name, content);
        });
    NavigableMap<String, byte[]> files = flipped(run, 10);
    SimulatedStorage storage = SimulatedStorage.of(files);
    RepairReport report =
        repair(
            storage,
            request(new DirectoryTarget(SimulatedStorage.of(objects)), null, OlderState.REMOVE));
    assertThat(report.left()).isNotEmpty();
    assertThat(kinds(report)).containsExactly(Remedy.Kind.LOSS);
    assertSame(withoutLock(storage.contents()), withoutLock(files));
  }

  /// Every place of a run without a backup: what is between nothing and all is lost, and only if it was accepted.
  @Test
  void withoutABackupNothingIsLostUnlessExactlyThisWasAccepted() throws IOException {
    long seed = Seeds.one();
    Seeds.print(RepairTest.class, seed, "flips repaired without a backup");
    Set<Remedy.Kind> seen = EnumSet.noneOf(Remedy.Kind.class);
    for (String run : runs()) {
      for (int at = (int) (seed % 397); at < file(run).length; at += 397) {
        NavigableMap<String, byte[]> files = flipped(run, at);
        for (OlderState older : OlderState.values()) {
          SimulatedStorage storage = SimulatedStorage.of(files);
          RepairReport report = repair(storage, request(null, null, older));
          seen.addAll(kinds(report));
          if (report.losses().isEmpty()) {
            assertThat(report.left()).as("%s at %d", run, at).isEmpty();
            check(storage, List.of(), older);
          } else {
            assertThat(report.left()).isNotEmpty();
            assertSame(withoutLock(storage.contents()), withoutLock(files));
            accept(storage, report, older);
          }
        }
      }
    }
    assertThat(seen).contains(Remedy.Kind.REWRITE, Remedy.Kind.LOSS);
  }

  private void accept(SimulatedStorage storage, RepairReport pending, OlderState older)
      throws IOException {
    assertThatThrownBy(
            () -> new Repair(storage, request(null, "00000000", older), (_, _) -> {}).run())
        .isInstanceOf(LossNotAcceptedException.class)
        .hasMessageContaining(pending.lossCode());
    RepairReport done = repair(storage, request(null, pending.lossCode(), older));
    assertThat(done.done()).isTrue();
    assertThat(done.losses()).isEqualTo(pending.losses());
    assertThat(done.left()).isEmpty();
    assertThat(repair(storage, request(null, null, older)).found()).isEmpty();
    check(storage, done.losses(), older);
  }

  @Test
  void aRunThatIsGoneTakesItsKeysWithItAndNothingOutOfDateComesBack() throws IOException {
    String newest = runs().getLast();
    SimulatedStorage storage = SimulatedStorage.of(with(newest, null));
    RepairReport pending = repair(storage, request(null, null, OlderState.REMOVE));
    assertThat(pending.losses()).isNotEmpty().allMatch(loss -> loss.olderFiles() == 1);
    accept(storage, pending, OlderState.REMOVE);
    Machine machine = Machine.on(SimulatedStorage.of(storage.contents()), 8);
    try (Database database = machine.open(Variant.TINY)) {
      Keyspace keyspace = database.findKeyspace(NAME).orElseThrow();
      assertThat(keyspace.get(key(3))).isNull();
      assertThat(keyspace.get(key(1))).isNull();
    }
    SimulatedStorage shown = SimulatedStorage.of(with(newest, null));
    accept(shown, repair(shown, request(null, null, OlderState.SHOW)), OlderState.SHOW);
    try (Database database =
        Machine.on(SimulatedStorage.of(shown.contents()), 8).open(Variant.TINY)) {
      Keyspace keyspace = database.findKeyspace(NAME).orElseThrow();
      assertThat(keyspace.get(key(3))).isEqualTo(value(3, 0));
    }
  }

  @Test
  void lookingChangesNothing() throws IOException {
    NavigableMap<String, byte[]> files = flipped(runs().getFirst(), 10);
    SimulatedStorage storage = SimulatedStorage.of(files);
    RepairRequest look =
        new RepairRequest(
            RepairRequest.Mode.LOOK, Optional.of(target()), Optional.empty(), OlderState.REMOVE);
    RepairReport report = new Repair(storage, look, (_, _) -> {}).run();
    assertThat(kinds(report)).containsExactly(Remedy.Kind.BACKUP);
    assertThat(report.done()).isFalse();
    assertSame(withoutLock(storage.contents()), withoutLock(files));
  }

  @Test
  void powerFailsAtEveryOperationOfARepair() {
    String run = runs().getFirst();
    int leaf = 10;
    int index = leaf;
    while (!kinds(
            repair(
                SimulatedStorage.of(flipped(run, index)), request(null, null, OlderState.REMOVE)))
        .contains(Remedy.Kind.REWRITE)) {
      index += 101;
    }
    crashAtEveryOperation(flipped(run, leaf), request(target(), null, OlderState.REMOVE));
    crashAtEveryOperation(flipped(run, index), request(null, null, OlderState.REMOVE));
    String code =
        repair(SimulatedStorage.of(flipped(run, leaf)), request(null, null, OlderState.REMOVE))
            .lossCode();
    assertThat(code).isNotEmpty();
    crashAtEveryOperation(flipped(run, leaf), request(null, code, OlderState.REMOVE));
  }

  private void crashAtEveryOperation(NavigableMap<String, byte[]> files, RepairRequest request) {
    boolean ended = false;
    for (long at = 1; !ended; at++) {
      assertThat(at).isLessThan(200);
      SimulatedStorage storage = SimulatedStorage.of(files);
      storage.crashAt(at);
      try {
        new Repair(storage, request, (_, _) -> {}).run();
        ended = true;
      } catch (IOException | RuntimeException e) {
        assertThat(storage.isDead()).as("nothing but the failure: " + e).isTrue();
      }
      for (long seed = 1; seed <= 3; seed++) {
        SimulatedStorage left = storage.crash(seed);
        RepairReport look = repair(left, request(null, null, OlderState.REMOVE));
        if (look.left().isEmpty()) {
          // Repaired before the failure, or now without a loss; the code of a loss that is no more
          // would be refused.
          check(left, everything(request), OlderState.REMOVE);
        } else {
          RepairReport again = repair(left, request);
          assertThat(again.left()).as("after a power failure at operation %d", at).isEmpty();
          check(left, again.losses(), OlderState.REMOVE);
        }
      }
    }
  }

  /// The losses of a repair that accepts them.
  private List<Loss> everything(RepairRequest request) {
    return request.acceptedLoss().isEmpty()
        ? List.of()
        : repair(
                SimulatedStorage.of(flipped(runs().getFirst(), 10)),
                request(null, null, OlderState.REMOVE))
            .losses();
  }

  @Test
  void whatTheLogStillHoldsIsReadFromThere() {
    Machine machine = Machine.empty();
    Database database = machine.open(Variant.TINY);
    Keyspace slow = database.keyspace("slow", KeyspaceOptions.defaults());
    Keyspace fast = database.keyspace(NAME, KeyspaceOptions.defaults());
    // Keeps the log, as it is in no run.
    slow.put(key(1), value(1, 5));
    for (int i = 0; i < 100; i++) {
      fast.put(key(i), value(i, 5));
    }
    fast.flush();
    SimulatedStorage killed = machine.storage().kill();
    String run =
        killed.contents().keySet().stream()
            .filter(name -> name.startsWith("run-"))
            .findFirst()
            .orElseThrow();
    Map<String, byte[]> files = killed.contents();
    byte[] content = files.getOrDefault(run, new byte[0]).clone();
    content[5] ^= 1;
    files.put(run, content);
    SimulatedStorage storage = SimulatedStorage.of(files);
    RepairReport report = repair(storage, request(null, null, OlderState.REMOVE));
    assertThat(kinds(report)).containsExactly(Remedy.Kind.LOG);
    assertThat(report.left()).isEmpty();
    try (Database repaired = Machine.on(storage, 9).open(Variant.TINY)) {
      Keyspace keyspace = repaired.findKeyspace(NAME).orElseThrow();
      for (int i = 0; i < 100; i++) {
        assertThat(keyspace.get(key(i))).isEqualTo(value(i, 5));
      }
      assertThat(repaired.checkIntegrity().isClean()).isTrue();
    }
  }

  @Test
  void aDamagedManifestIsNotForThis() {
    SimulatedStorage storage = SimulatedStorage.of(flipped("MANIFEST", 40));
    assertThatThrownBy(() ->
            new Repair(storage, request(target(), null, OlderState.REMOVE), (_, _) -> {}).run())
        .isInstanceOfSatisfying(
            CorruptionException.class, damage -> assertThat(damage.file()).isEqualTo("MANIFEST"));
  }
}
