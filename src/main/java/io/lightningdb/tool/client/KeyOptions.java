package io.lightningdb.tool.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// In which keyspace, and how keys are written.
final class KeyOptions {
  private static final String BASE64URL = "base64url";

  /// How keys are written.
  @SuppressWarnings("JavaLangClash") // As the contract calls them.
  enum Encoding {
    text,
    base64url
  }

  @Mixin private KeyspaceOption keyspace;

  @Option(
      names = "--key-encoding",
      paramLabel = "FORM",
      description =
          "How keys are written, here and in the output: text (default), or base64url without padding, for any bytes.")
  private Encoding encoding = Encoding.text;

  KeyOptions() {}

  String entries(Session session) {
    return keyspace.path(session) + "/entries";
  }

  KeyspaceOption keyspace() {
    return keyspace;
  }

  boolean isBase64url() {
    return encoding == Encoding.base64url;
  }

  /// The parameter `keyEncoding`, or null where keys are text.
  @Nullable String parameter() {
    return isBase64url() ? BASE64URL : null;
  }

  /// Where one entry is. A key that HTTP software would change on its way, such as `..`, is sent in the other form by
  /// itself.
  Place place(Session session, String key) {
    boolean fragile = !isBase64url() && isFragile(key);
    String sent =
        fragile
            ? Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(key.getBytes(StandardCharsets.UTF_8))
            : Request.encoded(key);
    return new Place(entries(session) + "/" + sent, fragile || isBase64url() ? BASE64URL : null);
  }

  private static boolean isFragile(String key) {
    return key.equals(".")
        || key.equals("..")
        || key.codePoints().anyMatch(Character::isISOControl);
  }

  /// Path and parameter of an entry.
  record Place(String path, @Nullable String encoding) {}
}
