package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.SecuredMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `restore` and `backups`, on a full and an incremental backup of a small database.
class RestoreBackupTest {
  @TempDir private Path parent;
  private Path backups;
  private Path restored;
  private BackupEntry full;
  private BackupEntry increment;

  @BeforeEach
  void makeBackups() throws IOException {
    backups = Files.createDirectory(parent.resolve("backups"));
    restored = parent.resolve("restored");
    BackupTarget target = new DirectoryTarget(new DiskStorage(backups));
    try (Database database = Database.open(parent.resolve("data"), DatabaseOptions.defaults())) {
      database.keyspace("default").put(new byte[] {1}, new byte[1000]);
      database.keyspace("default").flush();
      full = database.backup(target, BackupRequest.full());
      database.keyspace("default").put(new byte[] {2}, new byte[1000]);
      increment = database.backup(target, BackupRequest.incremental(full.id()));
    }
  }

  @Test
  void theNewestIsRestored() {
    Ran restore = Ran.command("restore", backups, restored);
    assertThat(restore.err()).isEmpty();
    assertThat(restore.exitCode()).isZero();
    assertThat(restore.lines())
        .singleElement()
        .asString()
        .startsWith(restored + ": backup " + increment.id() + " restored at version 2, ");
    try (Database database = Database.open(restored, DatabaseOptions.defaults())) {
      assertThat(database.visibleVersion()).isEqualTo(2);
      assertThat(database.keyspace("default").get(new byte[] {2})).hasSize(1000);
    }
    assertThat(Ran.command("verify", restored).exitCode()).isZero();
  }

  @Test
  void tokensComeBackOnPurposeOnly() throws IOException {
    Path data = parent.resolve("data");
    Ran.command("token", "create", data, "--name=root", "--role=admin", "--keyspaces=*");
    BackupTarget target = new DirectoryTarget(new DiskStorage(backups));
    try (Database database = Database.open(data, DatabaseOptions.defaults())) {
      database.backup(target, BackupRequest.full());
    }

    Ran without = Ran.command("restore", backups, restored);
    assertThat(without.exitCode()).isZero();
    assertThat(without.err())
        .contains("is secured, and has no tokens")
        .contains("--tokens")
        .contains("token create " + restored)
        .contains("token disable " + restored);
    assertThat(SecuredMark.isSet(restored)).isTrue();

    Path with = parent.resolve("with");
    Ran kept = Ran.command("restore", "--tokens", data.resolve("TOKENS"), backups, with);
    assertThat(kept.exitCode()).isZero();
    assertThat(kept.err()).isEmpty();
    assertThat(Files.readAllBytes(with.resolve("TOKENS")))
        .isEqualTo(Files.readAllBytes(data.resolve("TOKENS")));

    Path none = parent.resolve("none");
    Ran absent = Ran.command("restore", "--tokens", parent.resolve("TOKENS"), backups, none);
    assertThat(absent.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(none).doesNotExist();
  }

  @Test
  void anOlderOneIsRestoredByItsId() {
    assertThat(Ran.command("restore", "--backup", full.id(), backups, restored).exitCode())
        .isZero();
    try (Database database = Database.open(restored, DatabaseOptions.defaults())) {
      assertThat(database.visibleVersion()).isEqualTo(1);
    }
  }

  @Test
  void anythingInTheWayIsLeftAlone() throws IOException {
    Files.createDirectory(restored);
    Files.writeString(restored.resolve("notes"), "mine");
    Ran restore = Ran.command("restore", backups, restored);
    assertThat(restore.exitCode()).isEqualTo(ExitCode.NOT_EMPTY);
    assertThat(restore.err()).contains("notes").contains("is not empty");
    assertThat(restored.toFile().list()).containsExactly("notes");
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    Ran restore =
        Ran.command("restore", "--backup", "20200101t000000z-00000000", backups, restored);
    assertThat(restore.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(restore.err()).contains("20200101t000000z-00000000");
    Path absent = parent.resolve("absent");
    assertThat(Ran.command("restore", absent, restored).err()).contains(absent + " does not exist");
    assertThat(Ran.command("backups", "list", absent).exitCode())
        .isEqualTo(ExitCode.NOT_A_DATABASE);
    Path empty = Files.createDirectory(parent.resolve("empty"));
    assertThat(Ran.command("restore", empty, restored).exitCode())
        .isEqualTo(ExitCode.NOT_A_DATABASE);
  }

  @Test
  void backupsAreListedWithTheirVerification() {
    Ran list = Ran.command("backups", "list", backups);
    assertThat(list.exitCode()).isZero();
    assertThat(list.lines()).hasSize(2);
    assertThat(list.lines().get(0)).startsWith(full.id() + "  full  version 1  ");
    assertThat(list.lines().get(1)).contains("after " + full.id()).endsWith("not verified");
    Ran verify = Ran.command("backups", "verify", backups);
    assertThat(verify.exitCode()).isZero();
    assertThat(verify.lines()).allMatch(line -> line.endsWith("bytes verified"));
    assertThat(Ran.command("backups", "list", backups).lines())
        .allMatch(line -> line.contains("  verified 20"));
    assertThat(Ran.command("backups").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void archivedCommitsAreRestoredToAVersionOrATime() {
    Path place = parent.resolve("archived");
    DatabaseOptions options = DatabaseOptions.defaults().withArchivedLogBytesMax(1 << 30);
    long last = 0;
    try (Database database = Database.open(parent.resolve("data-2"), options)) {
      BackupTarget target = new DirectoryTarget(DiskStorage.inDirectory(place));
      database.backup(target, BackupRequest.full());
      database.archiveTo(target);
      for (int i = 0; i < 5; i++) {
        last = database.keyspace("default").put(new byte[] {1}, new byte[i]);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(Ran.command("restore", "--to-version", last - 2, place, restored).lines().getFirst())
        .contains(" restored at version " + (last - 2) + ", ");
    Path latest = parent.resolve("latest");
    assertThat(
            Ran.command("restore", "--to-time", "2999-01-01T00:00:00Z", place, latest).exitCode())
        .isZero();
    try (Database database = Database.open(latest, DatabaseOptions.defaults())) {
      assertThat(database.visibleVersion()).isEqualTo(last);
    }
    Path never = parent.resolve("never");
    Ran restore = Ran.command("restore", "--to-version", last + 1, place, never);
    assertThat(restore.exitCode()).isEqualTo(ExitCode.NOT_REACHABLE);
    assertThat(restore.err()).contains("the archive ends at version " + last);
    assertThat(Ran.command("restore", "--to-time", "2000-01-01T00:00:00Z", place, never).exitCode())
        .isEqualTo(ExitCode.NOT_REACHABLE);
    assertThat(Ran.command("restore", "--to-time", "yesterday", place, never).exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(
            Ran.command(
                    "restore", "--to-time", "2999-01-01T00:00:00Z", "--to-version", 1, place, never)
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  /// A place with a backup and with an archive of several pieces, `pieces` of them.
  private Path archivedPlace(int pieces) throws IOException {
    Path place = parent.resolve("archived");
    DatabaseOptions options = DatabaseOptions.defaults().withArchivedLogBytesMax(1 << 30);
    try (Database database = Database.open(parent.resolve("data-2"), options)) {
      BackupTarget target = new DirectoryTarget(DiskStorage.inDirectory(place));
      database.backup(target, BackupRequest.full());
      LogArchiver archiver = database.archiveTo(target);
      for (int i = 0; i < pieces; i++) {
        database.keyspace("default").put(new byte[] {1}, new byte[100]);
        database.keyspace("default").put(new byte[] {2}, new byte[100], Durability.SYNCED);
        archiver.run();
      }
    }
    return place;
  }

  private static List<Path> pieces(Path place) {
    return Stream.of(Objects.requireNonNull(place.toFile().list()))
        .filter(name -> name.startsWith("archive-"))
        .sorted()
        .map(place::resolve)
        .toList();
  }

  @Test
  void verifyReadsTheArchiveToo() throws IOException {
    Path place = archivedPlace(4);
    List<Path> pieces = pieces(place);
    assertThat(pieces).hasSize(4);
    Ran good = Ran.command("backups", "verify", place);
    assertThat(good.exitCode()).isZero();
    assertThat(good.lines().getLast())
        .matches("archive  4 pieces with 8 commits, \\d+ bytes verified, 0 gaps, 0 faults");

    byte[] bytes = Files.readAllBytes(pieces.get(1));
    for (int at = 0; at < bytes.length; at += 1 + bytes.length / 50) {
      bytes[at] ^= 4;
      Files.write(pieces.get(1), bytes);
      bytes[at] ^= 4;
      Ran damaged = Ran.command("backups", "verify", place);
      assertThat(damaged.exitCode()).isEqualTo(ExitCode.DAMAGED);
      assertThat(damaged.out()).contains(pieces.get(1).getFileName().toString());
      assertThat(damaged.lines().getLast()).endsWith("0 gaps, 1 faults");
    }
    Files.write(pieces.get(1), bytes);
    assertThat(Ran.command("backups", "verify", place).exitCode()).isZero();
  }

  @Test
  void verifyMissesWhatTheArchiveLacks() throws IOException {
    Path place = archivedPlace(4);
    List<Path> pieces = pieces(place);
    Files.delete(pieces.get(1));
    Ran hole = Ran.command("backups", "verify", place);
    assertThat(hole.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(hole.out()).contains("archive  commits 3 to 4 are missing: no object has them");

    // The same commits, recorded as missing: known, and told, but not damage.
    String name = pieces.get(1).getFileName().toString().replaceFirst("archive-", "gap-");
    Files.writeString(place.resolve(name), "missing");
    Ran gap = Ran.command("backups", "verify", place);
    assertThat(gap.exitCode()).isZero();
    assertThat(gap.out()).contains("archive  commits 3 to 4 are missing for good");
    assertThat(gap.lines().getLast()).endsWith("1 gaps, 0 faults");

    // One backup alone says nothing of the archive.
    Files.delete(place.resolve(name));
    String id = Ran.command("backups", "list", place).lines().getFirst().replaceFirst(" .*", "");
    assertThat(Ran.command("backups", "verify", "--backup", id, place).exitCode()).isZero();
  }

  @Test
  void whatIsInTheLogCountsAsChecked() throws IOException {
    Path place = archivedPlace(2);
    Ran restore = Ran.command("restore", "--to-version", 3, place, restored);
    assertThat(restore.lines().getLast()).endsWith(" and 3 entries checked");
    assertThat(Ran.command("verify", restored).lines().getLast())
        .contains(" and 3 entries checked");
  }

  @Test
  void aDamagedBackupIsNamedAndNotRestored() throws IOException {
    Path object = backups.resolve(increment.files().getFirst().object());
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 4;
    Files.write(object, bytes);
    Ran verify = Ran.command("backups", "verify", backups);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(verify.out()).contains(object.getFileName().toString());
    assertThat(Ran.command("backups", "list", backups).out()).contains("damaged: ");
    assertThat(Ran.command("backups", "verify", "--backup", full.id(), backups).exitCode())
        .isZero();
    Ran restore = Ran.command("restore", backups, restored);
    assertThat(restore.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(restore.err()).contains(object.getFileName().toString());
    assertThat(Ran.command("verify", restored).err()).contains("restore again");
  }
}
