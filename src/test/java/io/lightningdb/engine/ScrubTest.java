package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.integrity.ScrubPace;
import io.lightningdb.engine.integrity.ScrubStats;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.VirtualClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything on disk is read again in the background: at its pace, to the last byte, and over restarts.
class ScrubTest {
  private static final long RATE = 64 << 10;
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final DatabaseOptions OPTIONS =
      Variant.TINY
          .withKeyspaceDefaults(
              KeyspaceOptions.defaults()
                  .withCompression(Compression.NONE)
                  .withLayout(Layout.WRITE_OPTIMIZED))
          .withScrub(new ScrubPace(RATE, WEEK));

  @TempDir Path directory;

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] value(int number) {
    byte[] value = new byte[200];
    new SplittableRandom(number).nextBytes(value);
    return value;
  }

  private static void fill(Database database, int from, int to) {
    for (int i = from; i < to; i++) {
      database.keyspace("default").put(key(i), value(i), Durability.LOGGED);
    }
    database.keyspace("default").flush();
  }

  private static void passUntilDone(Machine machine, Database database) {
    long passes = database.scrubStats().passesCompleted();
    for (int i = 0; i < 1000 && database.scrubStats().passesCompleted() == passes; i++) {
      machine.pass(TICK);
    }
    assertThat(database.scrubStats().passesCompleted()).isEqualTo(passes + 1);
  }

  private static void passUntilResting(Machine machine, Database database) {
    for (int i = 0; i < 1000 && database.scrubStats().running(); i++) {
      machine.pass(TICK);
    }
  }

  @Test
  void readsEverythingAtItsPaceAndThenRests() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      fill(database, 0, 1000);
      assertThat(database.scrubStats().completedMillis()).isZero();
      long start = machine.clock().millis();
      for (int i = 0; i < 8; i++) {
        machine.pass(TICK);
        long seconds = (machine.clock().millis() - start) / 1000 + 1;
        assertThat(database.scrubStats().bytesRead()).isLessThan(2 * RATE * seconds);
      }
      assertThat(database.scrubStats().running()).isTrue();
      passUntilDone(machine, database);
      ScrubStats done = database.scrubStats();
      assertThat(done.passBytes()).isGreaterThan(database.stats().runBytes() * 9 / 10);
      assertThat(machine.clock().millis() - start)
          .isGreaterThan(done.passBytes() * 1000 / RATE - 2000);
      assertThat(done.completedMillis()).isEqualTo(machine.clock().millis());
      assertThat(done.blocksDamaged()).isZero();

      machine.pass(WEEK.minusMinutes(5));
      assertThat(database.scrubStats()).isEqualTo(done);
      machine.pass(Duration.ofMinutes(5));
      passUntilDone(machine, database);
    }
  }

  @Test
  void switchedOffReadsNothingAndLeavesNoFile() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS.withScrub(ScrubPace.OFF))) {
      fill(database, 0, 100);
      machine.pass(WEEK);
      assertThat(database.scrubStats().bytesRead()).isZero();
    }
    assertThat(machine.storage().contents()).doesNotContainKey("SCRUB");
  }

  @Test
  void everyFlippedByteOfARunOrTheManifestIsMet() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      fill(database, 0, 60);
    }
    long seed = Seeds.one();
    Seeds.print(ScrubTest.class, seed, "flips before a scrub");
    Map<String, byte[]> sound = machine.storage().contents();
    int found = 0;
    for (var file : sound.entrySet()) {
      int length = file.getValue().length;
      for (int at = (int) (seed % 41); file.getKey().startsWith("run-") && at < length; at += 41) {
        Map<String, byte[]> files = new TreeMap<>(sound);
        byte[] flipped = file.getValue().clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        files.put(file.getKey(), flipped);
        found += isMet(file.getKey(), files) ? 1 : 0;
        // What does not verify is met; only padding between blocks is covered by no checksum.
        assertThat(isMet(file.getKey(), files) || file.getValue()[at] == 0)
            .as("byte %d of %s", at, file.getKey())
            .isTrue();
      }
    }
    assertThat(found).isGreaterThan(100);
  }

  private static boolean isMet(String file, Map<String, byte[]> files) {
    Machine machine = Machine.on(SimulatedStorage.of(files), 3);
    try (Database database = machine.open(OPTIONS)) {
      passUntilDone(machine, database);
      assertThat(database.faultsSeen()).allMatch(fault -> fault.file().equals(file));
      assertThat(database.writeFailure()).isEmpty();
      return database.scrubStats().passBlocksDamaged() > 0;
    }
  }

  @Test
  void goesOnAfterARestartWhereItWas() {
    Machine machine = Machine.empty();
    long read;
    try (Database database = machine.open(OPTIONS)) {
      fill(database, 0, 2000);
      for (int i = 0; i < 12; i++) {
        machine.pass(TICK);
      }
      read = database.scrubStats().passBytes();
      assertThat(read).isGreaterThan(2 * RATE);
    }
    Machine restarted = machine.kill();
    try (Database database = restarted.open(OPTIONS)) {
      restarted.pass(TICK);
      assertThat(database.scrubStats().running()).isTrue();
      assertThat(database.scrubStats().passBytes()).isGreaterThan(read);
      passUntilDone(restarted, database);
      assertThat(database.scrubStats().bytesRead()).isLessThan(database.scrubStats().passBytes());
    }
    Machine again = restarted.kill();
    try (Database database = again.open(OPTIONS)) {
      again.pass(TICK);
      assertThat(database.scrubStats().running()).isFalse();
      assertThat(database.scrubStats().completedMillis()).isPositive();
      assertThat(database.scrubStats().bytesRead()).isZero();
    }
  }

  @Test
  void damagedProgressMeansThatEverythingIsReadAgain() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      fill(database, 0, 100);
      passUntilDone(machine, database);
    }
    Map<String, byte[]> files = machine.storage().contents();
    byte[] kept = Objects.requireNonNull(files.get("SCRUB"));
    for (int at = 0; at < kept.length; at++) {
      byte[] flipped = kept.clone();
      flipped[at] ^= 0x10;
      files.put("SCRUB", flipped);
      Machine restarted = Machine.on(SimulatedStorage.of(files), at);
      try (Database database = restarted.open(OPTIONS)) {
        restarted.pass(Duration.ofMillis(1));
        assertThat(database.scrubStats().completedMillis()).as("byte " + at).isZero();
      }
    }
  }

  @Test
  void powerFailsAtAnyOperationOfAPass() {
    for (long seed = 1; seed <= 40; seed++) {
      Machine machine = Machine.empty();
      Database database = machine.open(OPTIONS);
      fill(database, 0, 100);
      machine.storage().crashAt(machine.storage().operations() + seed);
      try {
        for (int i = 0; i < 20; i++) {
          machine.pass(TICK);
        }
      } catch (RuntimeException | Error _) {
        assertThat(machine.storage().isDead()).isTrue();
      }
      Machine after = machine.crash(seed);
      try (Database recovered = after.open(OPTIONS)) {
        after.pass(WEEK);
        passUntilResting(after, recovered);
        assertThat(recovered.scrubStats().completedMillis()).isPositive();
        assertThat(recovered.faultsSeen()).isEmpty();
        assertThat(recovered.keyspace("default").get(key(7))).isEqualTo(value(7));
      }
    }
  }

  @Test
  void progressThatCannotBeKeptIsNoFailureOfTheDatabase() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      fill(database, 0, 100);
      machine
          .storage()
          .failAt(
              machine.storage().operations() + 1,
              new Fault(Fault.Kind.ENOSPC, Fault.Span.FROM_THEN_ON));
      machine.pass(TICK);
      assertThat(database.scrubStats().problem()).isPresent();
      assertThat(database.writeFailure()).isEmpty();
      machine.storage().mend();
      passUntilDone(machine, database);
      assertThat(database.scrubStats().problem()).isEmpty();
    }
  }

  @Test
  void readsTheSealedSegmentsOfTheLog() {
    Machine machine = Machine.empty();
    try (Database database =
        machine.open(OPTIONS.withMemtables(4 << 20, 4).withScrub(new ScrubPace(1 << 20, WEEK)))) {
      for (int i = 0; i < 2000; i++) {
        database.keyspace("default").put(key(i), value(i), Durability.LOGGED);
      }
      int segments = database.stats().logSegments();
      assertThat(segments).isGreaterThan(3);
      passUntilDone(machine, database);
      assertThat(database.scrubStats().passBytes()).isGreaterThan((segments - 2) * 60_000L);
      assertThat(database.faultsSeen()).isEmpty();
    }
  }

  /// On a real disk, where a mapped file changes under those who have mapped it.
  @Test
  void damageThatComesAfterABlockWasReadIsMetAndRefusedFromThenOn() throws IOException {
    VirtualClock clock = new VirtualClock();
    CallerWorkers workers = new CallerWorkers();
    DiskStorage storage = DiskStorage.inDirectory(directory);
    try (Database database = Database.open(new Environment(storage, clock, workers, 1), OPTIONS)) {
      fill(database, 0, 300);
      Keyspace keyspace = database.keyspace("default");
      for (int i = 0; i < 300; i++) {
        assertThat(keyspace.get(key(i))).isEqualTo(value(i));
      }
      Path run = firstRun();
      flip(run, 100);
      for (int i = 0; i < 20; i++) {
        clock.advance(TICK);
        workers.tick();
      }
      assertThat(database.scrubStats().passesCompleted()).isEqualTo(1);
      assertThat(database.scrubStats().passBlocksDamaged()).isEqualTo(1);
      assertThat(database.faultsSeen())
          .singleElement()
          .satisfies(fault -> {
            assertThat(fault.file()).isEqualTo(run.getFileName().toString());
            assertThat(fault.offset()).isZero();
          });
      assertThatThrownBy(() -> keyspace.get(key(0)))
          .isInstanceOfSatisfying(
              EngineException.Corruption.class, damage -> assertThat(damage.offset()).isZero());
      assertThat(keyspace.get(key(299))).isEqualTo(value(299));
      keyspace.put(key(300), value(300));
      assertThat(keyspace.get(key(300))).isEqualTo(value(300));
    }
  }

  @Test
  void aManifestThatLostItsLastEditIsMet() throws IOException {
    VirtualClock clock = new VirtualClock();
    CallerWorkers workers = new CallerWorkers();
    DiskStorage storage = DiskStorage.inDirectory(directory);
    try (Database database = Database.open(new Environment(storage, clock, workers, 1), OPTIONS)) {
      fill(database, 0, 100);
      Path manifest = directory.resolve("MANIFEST");
      flip(manifest, Files.size(manifest) - 9);
      for (int i = 0; i < 20; i++) {
        clock.advance(TICK);
        workers.tick();
      }
      assertThat(database.faultsSeen())
          .singleElement()
          .satisfies(fault -> assertThat(fault.file()).isEqualTo("MANIFEST"));
      assertThat(database.checkIntegrity().isClean()).isFalse();
    }
  }

  private Path firstRun() throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("run-"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int value = open.read();
      open.seek(at);
      open.write(value ^ 4);
    }
  }
}
