package io.lightningdb.tool.client;

import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON, for commands that look into it. The others never load this class, and start faster.
final class Json {
  // Numbers stay what they are, however many digits they have.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /// Reads a document of the service.
  ///
  /// @throws ClientException if it is none
  static JsonNode read(String text) throws ClientException {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new ClientException(
          ClientExit.SERVICE_FAILED, "The answer is not the JSON of a Lightning DB.", e);
    }
  }

  /// Reads what may be JSON.
  ///
  /// @throws IOException if it is not
  static JsonNode parse(String text) throws IOException {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IOException(e.getOriginalMessage(), e);
    }
  }

  static String text(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }
}
