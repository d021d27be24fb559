package io.lightningdb.tool.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Reads a value.
@Command(
    name = "get",
    header = "Writes a value to standard output.",
    description =
        "The bytes as they are stored; on a terminal a line end follows. With --json, the entry as lists"
            + " have it: key, value, type, version and expiry.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar get hello",
      "  java -jar lightningdb.jar get --keyspace orders --json 4711",
      "  java -jar lightningdb.jar get picture > picture.png"
    })
final class Get extends ServiceCommand {
  private static final int PIECE_BYTES = 1 << 16;

  @Mixin private KeyOptions keys;

  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(
      names = "--at",
      paramLabel = "VERSION",
      description = "As it was at this past version, where the keyspace keeps a history.")
  private @Nullable Long at;

  Get(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    KeyOptions.Place place = keys.place(session(), key);
    Request request =
        Request.get(place.path()).with("keyEncoding", place.encoding()).with("at", at);
    try (Answer answer = service.send(request)) {
      if (json()) {
        session().line(Json.text(entry(answer)));
      } else {
        copy(answer.stream());
      }
    }
    return ClientExit.OK;
  }

  private void copy(InputStream value) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    byte last = '\n';
    for (int count = value.read(piece); count >= 0; count = value.read(piece)) {
      session().write(piece, 0, count);
      last = count > 0 ? piece[count - 1] : last;
    }
    if (session().isShown() && last != '\n') {
      session().line("");
    }
  }

  private ObjectNode entry(Answer answer) throws IOException {
    String contentType = String.valueOf(answer.header("Content-Type"));
    ObjectNode entry = Json.object().put("key", key);
    if (keys.isBase64url()) {
      entry.put("keyEncoding", "base64url");
    }
    addValue(entry, contentType, answer.bytes());
    entry.put("contentType", contentType).put("version", answer.version());
    String expiry = answer.header("Lightning-Expires-At");
    return expiry == null ? entry : entry.put("expiresAt", expiry);
  }

  private static void addValue(ObjectNode entry, String contentType, byte[] value)
      throws IOException {
    String type = contentType.toLowerCase(Locale.ROOT);
    String text = type.startsWith("text/") || type.startsWith(Request.JSON) ? utf8(value) : null;
    if (text == null) {
      entry.put("valueBase64", Base64.getEncoder().encodeToString(value));
    } else if (type.startsWith(Request.JSON)) {
      entry.set("value", Json.parse(text));
    } else {
      entry.put("value", text);
    }
  }

  private static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }
}
