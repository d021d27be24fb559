package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.backup.ArchiveCheck;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupFile;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.Verification;
import io.lightningdb.engine.testkit.Machine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an older engine has left is opened, restored and carried on by this one, to the last entry.
class GoldenLifeTest {

  static List<Integer> formats() {
    return GoldenLife.FORMATS;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void theDirectoryOpens(int format) throws IOException {
    GoldenLife.Kept kept = GoldenLife.kept(format);
    Machine machine = kept.machine();
    try (Database database = machine.open(GoldenLife.OPTIONS)) {
      assertThat(database.recovery().cut()).isPresent();
      machine.pass(Duration.ofSeconds(1));
      assertThat(database.scrubStats().completedMillis()).isPositive();
      assertThat(GoldenLife.content(database)).isEqualTo(kept.states().get(GoldenLife.NOW));
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
    try (Database again = machine.open(GoldenLife.OPTIONS)) {
      assertThat(GoldenLife.content(again)).isEqualTo(kept.states().get(GoldenLife.NOW));
      // Once, by the first opening.
      assertThat(again.property("upgraded").orElse(""))
          .isEqualTo(
              format == FileFormat.FORMAT ? "" : "%d@%d".formatted(format, again.visibleVersion()));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyStateIsRestored(int format) throws IOException {
    GoldenLife.Kept kept = GoldenLife.kept(format);
    BackupTarget target = kept.backups();
    List<BackupEntry> entries = new Catalogue(target).list().entries();
    assertThat(entries).hasSize(3);
    List<String> titles = new ArrayList<>(List.of(GoldenLife.NOW));
    for (BackupEntry entry : entries) {
      for (Goal goal : GoldenLife.goals(target, entry)) {
        String title = GoldenLife.title(entries.indexOf(entry), goal);
        titles.add(title);
        assertThat(GoldenLife.restored(kept.machine(), target, entry, goal))
            .as(title)
            .isEqualTo(kept.states().get(title));
      }
    }
    assertThat(titles).containsExactlyElementsOf(kept.states().keySet());
  }

  /// The first opening by this engine changes the format, and can be repeated from wherever it was cut off.
  @ParameterizedTest
  @MethodSource("formats")
  void aPowerFailureInTheFirstOpeningLosesNothing(int format) throws IOException {
    GoldenLife.Kept kept = GoldenLife.kept(format);
    List<String> expected = kept.states().get(GoldenLife.NOW);
    long operation = 1;
    for (boolean died = true; died; operation++) {
      Machine first = kept.machine();
      first.storage().crashAt(operation);
      try {
        first.open(GoldenLife.OPTIONS);
      } catch (EngineException _) {
        assertThat(first.storage().isDead()).isTrue();
      }
      died = first.storage().isDead();
      try (Database database = first.crash(operation).open(GoldenLife.OPTIONS)) {
        assertThat(GoldenLife.content(database)).isEqualTo(expected);
      }
    }
    assertThat(operation).isGreaterThan(20);
  }

  @Test
  void theSameLifeHasTheSameStates() throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    GoldenLife.write(written);
    GoldenLife.Kept again = GoldenLife.read(new ByteArrayInputStream(written.toByteArray()));
    assertThat(again.states()).isEqualTo(GoldenLife.kept(2).states());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void catalogueAndArchiveAreRead(int format) throws IOException {
    BackupTarget target = GoldenLife.kept(format).backups();
    Catalogue catalogue = new Catalogue(target);
    Catalogue.Listing listing = catalogue.list();
    assertThat(listing.damaged()).isEmpty();
    List<BackupEntry> entries = listing.entries();
    assertThat(entries.get(1).parent()).contains(entries.get(0).id());
    assertThat(entries.get(1).files())
        .extracting(BackupFile::owner)
        .contains(entries.get(0).id(), entries.get(1).id());
    assertThat(catalogue.verification(entries.get(0).id()))
        .hasValueSatisfying(v -> {
          assertThat(v.isGood()).isTrue();
          assertThat(v.depth()).isEqualTo(Verification.Depth.RESTORED);
        });
    assertThat(catalogue.verification(entries.get(1).id()))
        .hasValueSatisfying(v -> assertThat(v.fault()).isEqualTo("a fault"));
    ArchiveCheck.Result archive = ArchiveCheck.run(target, entries, (_, _) -> {});
    assertThat(archive.faults()).isEmpty();
    assertThat(archive.pieces()).isGreaterThan(4);
    assertThat(archive.gaps()).hasSize(1);
  }

  /// A backup that builds on one of an older engine, and an archive that both have written.
  @ParameterizedTest
  @MethodSource("formats")
  void whatIsKeptIsCarriedOn(int format) throws IOException {
    GoldenLife.Kept kept = GoldenLife.kept(format);
    BackupTarget target = kept.backups();
    Machine machine = kept.machine();
    BackupEntry base = new Catalogue(target).list().entries().getLast();
    List<List<String>> states = new ArrayList<>();
    BackupEntry child;
    long first;
    try (Database database = machine.open(GoldenLife.OPTIONS)) {
      LogArchiver archiver = database.archiveTo(target);
      archiver.run();
      first = database.visibleVersion();
      states.add(GoldenLife.content(database));
      child = database.backup(target, BackupRequest.incremental(base.id()));
      database
          .keyspace("orders")
          .put("new".getBytes(StandardCharsets.UTF_8), new byte[9], Durability.SYNCED);
      states.add(GoldenLife.content(database));
      archiver.run();
      assertThat(archiver.gaps()).isEqualTo(1);
    }
    for (BackupEntry entry : List.of(base, child)) {
      for (int i = 0; i < states.size(); i++) {
        Goal goal = new Goal.ToVersion(first + i);
        assertThat(GoldenLife.restored(machine, target, entry, goal)).isEqualTo(states.get(i));
      }
    }
    assertThat(child.files()).anyMatch(file -> !file.owner().equals(child.id()));
    assertThat(ArchiveCheck.run(target, List.of(base, child), (_, _) -> {}).faults()).isEmpty();
  }
}
