package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Workers;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A damaged block takes away its own keys only: everything else is read, written, flushed and merged.
class QuarantineTest {
  private static final int KEYS = 1200;
  private static final String NAME = "k";

  // More than ten times what any task needs here.
  private static final int CLOCK_QUESTIONS_MAX = 10_000;

  private static final List<Layout> LAYOUTS = List.of(Layout.values());

  private static KeyspaceOptions options(Layout layout) {
    return KeyspaceOptions.defaults()
        .withLayout(layout)
        .withLeafBytes(512)
        .withCompression(Compression.NONE);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] value(int number, int round) {
    byte[] value = new byte[60];
    new SplittableRandom(1000L * round + number).nextBytes(value);
    return value;
  }

  private static Keyspace create(Database database, Layout layout) {
    return database.keyspace(NAME, options(layout));
  }

  private static void fill(Keyspace keyspace, int round) {
    for (int i = 0; i < KEYS; i++) {
      keyspace.put(key(i), value(i, round), Durability.LOGGED);
    }
    keyspace.flush();
  }

  /// The files of a database with one keyspace, all of it merged.
  private static Map<String, byte[]> merged(Layout layout) {
    Machine machine = Machine.empty();
    try (Database database = machine.open(Variant.TINY.withRunBytesTarget(1 << 20))) {
      Keyspace keyspace = create(database, layout);
      fill(keyspace, 0);
      keyspace.compact();
    }
    return machine.storage().contents();
  }

  private static String largestRun(Map<String, byte[]> files) {
    return files.keySet().stream()
        .filter(name -> name.startsWith("run-"))
        .max(Comparator.comparingInt(name -> files.getOrDefault(name, new byte[0]).length))
        .orElseThrow();
  }

  private static Machine damaged(Map<String, byte[]> sound, String file, int at) {
    Map<String, byte[]> files = new TreeMap<>(sound);
    byte[] bytes = files.getOrDefault(file, new byte[0]).clone();
    bytes[at] ^= 1;
    files.put(file, bytes);
    return Machine.on(SimulatedStorage.of(files), 9);
  }

  /// Opens the database with a bound on its background work, which else would hang the test where merges come back to the same
  /// damage for ever: each look at what is to be done asks for the time.
  private static Database open(Machine machine) {
    BoundedTasks tasks = new BoundedTasks(machine, new AtomicInteger(Integer.MIN_VALUE));
    return Database.open(
        new Environment(machine.storage(), tasks, tasks, machine.seed()), Variant.TINY);
  }

  /// Time and workers of a machine; a task of a worker may ask for the time so often, and no more.
  private record BoundedTasks(Machine machine, AtomicInteger asked) implements Clock, Workers {
    @Override
    public Worker start(String name, Runnable task, long periodNanos) {
      return machine
          .workers()
          .start(
              name,
              () -> {
                asked.set(0);
                try {
                  task.run();
                } finally {
                  asked.set(Integer.MIN_VALUE);
                }
              },
              periodNanos);
    }

    @Override
    public long nanoTime() {
      assertThat(asked.incrementAndGet())
          .as("how often one task of the background asked for the time: it does not end")
          .isLessThan(CLOCK_QUESTIONS_MAX);
      return machine.clock().nanoTime();
    }

    @Override
    public long millis() {
      return machine.clock().millis();
    }
  }

  private static Keyspace keyspace(Database database) {
    return database.findKeyspace(NAME).orElseThrow();
  }

  @Test
  void readsOfOneLeafFailWithItsKeysAndAllOthersDoNot() {
    Map<String, byte[]> files = merged(Layout.BALANCED);
    String file = largestRun(files);
    try (Database database = open(damaged(files, file, 20_000))) {
      int failed = 0;
      for (int i = 0; i < KEYS; i++) {
        byte[] key = key(i);
        try {
          assertThat(keyspace(database).get(key)).isEqualTo(value(i, 0));
        } catch (EngineException.Corruption e) {
          failed++;
          QuarantinedBlock block = e.block().orElseThrow();
          assertThat(block.keys().contains(key)).isTrue();
          assertThat(block.file()).isEqualTo(file).isEqualTo(e.file());
          assertThat(block.offset()).isEqualTo(e.offset()).isLessThanOrEqualTo(20_000);
          assertThat(block.offset() + block.bytes()).isGreaterThan(20_000);
        }
      }
      assertThat(failed).isBetween(1, 10);
      List<QuarantinedBlock> blocks = database.quarantine();
      assertThat(blocks).hasSize(1);
      assertThat(blocks.getFirst().keyspace()).isEqualTo(NAME);
      assertThat(blocks.getFirst().foundBy()).isEqualTo(Finder.READ);
      int inside = 0;
      for (int i = 0; i < KEYS; i++) {
        inside += blocks.getFirst().keys().contains(key(i)) ? 1 : 0;
      }
      assertThat(inside).as("keys that the list names").isEqualTo(failed);
    }
  }

  @Test
  void backupRefusesWhatIsDamaged() {
    Map<String, byte[]> files = merged(Layout.BALANCED);
    SimulatedStorage target = new SimulatedStorage();
    try (Database database = open(damaged(files, largestRun(files), 20_000))) {
      assertThatThrownBy(() -> database.backup(new DirectoryTarget(target), BackupRequest.full()))
          .isInstanceOf(EngineException.Corruption.class);
      assertThat(database.quarantine())
          .singleElement()
          .satisfies(block -> assertThat(block.foundBy()).isEqualTo(Finder.BACKUP));
    }
    assertThat(target.contents().keySet()).noneMatch(name -> name.startsWith("backup-"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void flushesAndMergesGoOnAroundIt(Layout layout) {
    Map<String, byte[]> files = merged(layout);
    for (int at :
        new int[] {0, 20_000, files.getOrDefault(largestRun(files), new byte[0]).length - 60}) {
      Machine machine = damaged(files, largestRun(files), at);
      try (Database database = open(machine)) {
        long before = database.stats().compactionBytesWritten();
        for (int round = 1; round <= 30; round++) {
          fill(keyspace(database), round);
          if (round == 15) {
            // Merges of some layouts do not come near what lies at the bottom.
            assertThat(database.checkIntegrity().isClean()).isFalse();
          }
        }
        assertThat(database.writeFailure()).isEmpty();
        assertThat(database.stats().compactionBytesWritten()).isGreaterThan(before);
        assertThat(database.stats().compactionBacklog()).isLessThan(0.5);
        assertThat(database.stats().runFiles()).as("files at " + at).isLessThan(200);
        // Written anew above what is damaged: read without it.
        for (int i = 0; i < KEYS; i++) {
          assertThat(keyspace(database).get(key(i))).isEqualTo(value(i, 30));
        }
        assertThat(database.quarantine()).isNotEmpty();
        assertThatThrownBy(() -> keyspace(database).compact())
            .isInstanceOf(EngineException.Corruption.class);
        assertThat(database.writeFailure()).isEmpty();
      }
      Machine restarted = machine.kill();
      try (Database database = open(restarted)) {
        for (int i = 0; i < KEYS; i++) {
          assertThat(keyspace(database).get(key(i))).isEqualTo(value(i, 30));
        }
        fill(keyspace(database), 31);
        assertThat(database.writeFailure()).isEmpty();
      }
    }
  }

  @Test
  void mergesThatMeetTheSameDamageAgainAndAgainEnd() {
    Map<String, byte[]> files = merged(Layout.READ_OPTIMIZED);
    Machine machine = damaged(files, largestRun(files), 20_000);
    try (Database database = open(machine)) {
      fill(keyspace(database), 1);
      long operations = machine.storage().operations();
      for (int i = 0; i < 20; i++) {
        machine.pass(Duration.ofSeconds(11));
      }
      // Nothing was written, so there is nothing to do.
      assertThat(machine.storage().operations() - operations).isLessThan(200);
    }
  }

  @Test
  void deletingTheKeysOfADamagedBlockTakesItOutOfUse() {
    Map<String, byte[]> files = merged(Layout.BALANCED);
    Machine machine = damaged(files, largestRun(files), 20_000);
    try (Database database = open(machine)) {
      assertThatThrownBy(() -> keyspace(database).compact())
          .isInstanceOf(EngineException.Corruption.class);
      database.write(new WriteBatch().deleteRange(keyspace(database), Range.all()));
      keyspace(database).flush();
      for (int i = 0; i < 3; i++) {
        machine.pass(Duration.ofSeconds(11));
      }
      assertThat(database.quarantine()).isEmpty();
      keyspace(database).compact();
      assertThat(database.checkIntegrity().isClean()).isTrue();
      try (Scan scan = keyspace(database).scan(Range.all())) {
        assertThat(scan.next()).isFalse();
      }
    }
  }

  @Test
  void damageOfThePointIndexIsMergedAway() {
    Map<String, byte[]> files = merged(Layout.BALANCED);
    String file = largestRun(files);
    int length = files.getOrDefault(file, new byte[0]).length;
    // The point index stands before its page checksums, the properties and the footer.
    Machine machine = damaged(files, file, length - 4096);
    try (Database database = open(machine)) {
      int failed = 0;
      for (int i = 0; i < KEYS; i++) {
        try {
          assertThat(keyspace(database).get(key(i))).isEqualTo(value(i, 0));
        } catch (EngineException.Corruption _) {
          failed++;
        }
      }
      assertThat(failed).isPositive();
      assertThat(database.quarantine()).hasSize(1);
      keyspace(database).compact();
      assertThat(database.quarantine()).isEmpty();
      for (int i = 0; i < KEYS; i++) {
        assertThat(keyspace(database).get(key(i))).isEqualTo(value(i, 0));
      }
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  /// Random damage, random writes: each answer is that of the model, or a report of damage.
  @Test
  void noAnswerIsEverWrongWhateverIsDamagedAndMerged() {
    Seeds.rounds(8)
        .forEach(seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          Layout layout = LAYOUTS.get(random.nextInt(LAYOUTS.size()));
          Machine machine = Machine.empty();
          NavigableMap<Integer, Integer> model = new TreeMap<>();
          try (Database database = open(machine)) {
            create(database, layout);
            for (int i = 0; i < 6; i++) {
              change(database, model, random);
            }
          }
          int wrong = 0;
          int refused = 0;
          for (int life = 0; life < 4; life++) {
            machine = damagedSomewhere(machine, random);
            try (Database database = open(machine)) {
              for (int i = 0; i < 6; i++) {
                change(database, model, random);
                int[] counts = check(database, model);
                wrong += counts[0];
                refused += counts[1];
              }
              assertThat(database.writeFailure()).isEmpty();
            }
          }
          Seeds.print(
              QuarantineTest.class,
              seed,
              "%s, wrong answers %d, refused %d".formatted(layout, wrong, refused));
          assertThat(wrong).isZero();
        });
  }

  private static Machine damagedSomewhere(Machine machine, SplittableRandom random) {
    Map<String, byte[]> files = machine.storage().contents();
    List<String> runs = files.keySet().stream().filter(name -> name.startsWith("run-")).toList();
    if (runs.isEmpty()) {
      return machine.kill();
    }
    String file = runs.get(random.nextInt(runs.size()));
    return damaged(files, file, random.nextInt(files.getOrDefault(file, new byte[1]).length));
  }

  private static void change(
      Database database, NavigableMap<Integer, Integer> model, SplittableRandom random) {
    Keyspace keyspace = keyspace(database);
    int count = random.nextInt(200, 600);
    for (int i = 0; i < count; i++) {
      int number = random.nextInt(KEYS);
      int kind = random.nextInt(40);
      if (kind == 0) {
        int to = number + random.nextInt(30) + 1;
        database.write(
            new WriteBatch().deleteRange(keyspace, Range.between(key(number), key(to))),
            Durability.LOGGED);
        model.subMap(number, to).clear();
      } else if (kind < 8) {
        keyspace.delete(key(number), Durability.LOGGED);
        model.remove(number);
      } else {
        int round = random.nextInt(1000);
        keyspace.put(key(number), value(number, round), Durability.LOGGED);
        model.put(number, round);
      }
    }
    keyspace.flush();
  }

  private static int[] check(Database database, NavigableMap<Integer, Integer> model) {
    int wrong = 0;
    int refused = 0;
    for (int number = 0; number < KEYS; number++) {
      Integer round = model.get(number);
      byte[] expected = round == null ? null : value(number, round);
      try {
        wrong += Arrays.equals(keyspace(database).get(key(number)), expected) ? 0 : 1;
      } catch (EngineException.Corruption _) {
        refused++;
      }
    }
    try (Scan scan = keyspace(database).scan(Range.all())) {
      for (var entry : model.entrySet()) {
        boolean right =
            scan.next()
                && Arrays.equals(scan.key(), key(entry.getKey()))
                && Arrays.equals(scan.value(), value(entry.getKey(), entry.getValue()));
        wrong += right ? 0 : 1;
      }
      wrong += scan.next() ? 1 : 0;
    } catch (EngineException.Corruption _) {
      refused++;
    }
    return new int[] {wrong, refused};
  }
}
