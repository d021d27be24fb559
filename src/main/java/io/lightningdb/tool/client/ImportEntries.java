package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Imports lines.
@Command(
    name = "import",
    header = "Imports a file of NDJSON or CSV, or standard input, plain or compressed with gzip.",
    description = {
      "A line is one entry, {\"key\":…,\"value\":…} as export writes it, or with --key-field a document"
          + " that holds its own key. CSV has the columns key, value and contentType, or any with"
          + " --key-field. The file is sent in parts of whole lines, about 1 MiB each, with the memory of"
          + " one; each part that was answered is imported for good.",
      "",
      "Ends with the counts. If it ends early it says up to which line everything is imported, and"
          + " --from-line goes on there. With --json the output is that of a streamed import:"
          + " {\"acknowledgedLines\":…,\"version\":…} after each part, {\"result\":…} at the end."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar import --keyspace packages --key-field package packages.ndjson",
      "  java -jar lightningdb.jar import --keyspace people --key-field /id --on-error skip people.csv.gz",
      "  java -jar lightningdb.jar export --keyspace a | java -jar lightningdb.jar import --keyspace b -"
    })
final class ImportEntries extends ServiceCommand {
  private static final String STDIN = "-";
  private static final int LINE_BYTES_MAX = 256 << 20;
  private static final int REJECTIONS_MAX = 100;

  /// What lines are.
  enum Format {
    ndjson,
    csv
  }

  /// What is done about a line that cannot be imported.
  enum OnError {
    stop,
    skip
  }

  @Mixin private KeyspaceOption keyspace;
  @Mixin private WriteOptions write;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file; - or nothing for standard input.")
  private Path file = Path.of(STDIN);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "ndjson or csv. Default: csv if the file is called .csv or .csv.gz.")
  private @Nullable Format format;

  @Option(
      names = "--key-field",
      paramLabel = "FIELD",
      description = "Where a document holds its key: a member, column, or JSON pointer.")
  private @Nullable String keyField;

  @Option(
      names = "--on-error",
      paramLabel = "WORD",
      description = "What to do about a line that cannot be imported: stop (default) or skip.")
  private OnError onError = OnError.stop;

  @Option(
      names = "--from-line",
      paramLabel = "NUMBER",
      description =
          "The first line that is imported, from 1; the header of CSV is read all the same.")
  private long fromLine = 1;

  private long acknowledged;
  private long imported;
  private long rejected;
  private long version;
  private int named;

  ImportEntries(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    if (fromLine < 1) {
      throw misuse("--from-line=" + fromLine + " is less than 1.");
    }
    acknowledged = fromLine - 1;
    long bytesAll = bytesAll();
    try (CountingInput raw = new CountingInput(open());
        InputStream lines = plain(new BufferedInputStream(raw));
        Progress progress = Progress.ofParts("import", session())) {
      LineChunks chunks = new LineChunks(lines, format() == Format.csv, LINE_BYTES_MAX);
      chunks.skip(fromLine - 1);
      for (var chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
        send(service.keepingAlive(), chunk);
        progress.show(raw.count(), bytesAll, acknowledged + " lines acknowledged");
      }
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      throw new ClientException(
          ClientExit.UNREADABLE,
          "The input cannot be read to its end: %s. Lines up to %d are imported."
              .formatted(FailureText.of(e), acknowledged),
          e);
    }
    finish();
    return ClientExit.OK;
  }

  private boolean isStdin() {
    return file.toString().equals(STDIN);
  }

  private InputStream open() throws ClientException {
    return isStdin() ? session().in() : LocalFiles.open(file);
  }

  private long bytesAll() throws IOException {
    return isStdin() || !Files.isRegularFile(file) ? -1 : Files.size(file);
  }

  /// Decompresses what begins as a gzip file does.
  private static InputStream plain(BufferedInputStream in) throws IOException {
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private Format format() {
    if (format != null) {
      return format;
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".csv") || name.endsWith(".csv.gz") ? Format.csv : Format.ndjson;
  }

  private @Nullable String pointer() {
    return keyField == null || keyField.isEmpty() || keyField.startsWith("/")
        ? keyField
        : "/" + keyField.replace("~", "~0").replace("/", "~1");
  }

  private void send(Service service, LineChunks.Chunk chunk) throws IOException {
    Request request =
        write
            .addTo(Request.post(keyspace.path(session()) + "/entries:import"))
            .with("keyField", pointer())
            .with("onError", onError)
            .header("Accept", Request.JSON)
            .body(format() == Format.csv ? "text/csv" : Request.NDJSON, Body.of(chunk.bytes()));
    try (Answer answer = service.ask(request)) {
      JsonNode document = Json.read(answer.text());
      if (answer.status() >= 300) {
        throw stopped(service, request, document, chunk, answer.header("Retry-After"));
      }
      take(document, chunk);
    } catch (ClientException e) {
      throw acknowledged == 0
          ? e
          : e.with(
              "Lines up to %d are imported: --from-line %d goes on."
                  .formatted(acknowledged, acknowledged + 1));
    }
  }

  private void take(JsonNode report, LineChunks.Chunk chunk) throws ClientException {
    imported += report.path("imported").asLong(0);
    rejected += report.path("rejected").asLong(0);
    version = report.path("version").asLong(0);
    acknowledged = chunk.offset() + chunk.headerLines() + chunk.lines();
    for (JsonNode rejection : report.path("rejections")) {
      if (named++ < REJECTIONS_MAX) {
        tell(
            "line %d: %s"
                .formatted(
                    rejection.path("line").asLong(0) + chunk.offset(),
                    rejection.path("reason").asString("")));
      }
    }
    if (json()) {
      session().line("{\"acknowledgedLines\":" + acknowledged + ",\"version\":" + version + "}");
      session().flush();
    }
  }

  /// The problem of a part, with the numbers of lines that the whole has.
  private ClientException stopped(
      Service service,
      Request request,
      JsonNode document,
      LineChunks.Chunk chunk,
      @Nullable String retryAfter) {
    if (document instanceof ObjectNode problem) {
      long line = problem.path("line").asLong(0);
      if (line > 0) {
        String detail = problem.path("detail").asString("");
        problem
            .put("line", line + chunk.offset())
            .put(
                "detail",
                detail.replaceAll(
                    "(?i)\\b(line) " + line + "\\b", "$1 " + (line + chunk.offset())));
      }
      if (problem.has("acknowledgedLines")) {
        long within = problem.path("acknowledgedLines").asLong(0);
        acknowledged = within > chunk.headerLines() ? within + chunk.offset() : acknowledged;
        imported += problem.path("imported").asLong(0);
        problem.put("acknowledgedLines", acknowledged).put("imported", imported);
      }
      return Problems.failure(service, request, problem, retryAfter);
    }
    return new ClientException(
        ClientExit.SERVICE_FAILED, "The answer is no problem document of a Lightning DB.");
  }

  private void finish() throws ClientException {
    if (json()) {
      ObjectNode result =
          Json.object()
              .put("lines", acknowledged)
              .put("acknowledgedLines", acknowledged)
              .put("imported", imported)
              .put("rejected", rejected)
              .put("version", version);
      session().line("{\"result\":" + Json.text(result) + "}");
    } else {
      session()
          .line("%d lines, %d imported, %d rejected".formatted(acknowledged, imported, rejected));
    }
    if (named > REJECTIONS_MAX) {
      tell((named - REJECTIONS_MAX) + " more lines were rejected");
    }
  }
}
