package io.lightningdb.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Backups go by the rules of retention, never one that another needs.
class CatalogueTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final SimulatedStorage storage = new SimulatedStorage();
  private final BackupTarget target = new DirectoryTarget(storage);
  private final Catalogue catalogue = new Catalogue(target);
  private final Machine machine = Machine.empty();

  private int filled;

  private BackupEntry backUp(Database database, Optional<BackupEntry> parent) {
    machine.pass(DAY);
    byte[] key = ByteBuffer.allocate(4).putInt(filled++).array();
    database.keyspace("default").put(key, new byte[200], Durability.LOGGED);
    database.keyspace("default").flush();
    return database.backup(
        target, parent.map(p -> BackupRequest.incremental(p.id())).orElseGet(BackupRequest::full));
  }

  /// A full backup with two that build on each other, and another full one with one.
  private List<BackupEntry> twoChains(Database database) {
    List<BackupEntry> entries = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      boolean full = i == 0 || i == 3;
      entries.add(backUp(database, full ? Optional.empty() : Optional.of(entries.getLast())));
    }
    return entries;
  }

  private void checkAllRestore() throws IOException {
    for (BackupEntry entry : catalogue.list().entries()) {
      new Restore(
              target, new SimulatedStorage(), new SplittableRandom(1), () -> false, (_, _) -> {})
          .run(entry.id());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(machine.clock().millis());
  }

  @Test
  void retentionKeepsWhatTheKeptBuildOn() throws IOException {
    try (Database database = machine.open(Variant.TINY)) {
      List<BackupEntry> entries = twoChains(database);
      Retention lastThree = new Retention(3, Duration.ZERO);
      assertThat(lastThree.expired(entries, now())).isEmpty();
      assertThat(catalogue.deleteExpired(lastThree, now())).isEmpty();
      Retention lastTwo = new Retention(2, Duration.ZERO);
      assertThat(catalogue.deleteExpired(lastTwo, now()))
          .containsExactly(entries.get(2).id(), entries.get(1).id(), entries.get(0).id());
      assertThat(catalogue.list().entries()).isEqualTo(entries.subList(3, 5));
      checkAllRestore();
      assertThat(target.list("data-" + entries.get(0).id())).isEmpty();
    }
  }

  @Test
  void retentionKeepsWhatIsYoung() {
    try (Database database = machine.open(Variant.TINY)) {
      List<BackupEntry> entries = twoChains(database);
      assertThat(new Retention(1, DAY.multipliedBy(2)).expired(entries, now())).hasSize(3);
      assertThat(new Retention(1, DAY.multipliedBy(5)).expired(entries, now())).isEmpty();
      assertThat(new Retention(1, Duration.ZERO).expired(entries, now().plus(DAY))).hasSize(3);
    }
    assertThatThrownBy(() -> new Retention(0, DAY)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBackupThatOthersNeedIsNotDeleted() throws IOException {
    try (Database database = machine.open(Variant.TINY)) {
      List<BackupEntry> entries = twoChains(database);
      for (int i : new int[] {0, 1, 3}) {
        assertThatThrownBy(() -> catalogue.delete(entries.get(i).id()))
            .isInstanceOfSatisfying(
                BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NEEDED_BY_OTHERS));
      }
      catalogue.delete(entries.get(2).id());
      catalogue.delete(entries.get(1).id());
      checkAllRestore();
      assertThat(catalogue.list().entries()).hasSize(3);
      assertThatThrownBy(() -> catalogue.delete(entries.get(1).id()))
          .isInstanceOfSatisfying(
              BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    }
  }

  @Test
  void orphansGoWhenTheyAreOld() throws IOException {
    try (Database database = machine.open(Variant.TINY)) {
      List<BackupEntry> entries = twoChains(database);
      String gone = entries.get(4).id();
      target.delete("backup-" + gone);
      assertThat(catalogue.unfinished()).containsExactly(gone);
      assertThat(catalogue.deleteOrphans(DAY, now())).isEmpty();
      assertThat(catalogue.deleteOrphans(DAY, now().plus(DAY).plus(DAY))).containsExactly(gone);
      assertThat(catalogue.unfinished()).isEmpty();
      assertThat(target.list("data-" + gone)).isEmpty();
      checkAllRestore();
    }
  }

  @Test
  void theLastVerificationIsKept() throws IOException {
    try (Database database = machine.open(Variant.TINY)) {
      String id = backUp(database, Optional.empty()).id();
      assertThat(catalogue.verification(id)).isEmpty();
      Verification bad = new Verification(5, Verification.Depth.OBJECTS, "x".repeat(5000));
      catalogue.verified(id, bad);
      assertThat(catalogue.verification(id)).contains(bad);
      assertThat(bad.isGood()).isFalse();
      Verification good = new Verification(7, Verification.Depth.RESTORED, "");
      catalogue.verified(id, good);
      assertThat(catalogue.verification(id)).contains(good);
    }
  }

  @Test
  void theRateIsKept() {
    RateLimit limit = new RateLimit(1000);
    assertThat(limit.take(500, 0)).isEqualTo(500_000_000);
    assertThat(limit.take(500, 500_000_000)).isEqualTo(500_000_000);
    // Nothing is saved up while nothing is copied.
    assertThat(limit.take(100, 10_000_000_000L)).isEqualTo(100_000_000);
    assertThat(limit.take(100, 10_000_000_000L)).isEqualTo(200_000_000);
    assertThat(new RateLimit(0).take(Long.MAX_VALUE / 2, 0)).isZero();
  }
}
