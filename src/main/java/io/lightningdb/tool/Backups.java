package io.lightningdb.tool;

import io.lightningdb.engine.backup.ArchiveCheck;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.ObjectCheck;
import io.lightningdb.engine.backup.Verification;
import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Looks at the backups in a place.
@Command(
    name = "backups",
    header = "Lists or verifies backups.",
    description = "Works on the place where backups are kept, whether the database runs or not.",
    subcommands = {Backups.ListThem.class, Backups.VerifyThem.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all is well",
      "2:the command line makes no sense",
      "10:at least one backup, or the archive, is damaged",
      "12:there is no such place or backup",
      "14:a file cannot be read or written"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar backups list /mnt/backups",
      "  java -jar lightningdb.jar backups verify /mnt/backups",
      "  java -jar lightningdb.jar backups list --s3-endpoint https://store.example:9000 --s3-path-style"
          + " s3://bucket/prefix"
    })
final class Backups implements Runnable {
  @Spec private CommandSpec spec;

  Backups() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: list or verify.");
  }

  /// Lists backups.
  @Command(
      name = "list",
      header = "Lists the backups, oldest first.",
      description =
          "One line each: id, full or the id of the parent, version, bytes in all, bytes of its own, and"
              + " the last verification.")
  static final class ListThem implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private BackupPlace backups;

    ListThem() {}

    @Override
    public Integer call() throws IOException, NotADatabaseException {
      Catalogue catalogue = new Catalogue(backups.open());
      Catalogue.Listing listing = catalogue.list();
      PrintWriter out = spec.commandLine().getOut();
      for (BackupEntry entry : listing.entries()) {
        out.printf(
            Locale.ROOT,
            "%s  %s  version %d  %d bytes  %d own  %s%n",
            entry.id(),
            entry.parent().map(parent -> "after " + parent).orElse("full"),
            entry.version(),
            entry.totalBytes(),
            entry.ownBytes(),
            text(catalogue.verification(entry.id())));
      }
      listing.damaged().forEach(id -> out.println(id + "  its entry in the catalogue is damaged"));
      return listing.damaged().isEmpty() ? ExitCode.OK : ExitCode.DAMAGED;
    }

    private static String text(Optional<Verification> verification) {
      return verification
          .map(last ->
              last.isGood()
                  ? "verified " + Instant.ofEpochMilli(last.millis())
                  : "damaged: " + last.fault())
          .orElse("not verified");
    }
  }

  /// Verifies backups.
  @Command(
      name = "verify",
      header =
          "Reads every object of backups and of the archive, and checks its size and checksum.",
      description = {
        "The result is kept beside the backup, and `list` shows it. One line for each backup, and one or"
            + " more for the archive if there is one: also for commits that are missing in it, past which"
            + " no restore goes.",
        "",
        "Restoring a backup is the only full proof: restore it into a scratch directory now and then."
      })
  static final class VerifyThem implements Callable<Integer> {
    private static final String ARCHIVE = "archive";

    @Spec private CommandSpec spec;

    @Mixin private BackupPlace backups;

    @Option(
        names = "--backup",
        paramLabel = "ID",
        description = "Which backup; all of them, and the archive, if this is left out.")
    private @Nullable String id;

    VerifyThem() {}

    @Override
    public Integer call() throws IOException, NotADatabaseException {
      BackupTarget target = backups.open();
      Catalogue catalogue = new Catalogue(target);
      List<String> damaged = new ArrayList<>();
      for (BackupEntry entry : wanted(catalogue, damaged)) {
        verify(target, entry).ifPresent(_ -> damaged.add(entry.id()));
      }
      boolean archiveIsGood = id != null || verifyArchive(target, catalogue.list().entries());
      return damaged.isEmpty() && archiveIsGood ? ExitCode.OK : ExitCode.DAMAGED;
    }

    private boolean verifyArchive(BackupTarget target, List<BackupEntry> entries)
        throws IOException {
      ArchiveCheck.Result found;
      try (ByteProgress progress = ByteProgress.onTerminal(ARCHIVE)) {
        found = ArchiveCheck.run(target, entries, progress);
      }
      found.faults().forEach(fault -> print(ARCHIVE, fault));
      found.gaps().forEach(gap -> print(ARCHIVE, gap + " are missing for good"));
      if (found.isThere()) {
        print(
            ARCHIVE,
            "%d pieces with %d commits, %d bytes verified, %d gaps, %d faults"
                .formatted(
                    found.pieces(),
                    found.commits(),
                    found.bytes(),
                    found.gaps().size(),
                    found.faults().size()));
      }
      return found.faults().isEmpty();
    }

    private List<BackupEntry> wanted(Catalogue catalogue, List<String> damaged) throws IOException {
      if (id != null) {
        return List.of(catalogue.get(id));
      }
      Catalogue.Listing listing = catalogue.list();
      for (String each : listing.damaged()) {
        print(each, "its entry in the catalogue is damaged");
        damaged.add(each);
      }
      return listing.entries();
    }

    private Optional<String> verify(BackupTarget target, BackupEntry entry) throws IOException {
      Optional<String> fault = fault(target, entry);
      new Catalogue(target)
          .verified(
              entry.id(),
              new Verification(
                  System.currentTimeMillis(), Verification.Depth.OBJECTS, fault.orElse("")));
      print(entry.id(), fault.orElse(entry.totalBytes() + " bytes verified"));
      return fault;
    }

    private static Optional<String> fault(BackupTarget target, BackupEntry entry)
        throws IOException {
      try (ByteProgress progress = ByteProgress.onTerminal(entry.id())) {
        ObjectCheck.run(target, entry, () -> false, progress);
        return Optional.empty();
      } catch (BackupException e) {
        return Optional.of(FailureText.of(e));
      }
    }

    private void print(String backup, String result) {
      spec.commandLine().getOut().println(backup + "  " + result);
    }
  }
}
