package io.lightningdb.tool;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.FileModes;
import io.lightningdb.engine.repair.Loss;
import io.lightningdb.engine.repair.OlderState;
import io.lightningdb.engine.repair.Remedy;
import io.lightningdb.engine.repair.Repair;
import io.lightningdb.engine.repair.RepairReport;
import io.lightningdb.engine.repair.RepairRequest;
import io.lightningdb.target.S3Settings;
import io.lightningdb.target.TargetAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Repairs damaged runs.
@Command(
    name = "repair",
    header = "Repairs damaged runs of a database that is not open.",
    description = {
      "Reads every file of the database. Each damaged run is repaired by the first of these that helps:"
          + " the same file out of a backup; a new file of its entries, if only what leads to them is"
          + " damaged; the log, if it still holds what the run held.",
      "",
      "Nothing is ever lost without --accept-loss. Keys that cannot be saved are listed, with a code;"
          + " told to accept the loss with that code, repair writes a new file of what is sound. What"
          + " newer files hold of the lost keys stays. What older files hold of them may be out of date,"
          + " and goes too, unless --older=SHOW asks to show it.",
      "",
      "Copy the directory to a healthy disk first. It is safe to interrupt a repair and to start it"
          + " again. The manifest and the log are not repaired: restore a backup."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is damaged (any more)",
      "2:the command line makes no sense",
      "10:something is still damaged: see the list",
      "11:another process has the directory open",
      "12:the directory does not exist or holds no database",
      "13:the database has a newer format; use the version that wrote it",
      "14:a file cannot be read or written",
      "17:the code is not that of the losses; nothing of them was accepted"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar repair --dry-run --backups /mnt/backups data",
      "  java -jar lightningdb.jar repair --backups /mnt/backups data",
      "  java -jar lightningdb.jar repair --accept-loss --confirm 5f3a9c01 --report loss.json data"
    })
final class RepairDirectory implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  @Option(
      names = "--backups",
      paramLabel = "BACKUPS",
      description =
          "The directory that holds the backups, or s3://bucket/prefix. Where the store is and its"
              + " credentials are taken from the environment, as for restore.")
  private @Nullable String backups;

  @Option(
      names = "--dry-run",
      description = "Tell what is damaged and what would be done, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--older",
      paramLabel = "STATE",
      defaultValue = "REMOVE",
      description =
          "What becomes of the older state of lost keys: ${COMPLETION-CANDIDATES}. SHOW may serve what"
              + " was changed or deleted since.")
  private OlderState older;

  @ArgGroup(exclusive = false)
  private @Nullable Accepted accepted;

  /// What has to be said to lose something.
  static final class Accepted {
    @Option(
        names = "--accept-loss",
        required = true,
        description = "Give up the keys that cannot be saved.")
    private boolean accept;

    @Option(
        names = "--confirm",
        required = true,
        paramLabel = "CODE",
        description = "The code that stands behind the list of these keys.")
    private String code;

    @Option(
        names = "--report",
        required = true,
        paramLabel = "FILE",
        description = "A new file that gets the list as JSON.")
    private Path report;

    Accepted() {}
  }

  RepairDirectory() {}

  @Override
  public Integer call() throws IOException, NotADatabaseException {
    checkArguments();
    RepairReport report;
    try (ByteProgress progress = ByteProgress.onTerminal("repair")) {
      report = new Repair(new DiskStorage(directory), request(), progress).run();
    }
    print(report);
    if (accepted != null) {
      FileModes.write(
          accepted.report, RepairJson.of(report, older).getBytes(StandardCharsets.UTF_8));
    }
    return report.left().isEmpty() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private void checkArguments() throws NotADatabaseException {
    if (!Database.exists(directory)) {
      throw new NotADatabaseException(directory + " holds no database, or does not exist");
    }
    if (accepted != null && !accepted.accept) {
      throw new ParameterException(
          spec.commandLine(), "--confirm accepts a loss only with --accept-loss.");
    }
    if (accepted != null && dryRun) {
      throw new ParameterException(
          spec.commandLine(), "--dry-run changes nothing, so there is no loss to accept.");
    }
    if (accepted != null && Files.exists(accepted.report)) {
      throw new ParameterException(
          spec.commandLine(), "The report " + accepted.report + " exists; name a new file.");
    }
  }

  private Optional<BackupTarget> target() throws IOException, NotADatabaseException {
    if (backups == null) {
      return Optional.empty();
    }
    try {
      TargetAddress address = TargetAddress.parse(backups);
      if (address instanceof TargetAddress.Directory(Path place) && !Files.isDirectory(place)) {
        throw new NotADatabaseException(place + " is no directory with backups");
      }
      return Optional.of(address.open(S3Settings.of(System.getenv())));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "Where backups are is said by " + e.getMessage() + ".", e);
    }
  }

  private RepairRequest request() throws IOException, NotADatabaseException {
    return new RepairRequest(
        dryRun ? RepairRequest.Mode.LOOK : RepairRequest.Mode.REPAIR,
        target(),
        Optional.ofNullable(accepted).map(each -> each.code),
        older);
  }

  private void print(RepairReport report) {
    PrintWriter out = spec.commandLine().getOut();
    for (CorruptionException fault : report.found()) {
      out.println(fault.file() + " offset " + fault.offset() + ": " + fault.reason());
    }
    for (Remedy remedy : report.remedies()) {
      out.println(remedy.file() + ": " + text(remedy, report));
    }
    for (Loss loss : report.losses()) {
      out.println(text(loss, report));
    }
    if (!report.losses().isEmpty() && !report.done()) {
      out.printf(
          Locale.ROOT,
          "To give these keys up: repair --accept-loss --confirm %s --report FILE%s %s%n",
          report.lossCode(),
          older == OlderState.SHOW ? " --older=SHOW" : "",
          directory);
    }
    out.printf(
        Locale.ROOT,
        "%s: %d damaged places found, %d left%n",
        directory,
        report.found().size(),
        report.left().size());
  }

  private String text(Remedy remedy, RepairReport report) {
    boolean done = !dryRun && (report.done() || remedy.kind() != Remedy.Kind.LOSS);
    return switch (remedy.kind()) {
      case BACKUP ->
          (done ? "replaced" : "can be replaced") + " by that of backup " + remedy.source();
      case REWRITE -> (done ? "written" : "can be written") + " anew; all entries are sound";
      case LOG ->
          (done ? "given up" : "can be given up")
              + "; the next start reads its commits from the log";
      case LOSS -> done ? "what is sound was written anew" : "cannot be repaired without a loss";
    };
  }

  private String text(Loss loss, RepairReport report) {
    byte[] upper = loss.keys().upper();
    return "%s: keyspace %s, keys from %s to %s%s"
        .formatted(
            report.done() ? "lost" : "would be lost",
            loss.keyspace(),
            Text.of(loss.keys().lower()),
            upper == null ? "the end" : Text.of(upper),
            older(loss));
  }

  private String older(Loss loss) {
    if (loss.olderFiles() == 0) {
      return "";
    }
    return older == OlderState.REMOVE
        ? ", with their older state in %d files".formatted(loss.olderFiles())
        : "; %d files show an older state of them".formatted(loss.olderFiles());
  }
}
