package io.lightningdb.tool;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.IntegrityReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Checks every byte of a database.
@Command(
    name = "verify",
    header = "Checks every byte of a database that no process has open.",
    description = {
      "Reads every file of the database, and checks that all of it verifies and agrees.",
      "",
      "Each fault is one line on standard output: the file, its offset in bytes, and what is wrong there. The last"
          + " line sums up. The directory is locked meanwhile; nothing else in it is changed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no fault",
      "2:the command line makes no sense",
      "10:at least one fault",
      "11:another process has the directory open",
      "12:the directory does not exist or holds no database",
      "13:the database has a newer format; use the version that wrote it",
      "14:a file cannot be read"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar verify data",
      "  java -jar lightningdb.jar verify /mnt/backup/data || echo \"exit code $?\""
    })
final class Verify implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  Verify() {}

  @Override
  public Integer call() throws NotADatabaseException {
    requireDatabase();
    long start = System.nanoTime();
    IntegrityReport report;
    try (ByteProgress progress = ByteProgress.onTerminal("verify")) {
      report = Database.verify(directory, progress);
    }
    print(report, (System.nanoTime() - start) / NANOS_PER_SECOND);
    return report.isClean() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private void requireDatabase() throws NotADatabaseException {
    if (!Files.isDirectory(directory)) {
      throw new NotADatabaseException(
          directory + (Files.exists(directory) ? " is no directory" : " does not exist"));
    }
    if (!Database.exists(directory)) {
      throw new NotADatabaseException(
          directory + " holds no database: there is no MANIFEST, no run and no log segment in it");
    }
  }

  private void print(IntegrityReport report, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    for (IntegrityReport.Fault fault : report.faults()) {
      out.println(fault.file() + " offset " + fault.offset() + ": " + fault.reason());
    }
    out.printf(
        Locale.ROOT,
        "%s: %d files, %d bytes and %d entries checked in %.1f s, %s%n",
        directory,
        report.filesChecked(),
        report.bytesChecked(),
        report.entriesChecked(),
        seconds,
        faults(report.faults().size()));
  }

  private static String faults(int count) {
    return switch (count) {
      case 0 -> "no fault";
      case 1 -> "1 fault";
      default -> count + " faults";
    };
  }
}
