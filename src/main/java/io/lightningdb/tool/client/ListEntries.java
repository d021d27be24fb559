package io.lightningdb.tool.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lists entries.
@Command(
    name = "list",
    header = "Lists entries in the order of their keys, as of one moment.",
    description =
        "A line for each: key, tab, value. Tabs, line ends, backslashes and control characters are"
            + " escaped as in C; a value that is neither JSON nor text, and a key that is no text, stands"
            + " as base64: and its base64 (keys: base64url). All entries of the range are listed unless"
            + " --limit says otherwise, with the memory of one.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar list --prefix session- --limit 10",
      "  java -jar lightningdb.jar list --keys --reverse --keyspace orders",
      "  java -jar lightningdb.jar list --json --start a --end b | jq .value"
    })
final class ListEntries extends ServiceCommand {
  @Mixin private KeyOptions keys;
  @Mixin private RangeOptions range;

  @Option(names = "--reverse", description = "The last key first.")
  private boolean reverse;

  @Option(names = "--keys", description = "Keys alone.")
  private boolean keysOnly;

  @Option(names = "--limit", paramLabel = "COUNT", description = "At most so many entries.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--at",
      paramLabel = "VERSION",
      description = "As it was at this past version, where the keyspace keeps a history.")
  private @Nullable Long at;

  ListEntries(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    if (limit < 1) {
      throw misuse("--limit=" + limit + " is less than 1.");
    }
    Request request =
        range
            .addTo(Request.get(keys.entries(session())))
            .with("reverse", reverse ? true : null)
            .with("at", at)
            .with("fields", keysOnly ? "key" : null)
            .with("keyEncoding", keys.parameter())
            .header("Accept", Request.NDJSON);
    try (Answer answer = service.send(request);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(answer.stream(), StandardCharsets.UTF_8))) {
      print(service, request, lines);
    }
    return ClientExit.OK;
  }

  private void print(Service service, Request request, BufferedReader lines) throws IOException {
    for (long count = 0; count < limit; count++) {
      String line = lines.readLine();
      if (line == null) {
        return;
      }
      JsonNode entry = json() && !line.startsWith("{\"problem\"") ? null : Json.read(line);
      if (entry != null && entry.has("problem")) {
        throw Problems.failure(service, request, entry.path("problem"), null);
      }
      session().line(entry == null ? line : text(entry));
    }
  }

  private String text(JsonNode entry) {
    String key = entry.path("key").asString("");
    String shown =
        entry.has("keyEncoding") && !keys.isBase64url() ? "base64:" + key : LineText.of(key);
    return keysOnly ? shown : shown + "\t" + value(entry);
  }

  private static String value(JsonNode entry) {
    if (entry.has("valueBase64")) {
      return "base64:" + entry.path("valueBase64").asString("");
    }
    JsonNode value = entry.path("value");
    String type = entry.path("contentType").asString(Request.JSON);
    boolean text = value.isString() && !type.startsWith(Request.JSON);
    return text ? LineText.of(value.asString()) : Json.text(value);
  }
}
