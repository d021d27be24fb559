package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.ObjectCheck;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Damage of every kind to every object of a backup is found by its restore and by its check, and named.
class BackupDamageTest {
  private static final int STRIDE = 61;

  /// Objects of an incremental backup, those of its parent included.
  private final Map<String, byte[]> objects = new TreeMap<>();

  private final String id;

  BackupDamageTest() {
    SimulatedStorage target = new SimulatedStorage();
    try (Database database = Machine.empty().open(Variant.TINY)) {
      fill(database, 0);
      BackupEntry full = database.backup(new DirectoryTarget(target), BackupRequest.full());
      fill(database, 200);
      database.keyspace("default").put(new byte[] {1}, new byte[700]);
      BackupEntry entry =
          database.backup(new DirectoryTarget(target), BackupRequest.incremental(full.id()));
      id = entry.id();
      assertThat(entry.files().stream().map(file -> file.owner()).distinct().count()).isEqualTo(2);
      objects.putAll(target.contents());
      objects.keySet().removeIf(name -> !isNeeded(name, entry));
    }
  }

  private static void fill(Database database, int from) {
    for (int i = from; i < from + 100; i++) {
      byte[] key = ByteBuffer.allocate(4).putInt(i).array();
      database.keyspace("default").put(key, new byte[300], Durability.LOGGED);
    }
    database.keyspace("default").flush();
  }

  private static boolean isNeeded(String object, BackupEntry entry) {
    return object.equals("backup-" + entry.id())
        || entry.files().stream().anyMatch(file -> file.object().equals(object));
  }

  @Test
  void everyFlippedByteIsDetected() {
    long seed = Seeds.one();
    Seeds.print(BackupDamageTest.class, seed, "flips");
    int flips = 0;
    for (var object : objects.entrySet()) {
      for (int at = (int) (seed % STRIDE); at < object.getValue().length; at += STRIDE) {
        byte[] flipped = object.getValue().clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        checkDetected(object.getKey(), flipped);
        flips++;
      }
    }
    assertThat(flips).isGreaterThan(100);
  }

  @Test
  void everyCutAndEveryAdditionIsDetected() {
    objects.forEach((name, bytes) -> {
      for (int length : new int[] {0, 1, bytes.length / 2, bytes.length - 1, bytes.length + 1}) {
        checkDetected(name, Arrays.copyOf(bytes, length));
      }
    });
  }

  @Test
  void everyMissingObjectIsDetected() {
    for (String name : objects.keySet()) {
      Map<String, byte[]> without = new TreeMap<>(objects);
      without.remove(name);
      checkDetected(name, without);
    }
  }

  @Test
  void objectsInEachOthersPlacesAreDetected() {
    List<String> names = List.copyOf(objects.keySet());
    for (String name : names) {
      objects.forEach((other, content) -> {
        if (!name.equals(other) && !Arrays.equals(objects.get(name), content)) {
          checkDetected(name, content);
        }
      });
    }
  }

  private void checkDetected(String name, byte[] content) {
    Map<String, byte[]> damaged = new TreeMap<>(objects);
    damaged.put(name, content);
    checkDetected(name, damaged);
  }

  private void checkDetected(String name, Map<String, byte[]> damaged) {
    SimulatedStorage directory = new SimulatedStorage();
    DirectoryTarget target = new DirectoryTarget(SimulatedStorage.of(damaged));
    assertThatThrownBy(() -> BackupTest.restore(target, id, directory))
        .as("damaged " + name)
        .isInstanceOf(BackupException.class)
        .hasMessageContaining(name.replace("backup-", ""));
    if (!directory.contents().isEmpty()) {
      assertThatThrownBy(() -> Machine.on(directory, 4).open(Variant.TINY))
          .isInstanceOf(EngineException.Corruption.class);
    }
    assertThatThrownBy(
            () -> ObjectCheck.run(target, new Catalogue(target).get(id), () -> false, (_, _) -> {}))
        .isInstanceOf(BackupException.class);
  }

  @Test
  void nothingIsDeletedWhileAnEntryIsDamaged() throws IOException {
    String entry = "backup-" + id;
    byte[] bytes = Objects.requireNonNull(objects.get(entry)).clone();
    bytes[bytes.length / 2] ^= 1;
    Map<String, byte[]> damaged = new TreeMap<>(objects);
    damaged.put(entry, bytes);
    SimulatedStorage storage = SimulatedStorage.of(damaged);
    Catalogue catalogue = new Catalogue(new DirectoryTarget(storage));
    assertThat(catalogue.list().damaged()).containsExactly(id);
    assertThat(catalogue.deleteOrphans(Duration.ZERO, Instant.MAX)).isEmpty();
    assertThat(storage.contents()).containsOnlyKeys(damaged.keySet());
    catalogue.delete(id);
    assertThat(catalogue.list().damaged()).isEmpty();
  }
}
