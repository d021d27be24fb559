package io.lightningdb.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** Reads what the contract writes of an entry. JSON values come out as they are spelt there: no number is rounded. */
final class EntryReader {
  private EntryReader() {}

  /** What stands for one entry, one result of an operation, or one line of a stream; what is absent is null. */
  static final class Item {
    private Key key;
    private byte[] value;
    private String contentType;
    private long version;
    private Instant expiresAt;
    private Problem problem;

    Problem problem() {
      return problem;
    }

    long version() {
      return version;
    }

    boolean hasValue() {
      return value != null;
    }

    /** Of an increment. */
    long counter() {
      return Long.parseLong(new String(value, StandardCharsets.UTF_8));
    }

    Entry entry() {
      String type = contentType == null ? "application/octet-stream" : contentType;
      return new Entry(key, Value.ofAnswer(value, type), version, Optional.ofNullable(expiresAt));
    }

    Key key() {
      return key;
    }
  }

  /** Reads a line. */
  static Item line(byte[] line) {
    try (JsonParser parser = Json.MAPPER.createParser(line)) {
      parser.nextToken();
      return item(parser, line);
    }
  }

  /** Reads the object that a parser stands at the start of. */
  static Item item(JsonParser parser, byte[] source) {
    Item item = new Item();
    String key = null;
    boolean base64url = false;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "key":
          key = parser.getString();
          break;
        case "keyEncoding":
          base64url = parser.getString().equals("base64url");
          break;
        case "value":
          item.value = json(parser, token, source);
          break;
        case "valueBase64":
          item.value = Base64.getDecoder().decode(parser.getString());
          break;
        case "contentType":
          item.contentType = parser.getString();
          break;
        case "version":
          item.version = parser.getLongValue();
          break;
        case "expiresAt":
          item.expiresAt = ZonedDateTime.parse(parser.getString()).toInstant();
          break;
        case "problem":
          item.problem = Problem.of((JsonNode) parser.readValueAsTree());
          break;
        default:
          // New members may come.
          parser.skipChildren();
      }
    }
    if (key != null) {
      item.key = Key.ofAnswer(key, base64url);
    }
    if (item.value != null && isText(item.contentType)) {
      item.value = text(item.value);
    }
    return item;
  }

  /** The bytes that a value is spelt with. */
  private static byte[] json(JsonParser parser, JsonToken token, byte[] source) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (token.isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    return Arrays.copyOfRange(source, start, (int) parser.currentLocation().getByteOffset());
  }

  private static boolean isText(String contentType) {
    return contentType != null && contentType.regionMatches(true, 0, "text/", 0, 5);
  }

  /** Text is written as a string. In Base64 it has no quotes. */
  private static byte[] text(byte[] spelt) {
    if (spelt.length == 0 || spelt[0] != '"') {
      return spelt;
    }
    return Json.MAPPER.readValue(spelt, String.class).getBytes(StandardCharsets.UTF_8);
  }
}
