package io.lightningdb.client;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** How this client reads and writes JSON. */
final class Json {
  /** Shared; immutable. */
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** Whether bytes are one JSON value without a line end, so that they can stand in a document as they are. */
  static boolean isOneLine(byte[] bytes) {
    for (byte b : bytes) {
      if (b == '\n' || b == '\r') {
        return false;
      }
    }
    // A mapper may have been told to write anything.
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      JsonToken first = parser.nextToken();
      parser.skipChildren();
      return first != null && parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Writes a document. */
  static byte[] written(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = MAPPER.createGenerator(bytes)) {
      writer.accept(out);
    }
    return bytes.toByteArray();
  }
}
