package io.lightningdb.tool;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes a data directory out of a backup.
@Command(
    name = "restore",
    header = "Restores a backup into an empty directory.",
    description = {
      "Copies every file of the backup, verifies each, and checks the whole database at the end. The"
          + " directory is made if it does not exist, and must be empty. Nothing that was in it is ever"
          + " overwritten.",
      "",
      "With --to-version or --to-time the backup is carried on with the commits of the archive beside it,"
          + " if the server makes one. Keyspaces that were created or changed since are as they were when"
          + " that part of the archive was written.",
      "",
      "Whether the database was secured by tokens or an identity provider is part of the backup, and"
          + " tokens are not: a server does not start in the directory without credentials, also if it"
          + " was secured between the backup and the moment that is restored. See --tokens.",
      "",
      "Until all is well a file RESTORING stands in the directory, with which it does not open. After a"
          + " restore that failed, delete what is in the directory, and restore again."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:restored and verified",
      "2:the command line makes no sense",
      "10:the backup is damaged",
      "11:another process uses the directory",
      "12:there is no such backup",
      "14:a file cannot be read or written",
      "15:the directory is not empty",
      "16:no backup and archive reach that version or time"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar restore /mnt/backups data",
      "  java -jar lightningdb.jar restore --backup 20250601t120000z-9f3ab0c4 /mnt/backups data",
      "  java -jar lightningdb.jar restore --to-time 2025-06-01T12:30:00Z /mnt/backups data",
      "  java -jar lightningdb.jar restore --tokens old/TOKENS /mnt/backups data",
      "  java -jar lightningdb.jar restore --s3-region eu-central-1 s3://bucket/prefix data"
    })
final class RestoreBackup implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private BackupPlace backups;

  @Parameters(
      index = "1",
      paramLabel = "DIRECTORY",
      description = "The data directory that is made.")
  private Path directory;

  @Option(
      names = "--backup",
      paramLabel = "ID",
      description = "Which backup; the newest if this is left out.")
  private @Nullable String id;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "A file TOKENS that is put into the directory: backups have no tokens. Those that it holds are valid again.")
  private @Nullable Path tokens;

  @ArgGroup private @Nullable Until until;

  /// How far to go beyond the backup.
  static final class Until {
    @Option(
        names = "--to-version",
        paramLabel = "VERSION",
        description = "The newest commit that is restored.")
    private @Nullable Long version;

    @Option(
        names = "--to-time",
        paramLabel = "TIME",
        description =
            "Commits made later than this are left out; in UTC, such as 2025-06-01T12:30:00Z. Far in the"
                + " future for all there are.")
    private @Nullable Instant time;

    Until() {}

    private Goal goal() {
      if (version != null) {
        return new Goal.ToVersion(version);
      }
      return time != null ? new Goal.ToTime(time.toEpochMilli()) : new Goal.Backup();
    }
  }

  RestoreBackup() {}

  @Override
  public Integer call() throws IOException, NotADatabaseException {
    Optional<Tokens> kept = tokens == null ? Optional.empty() : Optional.of(read(tokens));
    BackupTarget target = backups.open();
    Goal goal = until == null ? new Goal.Backup() : until.goal();
    String wanted = id != null ? id : new Catalogue(target).baseFor(goal).id();
    Restore.Restored restored;
    try (ByteProgress progress = ByteProgress.onTerminal("restore")) {
      restored =
          new Restore(
                  target,
                  DiskStorage.inDirectory(directory),
                  new SecureRandom(),
                  () -> false,
                  progress)
              .run(wanted, goal);
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: backup %s restored at version %d, %d files, %d bytes and %d entries checked%n",
            directory,
            restored.backup().id(),
            restored.version(),
            restored.check().filesChecked(),
            restored.check().bytesChecked(),
            restored.check().entriesChecked());
    try (TokenDirectory made = TokenDirectory.find(directory)) {
      if (kept.isPresent()) {
        made.replace(kept.get());
      } else if (SecuredMark.isSet(directory)) {
        spec.commandLine().getErr().println(withoutTokens());
      }
    }
    return ExitCode.OK;
  }

  /// What an operator has to decide: no token becomes valid again, or is lost, by itself.
  private String withoutTokens() {
    return String.format(
        Locale.ROOT,
        """
        %s is secured, and has no tokens, for backups have none.
        The server does not start there before it has credentials. One of:
          the tokens that were valid: cp -p <old directory>/TOKENS %s/ (or restore --tokens), and revoke again what was
            revoked since
          a new one: java -jar lightningdb.jar token create %s --name=root --role=admin --keyspaces='*'
          nothing, where lightning.security.admin-token-hash or an identity provider is configured
          none at all, so that everybody on the machine has all rights: java -jar lightningdb.jar token disable %s\
        """,
        directory,
        directory,
        directory,
        directory);
  }

  private static Tokens read(Path file) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    String name = String.valueOf(file.getFileName());
    if (!name.equals(TokenFile.NAME)) {
      throw new NotADatabaseException(file + " is not called " + TokenFile.NAME);
    }
    return TokenFile.read(new DiskStorage(directory))
        .orElseThrow(() -> new NotADatabaseException(file + " does not exist"));
  }
}
