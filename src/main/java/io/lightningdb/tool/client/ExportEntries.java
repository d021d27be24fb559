package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.FileModes;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Exports a keyspace.
@Command(
    name = "export",
    header = "Exports all entries of a keyspace, as of one moment, in the form that import reads.",
    description =
        "NDJSON, or a gzip file of it if the file is called .gz. A file is there when it is whole: what"
            + " is not is called FILE.part and goes when the command ends.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar export --keyspace packages packages.ndjson.gz",
      "  java -jar lightningdb.jar export | jq .key"
    })
final class ExportEntries extends ServiceCommand {
  private static final String STDOUT = "-";
  private static final int PIECE_BYTES = 1 << 16;

  /// What is written.
  enum Format {
    ndjson,
    gzip
  }

  @Mixin private KeyspaceOption keyspace;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file, which is replaced; - or nothing for standard output.")
  private Path file = Path.of(STDOUT);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "ndjson or gzip. Default: gzip if the file is called .gz.")
  private @Nullable Format format;

  private long entries;

  ExportEntries(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    Request request = Request.get(keyspace.path(session()) + "/entries:export");
    if (isStdout()) {
      copy(service, request, new SessionOutput(session()));
      return ClientExit.OK;
    }
    Path part = Path.of(file + ".part");
    try {
      try (OutputStream target = create(part)) {
        copy(service, request, target);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      throw LocalFiles.unreadable(part, e);
    } finally {
      Files.deleteIfExists(part);
    }
    session()
        .line(
            json()
                ? "{\"entries\":" + entries + "}"
                : entries + " entries, " + Files.size(file) + " bytes");
    return ClientExit.OK;
  }

  private boolean isStdout() {
    return file.toString().equals(STDOUT);
  }

  private static OutputStream create(Path part) throws ClientException {
    try {
      return Channels.newOutputStream(
          FileModes.open(
              part,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE)));
    } catch (IOException e) {
      throw LocalFiles.unreadable(part, e);
    }
  }

  private boolean isGzip() {
    return format == null ? file.toString().endsWith(".gz") : format == Format.gzip;
  }

  /// Copies the answer, and reads it all the same: what is no whole export is known by that.
  private void copy(Service service, Request request, OutputStream target) throws IOException {
    boolean raw = isGzip();
    LastLine lastLine = new LastLine();
    try (Answer answer = service.send(request);
        Progress progress = Progress.ofBytes("export", session());
        CountingInput bytes =
            new CountingInput(raw ? new Copying(answer.stream(), target) : answer.stream());
        GZIPInputStream lines = new GZIPInputStream(bytes, PIECE_BYTES)) {
      byte[] piece = new byte[PIECE_BYTES];
      for (int count = lines.read(piece); count >= 0; count = lines.read(piece)) {
        lastLine.take(piece, count);
        if (!raw) {
          target.write(piece, 0, count);
        }
        if (!isStdout()) {
          progress.show(bytes.count(), -1, lastLine.lines() + " entries");
        }
      }
    } catch (ClientException e) {
      requireNoProblem(service, request, lastLine);
      throw e;
    } catch (ZipException | EOFException e) {
      requireNoProblem(service, request, lastLine);
      throw new ClientException(
          ClientExit.SERVICE_FAILED,
          "The export is not whole: " + FailureText.of(e) + ". Repeat it.",
          e);
    }
    requireNoProblem(service, request, lastLine);
    entries = lastLine.lines();
  }

  private static void requireNoProblem(Service service, Request request, LastLine lastLine)
      throws ClientException {
    Optional<String> problem = lastLine.problem();
    if (problem.isPresent()) {
      JsonNode document = Json.read(problem.get()).path("problem");
      throw Problems.failure(service, request, document, null);
    }
  }

  /// Hands on what is read.
  private static final class Copying extends FilterInputStream {
    private final OutputStream target;

    Copying(InputStream in, OutputStream target) {
      super(in);
      this.target = target;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        target.write(value);
      }
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      if (count > 0) {
        target.write(into, offset, count);
      }
      return count;
    }
  }
}
