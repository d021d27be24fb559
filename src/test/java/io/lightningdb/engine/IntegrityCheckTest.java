package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// The check of a database in use: how far it is, and what is left when it is cancelled.
class IntegrityCheckTest {
  private static final int KEYS = 600;
  private static final DatabaseOptions OPTIONS =
      Variant.TINY.withKeyspaceDefaults(
          KeyspaceOptions.defaults()
              .withLayout(Layout.WRITE_OPTIMIZED)
              .withCompression(Compression.NONE));

  /// Follows a check, and stops it when it has told often enough how far it is.
  private static final class Watcher implements IntegrityCheck.Progress, BooleanSupplier {
    private final int tellingsMax;
    private final List<Long> bytes = new ArrayList<>();
    private long bytesAll;

    Watcher(int tellingsMax) {
      this.tellingsMax = tellingsMax;
    }

    @Override
    public void checked(long bytesChecked, long all) {
      bytes.add(bytesChecked);
      bytesAll = all;
    }

    @Override
    public boolean getAsBoolean() {
      return bytes.size() >= tellingsMax;
    }

    Optional<IntegrityReport> check(Database database) {
      return database.checkIntegrity(this, this);
    }
  }

  private static void fill(Database database) {
    Keyspace keyspace = database.keyspace("default");
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[100];
      random.nextBytes(value);
      keyspace.put(ByteBuffer.allocate(4).putInt(i).array(), value, Durability.LOGGED);
      if (i % 150 == 149) {
        keyspace.flush();
      }
    }
    // In the log only.
    for (int i = 0; i < 20; i++) {
      keyspace.put(new byte[] {1}, new byte[100 << 10], Durability.LOGGED);
    }
  }

  private static Map<String, String> sizesAndHashes(Machine machine) {
    Map<String, String> files = new TreeMap<>();
    machine
        .storage()
        .contents()
        .forEach((name, content) ->
            files.put(name, content.length + " bytes, hash " + Arrays.hashCode(content)));
    return files;
  }

  @Test
  void tellsHowFarItIs() {
    try (Database database = Machine.empty().open(OPTIONS.withMemtables(8 << 20, 4))) {
      fill(database);
      Watcher watcher = new Watcher(Integer.MAX_VALUE);

      IntegrityReport report = watcher.check(database).orElseThrow();

      assertThat(report.isClean()).isTrue();
      assertThat(report.entriesChecked()).isEqualTo(KEYS + 20);
      assertThat(watcher.bytes).isSorted().endsWith(report.bytesChecked());
      // At least each run, the manifest, and the log in parts.
      assertThat(watcher.bytes).hasSizeGreaterThanOrEqualTo(database.stats().runFiles() + 3);
      assertThat(watcher.bytesAll).isGreaterThanOrEqualTo(report.bytesChecked());
      assertThat(report.bytesChecked())
          .isGreaterThan(database.stats().runBytes() + 20 * (100 << 10));
    }
  }

  @Test
  void cancelledAnywhereLeavesEverythingAsItWas() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS.withMemtables(8 << 20, 4))) {
      fill(database);
      Watcher whole = new Watcher(Integer.MAX_VALUE);
      assertThat(whole.check(database)).isPresent();
      Map<String, String> before = sizesAndHashes(machine);
      for (int tellings = 0; tellings <= whole.bytes.size(); tellings++) {
        Watcher watcher = new Watcher(tellings);

        assertThat(watcher.check(database)).as("after " + tellings + " parts").isEmpty();

        // Nothing is read behind the question that was answered with yes.
        assertThat(watcher.bytes).hasSize(Math.max(1, tellings));
      }
      assertThat(database.faultsSeen()).isEmpty();
      assertThat(sizesAndHashes(machine)).isEqualTo(before);
      // Neither runs nor segments of the log are held any more.
      database.keyspace("default").compact();
      assertThat(
              machine.storage().contents().keySet().stream()
                  .filter(name -> name.startsWith("run-")))
          .hasSize(database.stats().runFiles());
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  /// A file of which every block is damaged, as after a cut, does not fill the memory with faults; and no other file is forgotten.
  @Test
  void faultsWithoutNumberAreCountedAndNotKept() {
    Machine sound = Machine.empty();
    DatabaseOptions options = OPTIONS.withMemtables(8 << 20, 4).withRunBytesTarget(8 << 20);
    try (Database database = sound.open(options)) {
      Keyspace keyspace = database.keyspace("default");
      for (int i = 0; i < 8_000; i++) {
        keyspace.put(ByteBuffer.allocate(4).putInt(i).array(), new byte[200], Durability.LOGGED);
      }
      keyspace.flush();
      keyspace.put(new byte[] {1}, new byte[100], Durability.LOGGED);
      keyspace.flush();
    }
    Map<String, byte[]> files = new TreeMap<>(sound.storage().contents());
    files.replaceAll((name, content) -> {
      byte[] damaged = content.clone();
      if (name.startsWith("run-")) {
        int blocksEnd = damaged.length < 100_000 ? 1000 : damaged.length / 2;
        for (int at = 100; at < blocksEnd; at += 1000) {
          damaged[at] ^= 1;
        }
      }
      return damaged;
    });
    try (Database database = Machine.on(SimulatedStorage.of(files), 5).open(options)) {
      IntegrityReport report = database.checkIntegrity();
      assertThat(report.faults()).hasSizeBetween(102, 150);
      assertThat(report.faults().stream().map(IntegrityReport.Fault::file).distinct())
          .hasSize(database.stats().runFiles());
      assertThat(report.faults().getLast().reason())
          .matches("[0-9]+ more faults are not listed, the last of them here: .*");
    }
  }

  @Test
  void damageMetBeforeItWasCancelledIsKnownAndNothingIsSaidOfTheRest() {
    Machine sound = Machine.empty();
    try (Database database = sound.open(OPTIONS)) {
      fill(database);
    }
    Map<String, byte[]> files = new TreeMap<>(sound.storage().contents());
    files.replaceAll((name, content) -> {
      byte[] damaged = content.clone();
      if (name.startsWith("run-")) {
        damaged[100] ^= 1;
      }
      return damaged;
    });
    try (Database database = Machine.on(SimulatedStorage.of(files), 5).open(OPTIONS)) {
      int runs = database.stats().runFiles();
      assertThat(runs).isGreaterThan(1);

      assertThat(new Watcher(1).check(database)).isEmpty();

      assertThat(database.faultsSeen()).hasSize(1);
      assertThat(database.checkIntegrity().faults()).hasSizeGreaterThanOrEqualTo(runs);
    }
  }
}
