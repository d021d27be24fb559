package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.format.Attributes;
import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a later version adds within this format: what may be passed on unread is passed on, anything else is refused and left alone.
class LaterVersionTest {
  private static final Change.Unread FIRST = new Change.Unread(128, new byte[] {1, 2, 3});
  private static final Change.Unread LAST = new Change.Unread(255, new byte[0]);
  private static final byte[] KEY = {7};

  private final Machine machine = Machine.empty();

  private static Version version(Machine machine) throws IOException {
    return ManifestReader.read(machine.storage()).version();
  }

  /// As a later version would have left it.
  private void edit(Change... changes) throws IOException {
    machine.open(Variant.TINY).close();
    ManifestReader.Loaded loaded = ManifestReader.read(machine.storage());
    try (var manifest =
        new Manifest(machine.storage(), loaded.version(), loaded.generation() + 1)) {
      manifest.apply(_ -> new VersionEdit(List.of(changes)));
      manifest.apply(_ -> VersionEdit.of(new Change.Closed()));
    }
  }

  private static Change.KeyspaceSet keyspace(String option, String value) {
    var options = new TreeMap<>(KeyspaceOptions.defaults().toProperties());
    options.put(option, value);
    return new Change.KeyspaceSet(17, "theirs", options);
  }

  private static KeyspaceRecord theirs(Machine machine) throws IOException {
    return version(machine).keyspaces().values().stream()
        .filter(keyspace -> keyspace.name().equals("theirs"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void optionalItemsAndOptionsArePassedOn() throws IOException {
    edit(FIRST, keyspace("may-hint", "x"), LAST);
    BackupTarget target = new DirectoryTarget(new SimulatedStorage());
    BackupEntry backup;
    try (Database database = machine.open(Variant.TINY)) {
      Keyspace theirs = database.keyspace("theirs");
      theirs.put(KEY, KEY);
      theirs.flush();
      theirs.compact();
      database.configureKeyspace("theirs", KeyspaceOptions.defaults().withLeafBytes(512));
      backup = database.backup(target, BackupRequest.full());
    }
    machine.open(Variant.TINY).close();
    SimulatedStorage directory = new SimulatedStorage();
    new Restore(target, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(backup.id(), new Goal.Backup());
    Machine restored = Machine.on(directory, 3);
    restored.open(Variant.TINY).close();
    for (Machine each : List.of(machine, restored)) {
      assertThat(version(each).unread()).containsExactly(FIRST, LAST);
      assertThat(theirs(each).options())
          .containsEntry("may-hint", "x")
          .containsEntry("leaf-bytes", "512");
    }
    try (Database database = restored.open(Variant.TINY)) {
      assertThat(database.keyspace("theirs").get(KEY)).isEqualTo(KEY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mayhint", "operator", "layout"})
  void anOptionThatHasToBeKnownIsTooNew(String option) throws IOException {
    edit(keyspace(option, "adaptive"));
    var before = machine.storage().contents();
    assertThatThrownBy(() -> machine.open(Variant.TINY))
        .isInstanceOf(EngineException.FormatTooNew.class)
        .hasMessageContaining("MANIFEST")
        .hasMessageContaining("theirs");
    assertThat(machine.storage().contents()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void anItemThatHasToBeKnownIsRefused() {
    assertThatThrownBy(() -> VersionEdit.decode(new byte[] {127, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("127");
    assertThat(VersionEdit.decode(new byte[] {(byte) 128, 1, 9}).changes())
        .containsExactly(new Change.Unread(128, new byte[] {9}));
  }

  @Test
  void attributesFrom64OnArePassed() {
    Attributes.pass(new ByteReader(new byte[0]));
    ByteWriter optional = new ByteWriter(16).varint(64).bytes(KEY).varint(1000).bytes(KEY);
    Attributes.pass(new ByteReader(optional.toByteArray()));
    ByteWriter required = new ByteWriter(16).varint(63).bytes(KEY);
    ByteWriter twice = new ByteWriter(16).varint(64).bytes(KEY).varint(64).bytes(KEY);
    ByteWriter cut = new ByteWriter(16).varint(64).varint(9);
    for (ByteWriter wrong : List.of(required, twice, cut)) {
      assertThatThrownBy(() -> Attributes.pass(new ByteReader(wrong.toByteArray())))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
