package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Behind a sync that nothing follows, the ends of the log and of the manifest are proved: each flipped bit is damage that is told, or
/// changes nothing.
class ManifestMarkTest {
  // No memtable is full: nothing but what a test does is written to the manifest.
  private static final DatabaseOptions OPTIONS = Variant.TINY.withMemtables(1 << 20, 16);
  private static final Duration INTERVAL = OPTIONS.logSyncInterval();

  /// An ordinary run flips one bit in so many, other ones each time; a campaign of as many rounds flips all.
  private static final int STRIDE = 13;

  private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);

  /// The last thing that was done.
  enum Last {
    KEYSPACE_CREATED,
    KEYSPACE_CREATED_AND_WRITTEN_TO,
    OPTIONS_CHANGED,
    KEYSPACE_DROPPED,
    PROPERTY_SET,
    FLUSHED,
    COMPACTED,
    WRITTEN
  }

  private static void run(Database database, Last last) {
    KeyspaceOptions options = KeyspaceOptions.defaults();
    switch (last) {
      case KEYSPACE_CREATED -> database.configureKeyspace("late", options);
      case KEYSPACE_CREATED_AND_WRITTEN_TO ->
          database.keyspace("late", options).put(KEY, KEY, Durability.SYNCED);
      case OPTIONS_CHANGED ->
          database.configureKeyspace("early", options.withDefaultTtl(Duration.ofDays(1)));
      case KEYSPACE_DROPPED -> database.dropKeyspace("early");
      case PROPERTY_SET -> database.setProperty("secured", "1");
      case FLUSHED -> database.keyspace("early").flush();
      case COMPACTED -> database.keyspace("early").compact();
      case WRITTEN -> database.keyspace("early").put(KEY, new byte[9], Durability.SYNCED);
    }
  }

  private static Map<String, byte[]> contents(Machine machine) {
    return new TreeMap<>(machine.storage().kill().contents());
  }

  private static Map<String, byte[]> flipped(Map<String, byte[]> contents, String file, int bit) {
    Map<String, byte[]> damaged = new TreeMap<>(contents);
    byte[] bytes = Objects.requireNonNull(damaged.get(file)).clone();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    damaged.put(file, bytes);
    return damaged;
  }

  /// What a start finds.
  private record Found(Version version, long lastVersion) {
    static Found in(Map<String, byte[]> contents) throws IOException {
      SimulatedStorage storage = SimulatedStorage.of(contents);
      Version version = ManifestReader.read(storage).version();
      var scan = LogCheck.scan(storage, version, (_, _, _) -> {});
      LogCheck.checkAgainst(version, scan);
      return new Found(version, scan.lastVersion());
    }
  }

  private static int usedBytes(byte[] file) {
    int used = file.length;
    while (used > 0 && file[used - 1] == 0) {
      used--;
    }
    return Math.min(used + 32, file.length);
  }

  @ParameterizedTest
  @EnumSource
  void everyBitOfTheEndIsProved(Last last) throws IOException {
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS);
    database.configureKeyspace("early", KeyspaceOptions.defaults());
    database.keyspace("early").put(KEY, KEY, Durability.SYNCED);
    database.keyspace("early").flush();
    database.keyspace("early").put(KEY, new byte[2], Durability.SYNCED);
    machine.pass(INTERVAL);
    run(database, last);
    for (int i = 0; i < 3; i++) {
      machine.pass(INTERVAL);
    }
    Map<String, byte[]> contents = contents(machine);
    Found sound = Found.in(contents);
    int stride = Math.max(1, STRIDE / Seeds.campaign());
    long seed = Seeds.one();
    Seeds.print(ManifestMarkTest.class, seed, last + ", one bit in " + stride);
    int damaged = 0;
    for (String file : contents.keySet()) {
      if (!file.equals(FileFormat.MANIFEST) && FileFormat.logSequence(file).isEmpty()) {
        continue;
      }
      int bits = 8 * usedBytes(Objects.requireNonNull(contents.get(file)));
      for (int bit = Math.floorMod(seed, stride); bit < bits; bit += stride) {
        Map<String, byte[]> flipped = flipped(contents, file, bit);
        try {
          assertThat(Found.in(flipped)).as("%s, bit %d", file, bit).isEqualTo(sound);
        } catch (CorruptionException e) {
          assertThat(e.file()).isEqualTo(file);
          damaged++;
        }
      }
    }
    assertThat(damaged).isGreaterThan(1000 / stride);
  }

  @Test
  void aMarkIsWrittenOnceAndOnlyBehindAnEdit() {
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS);
    machine.pass(INTERVAL);
    long operations = machine.storage().operations();
    for (int i = 0; i < 5; i++) {
      machine.pass(INTERVAL);
    }
    assertThat(machine.storage().operations()).isEqualTo(operations);
    database.configureKeyspace("one", KeyspaceOptions.defaults());
    long changed = machine.storage().operations();
    for (int i = 0; i < 5; i++) {
      machine.pass(INTERVAL);
    }
    // A write and a sync.
    assertThat(machine.storage().operations() - changed).isEqualTo(2);
  }

  /// What a power failure leaves of an edit, or of the mark behind it, is an unfinished end and no damage.
  @Test
  void aPowerFailureIsNeverDamage() {
    long operations = Long.MAX_VALUE;
    for (long operation = 1; operation <= operations; operation++) {
      Machine first = Machine.on(new SimulatedStorage(), operation);
      Database database = first.open(OPTIONS);
      first.storage().crashAt(first.storage().operations() + operation);
      int made = 0;
      try {
        for (int i = 0; i < 3; i++) {
          database.configureKeyspace("keyspace-" + i, KeyspaceOptions.defaults());
          made = first.storage().isDead() ? made : i + 1;
          first.pass(INTERVAL);
        }
      } catch (EngineException _) {
        assertThat(first.storage().isDead()).isTrue();
      }
      if (!first.storage().isDead()) {
        operations = operation;
      }
      for (long outcome = 1; outcome <= 4; outcome++) {
        try (Database again = first.crash(outcome).open(OPTIONS)) {
          for (int i = 0; i < made; i++) {
            assertThat(again.keyspace("keyspace-" + i).name()).isEqualTo("keyspace-" + i);
          }
        }
      }
    }
    assertThat(operations).isGreaterThan(9);
  }

  /// A full disk has room for an edit now and then, and none for what proves it: that is no failure.
  @Test
  void aMarkThatFindsNoSpaceIsTriedAgain() {
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS.withDiskReserveBytes(0));
    database.configureKeyspace("one", KeyspaceOptions.defaults());
    machine.storage().capacity(0);
    machine.pass(INTERVAL);
    machine.storage().capacity(Long.MAX_VALUE);
    database.keyspace("one").put(KEY, KEY, Durability.SYNCED);
    for (int i = 0; i < 3; i++) {
      machine.pass(INTERVAL);
    }
    Map<String, byte[]> contents = contents(machine);
    byte[] manifest = Objects.requireNonNull(contents.get(FileFormat.MANIFEST));
    // In the body of the last edit but one.
    Map<String, byte[]> flipped =
        flipped(contents, FileFormat.MANIFEST, 8 * (manifest.length - 16) - 60);
    assertThatThrownBy(() -> Found.in(flipped)).isInstanceOf(CorruptionException.class);
  }
}
