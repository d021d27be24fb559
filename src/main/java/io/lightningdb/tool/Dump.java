package io.lightningdb.tool;

import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows what is in one file.
@Command(
    name = "dump",
    header = "Shows what is in one file of a database.",
    description = {
      "The file is a MANIFEST, log-*, spare-*, run-* or LOCK, or a copy of one under another name. Neither its"
          + " directory nor other files are needed.",
      "",
      "A line with @ is a structure at that offset of the file, in bytes; indented lines are its content."
          + " A line with DAMAGE says what is wrong at that offset, and the dump goes on where it can."
          + " Keys and values are quoted if they are printable UTF-8, and hexadecimal with 0x in front if"
          + " not.",
      "",
      "The file of a running server can be dumped, and may change meanwhile. To check that the files agree with each"
          + " other, use verify."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything shown was sound",
      "2:the command line makes no sense",
      "10:something is damaged",
      "12:the file does not exist or is no file of a database",
      "13:the file has a newer format; use the version that wrote it",
      "14:the file cannot be read"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar dump data/MANIFEST",
      "  java -jar lightningdb.jar dump --values --limit=10 data/run-0000000000000001",
      "  java -jar lightningdb.jar dump data/log-0000000000000003 | grep DAMAGE"
    })
final class Dump implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The file.")
  private Path file;

  @Option(names = "--values", description = "Show values, not only their lengths.")
  private boolean values;

  @Option(
      names = "--structure",
      description = "Leave out what is inside blocks and commits: entries, separators, operations.")
  private boolean structureOnly;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Stop after N entries of a run, N commits of a log segment or N edits of a manifest.")
  private @Nullable Long limit;

  Dump() {}

  @Override
  public Integer call() throws IOException {
    if (limit != null && limit < 1) {
      throw new ParameterException(spec.commandLine(), "--limit=" + limit + " is less than 1.");
    }
    String name = fileName();
    Path directory = file.toAbsolutePath().getParent();
    Storage storage = new DiskStorage(directory == null ? file : directory);
    DumpOutput.Detail detail =
        structureOnly
            ? DumpOutput.Detail.STRUCTURE
            : values ? DumpOutput.Detail.VALUES : DumpOutput.Detail.KEYS;
    DumpOutput out =
        new DumpOutput(spec.commandLine().getOut(), detail, limit == null ? Long.MAX_VALUE : limit);
    print(kind(storage, name), storage, name, out);
    return out.finish() == 0 ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private String fileName() throws NotADatabaseException {
    Path name = file.getFileName();
    if (name == null || Files.isDirectory(file)) {
      throw new NotADatabaseException(
          file + " is a directory; name one of its files, for example " + file.resolve("MANIFEST"));
    }
    if (!Files.isRegularFile(file)) {
      throw new NotADatabaseException(
          file + (Files.exists(file) ? " is no regular file" : " does not exist"));
    }
    return name.toString();
  }

  static void print(FileKind kind, Storage storage, String name, DumpOutput out)
      throws IOException {
    switch (kind) {
      case LOCK -> LockDump.print(storage, name, out);
      case MANIFEST -> ManifestDump.print(storage, name, out);
      case LOG -> LogDump.print(storage, name, out);
      case RUN -> RunDump.print(storage, name, out);
    }
  }

  private FileKind kind(Storage storage, String name) throws IOException {
    FileKind kind = FileKind.ofName(name);
    if (kind == null) {
      try (MappedFile content = MappedFile.confined(storage, name)) {
        kind = content.read(0, () -> FileKind.ofContent(content.memory()));
      }
    }
    if (kind == null) {
      throw new NotADatabaseException(
          file + " is no file of a database: neither its name nor its content is that of one");
    }
    return kind;
  }
}
