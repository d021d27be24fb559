package io.lightningdb.tool.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Stores a value.
@Command(
    name = "put",
    header = "Stores a value: from the command line, a file or standard input.",
    description =
        "Shows the version of the entry. A value of the command line is text unless --type says"
            + " otherwise; a file is JSON or text if it is called so (.json, .txt), and bytes if not, as"
            + " is standard input.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar put hello world",
      "  java -jar lightningdb.jar put --type json --ttl 30m session-17 '{\"user\":17}'",
      "  java -jar lightningdb.jar put --if-version 194 --file order.json orders/4711",
      "  pg_dump shop | java -jar lightningdb.jar put dump -"
    })
final class Put extends ServiceCommand {
  private static final String TEXT = "text/plain;charset=UTF-8";
  private static final String BINARY = "application/octet-stream";
  private static final String STDIN = "-";

  @Mixin private KeyOptions keys;
  @Mixin private WriteOptions write;
  @Mixin private VersionOption condition;

  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "The value; - for standard input.")
  private @Nullable String value;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "A file that holds the value; - for standard input.")
  private @Nullable Path file;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "json, text, binary, or any media type; the value is given back with it.")
  private @Nullable String type;

  @Option(names = "--if-absent", description = "Only if there is no such entry.")
  private boolean ifAbsent;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "The entry expires after this time, " + DurationText.FORM + ".")
  private @Nullable Duration ttl;

  @Option(
      names = "--expires-at",
      paramLabel = "TIME",
      description = "The entry expires then, such as 2030-01-01T00:00:00Z.")
  private @Nullable OffsetDateTime expiresAt;

  Put(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    check();
    KeyOptions.Place place = keys.place(session(), key);
    Request request =
        Request.put(place.path())
            .with("keyEncoding", place.encoding())
            .header("If-None-Match", ifAbsent ? "*" : null)
            .header("Lightning-Ttl", ttl)
            .header("Lightning-Expires-At", expiresAt)
            .body(contentType(), body());
    String answer = service.text(write.addTo(condition.addTo(request)));
    print(answer, version -> session().line(version.path("version").asString("")));
    return ClientExit.OK;
  }

  private void check() {
    if ((value == null) == (file == null)) {
      throw misuse("Give one value: as VALUE, - for standard input, or by --file.");
    }
    if (ifAbsent && condition.isGiven()) {
      throw misuse("--if-absent and --if-version exclude each other.");
    }
    if (ttl != null && expiresAt != null) {
      throw misuse("--ttl and --expires-at exclude each other.");
    }
  }

  private Body body() throws ClientException {
    if (file != null && !isStdin()) {
      return Body.of(file);
    }
    return value == null || isStdin()
        ? Body.of(session().in())
        : Body.of(value.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isStdin() {
    return STDIN.equals(value) || (file != null && file.toString().equals(STDIN));
  }

  private String contentType() {
    if (type == null) {
      return isStdin() ? BINARY : file == null ? TEXT : ofName(file.toString());
    }
    return switch (type) {
      case "json" -> Request.JSON;
      case "text" -> TEXT;
      case "binary" -> BINARY;
      default -> {
        if (!type.contains("/") || type.chars().anyMatch(c -> c < ' ' || c > '~')) {
          throw misuse("--type=" + type + " is neither json, text, binary nor a media type.");
        }
        yield type;
      }
    };
  }

  private static String ofName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".json")) {
      return Request.JSON;
    }
    return lower.endsWith(".txt") ? TEXT : BINARY;
  }
}
