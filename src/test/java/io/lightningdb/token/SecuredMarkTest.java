package io.lightningdb.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseProperties;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// That a database was secured is part of it, and not of the file of its tokens.
class SecuredMarkTest {
  private static final Tokens TOKENS =
      Tokens.NONE.with(NewToken.of("root", Rights.ALL, Instant.EPOCH, null).token());

  private static boolean isSet(SimulatedStorage storage) throws IOException {
    return DatabaseProperties.find(storage, "secured").isPresent();
  }

  private static SimulatedStorage withoutTokens(SimulatedStorage storage) {
    Map<String, byte[]> files = new TreeMap<>(storage.contents());
    files.remove(TokenFile.NAME);
    return SimulatedStorage.of(files);
  }

  @Test
  void itStaysWhateverBecomesOfTheTokens() throws IOException {
    Machine machine = Machine.empty();
    BackupTarget target = new DirectoryTarget(new SimulatedStorage());
    BackupEntry full;
    BackupEntry incremental;
    try (Database database = machine.open(Variant.TINY)) {
      assertThat(SecuredMark.isSet(database)).isFalse();
      SecuredMark.set(database);
      TokenFile.write(machine.storage(), TOKENS);
      String since = database.property("secured").orElseThrow();
      SecuredMark.set(database);
      assertThat(database.property("secured")).contains(since);
      full = database.backup(target, BackupRequest.full());
      database.keyspace("default").put(new byte[1], new byte[1000]);
      database.keyspace("default").flush();
      incremental = database.backup(target, BackupRequest.incremental(full.id()));
    }
    assertThat(isSet(withoutTokens(machine.storage()))).as("closed, and copied without").isTrue();
    Machine copied = Machine.on(withoutTokens(machine.storage()), 3);
    Database open = copied.open(Variant.TINY);
    assertThat(SecuredMark.isSet(open)).isTrue();
    for (int i = 0; i < 20; i++) {
      open.keyspace("default").put(new byte[1], new byte[9000]);
    }
    assertThat(isSet(copied.kill().storage())).as("killed, behind a flush").isTrue();
    for (BackupEntry entry : new BackupEntry[] {full, incremental}) {
      SimulatedStorage restored = new SimulatedStorage();
      new Restore(target, restored, new SplittableRandom(5), () -> false, (_, _) -> {})
          .run(entry.id(), new Goal.Backup());
      assertThat(TokenFile.read(restored)).isEmpty();
      assertThat(isSet(restored)).as("restored").isTrue();
    }
  }

  /// At no moment are there tokens and no mark, be it in a database or before there is one.
  @Test
  void itIsDurableBeforeTheFirstToken() throws IOException {
    int tokens = 0;
    for (boolean exists : new boolean[] {false, true}) {
      for (long operation = 1; operation <= 16; operation++) {
        for (long outcome = 1; outcome <= 10; outcome++) {
          Machine machine = Machine.empty();
          if (exists) {
            machine.open(Variant.TINY).close();
          }
          SimulatedStorage storage = machine.storage();
          storage.crashAt(storage.operations() + operation);
          try {
            SecuredMark.set(storage);
            TokenFile.write(storage, TOKENS);
          } catch (IOException _) {
            assertThat(storage.isDead()).isTrue();
          }
          SimulatedStorage left = storage.crash(outcome);
          if (TokenFile.read(left).isPresent()) {
            assertThat(isSet(left)).isTrue();
            tokens++;
          }
          Machine.on(left, outcome).open(Variant.TINY).close();
        }
      }
    }
    assertThat(tokens).isPositive();
  }

  /// Damage to what was written last is not taken for something that was not finished.
  @Test
  void noBitTakesItAway() throws IOException {
    Machine machine = Machine.empty();
    Database database = machine.open(Variant.TINY);
    SecuredMark.set(database);
    machine.pass(Variant.TINY.logSyncInterval());
    Map<String, byte[]> files = new TreeMap<>(machine.storage().kill().contents());
    byte[] manifest = Objects.requireNonNull(files.get(FileFormat.MANIFEST));
    int refused = 0;
    for (int bit = 0; bit < 8 * manifest.length; bit++) {
      byte[] damaged = manifest.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      files.put(FileFormat.MANIFEST, damaged);
      try {
        assertThat(isSet(SimulatedStorage.of(files))).as("bit " + bit).isTrue();
      } catch (IOException _) {
        refused++;
      }
    }
    // All but the zeros between edits, and the mark behind them.
    assertThat(refused).isGreaterThan(8 * (manifest.length - 40));
  }

  /// A backup from before the first token, carried on to a moment behind it, is not open.
  @Test
  void theArchiveCarriesItOverTheMomentOfSecuring() throws IOException {
    Machine machine = Machine.empty();
    BackupTarget target = new DirectoryTarget(new SimulatedStorage());
    BackupEntry open;
    long opened;
    try (Database database = machine.open(Variant.TINY.withArchivedLogBytesMax(64L << 20))) {
      LogArchiver archiver = database.archiveTo(target);
      database.keyspace("default").put(new byte[1], new byte[1]);
      open = database.backup(target, BackupRequest.full());
      database.keyspace("default").put(new byte[1], new byte[2]);
      opened = database.visibleVersion();
      SecuredMark.set(database);
      database.keyspace("default").put(new byte[1], new byte[3]);
      archiver.run();
      Machine before = restored(target, open, new Goal.ToVersion(opened));
      try (Database again = before.open(Variant.TINY)) {
        assertThat(SecuredMark.isSet(again)).as("before the moment").isFalse();
      }
      Machine behind = restored(target, open, new Goal.ToVersion(database.visibleVersion()));
      try (Database again = behind.open(Variant.TINY)) {
        assertThat(SecuredMark.isSet(again)).as("behind the moment").isTrue();
      }
      SecuredMark.remove(behind.storage());
      try (Database again = behind.open(Variant.TINY)) {
        assertThat(SecuredMark.isSet(again)).as("disabled").isFalse();
        SecuredMark.set(again);
        again.setProperty("secured", "");
        assertThat(SecuredMark.isSet(again)).as("secured once more").isTrue();
      }
    }
  }

  private static Machine restored(BackupTarget target, BackupEntry entry, Goal goal)
      throws IOException {
    SimulatedStorage restored = new SimulatedStorage();
    new Restore(target, restored, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(entry.id(), goal);
    return Machine.on(restored, 9);
  }

  @Test
  void onlyItsRemovalRemovesIt() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    assertThat(SecuredMark.remove(storage)).isFalse();
    assertThat(storage.contents()).isEmpty();
    SecuredMark.set(storage);
    Machine machine = Machine.on(storage, 1);
    machine.open(Variant.TINY).close();
    assertThat(isSet(storage)).isTrue();
    assertThat(SecuredMark.remove(storage)).isTrue();
    assertThat(isSet(storage)).isFalse();
    try (Database database = machine.open(Variant.TINY)) {
      assertThat(SecuredMark.isSet(database)).isFalse();
    }
  }
}
