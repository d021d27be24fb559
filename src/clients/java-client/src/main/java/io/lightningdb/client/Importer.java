package io.lightningdb.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Sends lines in parts that are small enough to be held and sent again: importing the same lines twice has the same effect as once. Not
 * thread-safe.
 */
final class Importer {
  private static final int PART_BYTES = 1 << 20;
  private static final int LINE_BYTES_MAX = 64 << 20;

  private final Transport transport;
  private final String path;
  private final ImportOptions options;
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  // How many lines of the part there are, and the number that each of them has in the whole import,
  // if lines were passed over.
  private final List<Long> numbers = new ArrayList<>();
  private final List<ImportReport.Rejection> rejections = new ArrayList<>();
  private long imported;
  private long rejected;
  private long version;

  Importer(Transport transport, String path, ImportOptions options) {
    this.transport = transport;
    this.path = path;
    this.options = options;
  }

  ImportReport entries(java.util.Iterator<Entry> entries) {
    long number = 0;
    while (entries.hasNext()) {
      Entry entry = entries.next();
      number++;
      add(line(entry), number);
    }
    return finish();
  }

  ImportReport lines(java.io.InputStream in) throws IOException {
    Lines lines = new Lines(in, LINE_BYTES_MAX);
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      add(line, lines.passed());
    }
    return finish();
  }

  private static byte[] line(Entry entry) {
    return Json.written(out -> {
      out.writeStartObject();
      boolean text = entry.key().isText();
      Operations.writePlace(out, null, entry.key(), text);
      if (!text) {
        out.writeStringProperty("keyEncoding", "base64url");
      }
      Operations.writeValue(out, entry.value());
      if (entry.expiresAt().isPresent()) {
        out.writeStringProperty("expiresAt", entry.expiresAt().get().toString());
      }
      out.writeEndObject();
    });
  }

  private void add(byte[] line, long number) {
    if (part.size() > 0 && part.size() + line.length >= PART_BYTES) {
      send();
    }
    part.writeBytes(line);
    part.write('\n');
    numbers.add(number);
  }

  private ImportReport finish() {
    send();
    return report();
  }

  private ImportReport report() {
    return new ImportReport(imported, rejected, rejections, version);
  }

  private void send() {
    if (numbers.isEmpty()) {
      return;
    }
    Call call =
        Call.repeatable("POST", path)
            .parameter("keyField", options.keyField())
            .parameter("onError", options.skipsErrors() ? "skip" : null)
            .header("Lightning-Durability", options.durabilityWord())
            .header("Accept", "application/json")
            .body(part.toByteArray(), "application/x-ndjson");
    try {
      add(Json.MAPPER.readTree(transport.send(call).body()));
    } catch (ProblemException e) {
      long line = e.problem().number("line").orElse(acknowledged(e) + 1);
      throw ended(numberOf(line), e);
    } catch (ConnectionException e) {
      throw ended(numberOf(1), e);
    }
    part.reset();
    numbers.clear();
    options.told(imported);
  }

  private static long acknowledged(ProblemException e) {
    return e.problem().number("acknowledgedLines").orElse(0);
  }

  private ImportException ended(long number, LightningException cause) {
    String message = "the import ended at line " + number + ": " + cause.getMessage();
    return new ImportException(message, report(), number, cause);
  }

  private long numberOf(long line) {
    return numbers.get((int) Math.min(Math.max(line, 1), numbers.size()) - 1);
  }

  private void add(JsonNode answer) {
    imported += answer.path("imported").asLong();
    rejected += answer.path("rejected").asLong();
    version = Math.max(version, answer.path("version").asLong());
    for (JsonNode rejection : answer.path("rejections")) {
      long line = numberOf(rejection.path("line").asLong());
      rejections.add(new ImportReport.Rejection(line, rejection.path("reason").asString("")));
    }
  }
}
