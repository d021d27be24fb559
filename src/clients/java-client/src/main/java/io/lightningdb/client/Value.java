package io.lightningdb.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A value: any bytes, with a media type. Immutable; two are equal if both are. */
public final class Value {
  private static final String JSON_TYPE = "application/json";

  private final byte[] bytes;
  private final String contentType;
  // Whether the bytes are JSON on one line for certain, so that they may stand in a document as
  // they are.
  private final boolean oneLineJson;

  private Value(byte[] bytes, String contentType, boolean oneLineJson) {
    this.bytes = bytes;
    this.contentType = Objects.requireNonNull(contentType);
    this.oneLineJson = oneLineJson;
  }

  /**
   * A value of JSON.
   *
   * @param value whatever Jackson writes as JSON, such as a record, a map, a number, or null
   * @return the value
   */
  public static Value json(Object value) {
    return json(value, Json.MAPPER);
  }

  /**
   * A value of JSON, written as a mapper says.
   *
   * @param value whatever the mapper writes
   * @param mapper of the caller
   * @return the value
   */
  public static Value json(Object value, ObjectMapper mapper) {
    byte[] bytes = mapper.writeValueAsBytes(value);
    return new Value(bytes, JSON_TYPE, Json.isOneLine(bytes));
  }

  /**
   * A value of text in UTF-8.
   *
   * @param text any
   * @return the value, of the media type {@code text/plain;charset=utf-8}
   */
  public static Value text(String text) {
    return new Value(text.getBytes(StandardCharsets.UTF_8), "text/plain;charset=utf-8", false);
  }

  /**
   * A value of bytes.
   *
   * @param bytes any; copied
   * @return the value, of the media type {@code application/octet-stream}
   */
  public static Value bytes(byte[] bytes) {
    return of(bytes, "application/octet-stream");
  }

  /**
   * A value of another media type.
   *
   * @param bytes any; copied
   * @param contentType such as {@code image/png}
   * @return the value
   */
  public static Value of(byte[] bytes, String contentType) {
    return new Value(bytes.clone(), contentType, false);
  }

  /** Takes over bytes that are not changed any more. */
  static Value ofAnswer(byte[] bytes, String contentType) {
    return new Value(bytes, contentType, false);
  }

  /** A value is itself, text is text, bytes are bytes, and anything else is written as JSON. */
  static Value ofAny(Object value) {
    if (value instanceof Value) {
      return (Value) value;
    }
    if (value instanceof String) {
      return text((String) value);
    }
    return value instanceof byte[] ? bytes((byte[]) value) : json(value);
  }

  /**
   * Its bytes.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] rawBytes() {
    return bytes;
  }

  boolean isOneLineJson() {
    return oneLineJson;
  }

  /**
   * Its media type.
   *
   * @return the type as it was stored, with its parameters
   */
  public String contentType() {
    return contentType;
  }

  /**
   * Its bytes as text in UTF-8.
   *
   * @return the text; bytes that are not UTF-8 become the replacement character
   */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Reads it as JSON.
   *
   * @param <T> what it is read as
   * @param type what it is read as, such as a record
   * @return what Jackson makes of it
   * @throws tools.jackson.core.JacksonException if it is no JSON, or does not fit
   */
  public <T> T as(Class<T> type) {
    return as(type, Json.MAPPER);
  }

  /**
   * Reads it as JSON, as a mapper says.
   *
   * @param <T> what it is read as
   * @param type what it is read as
   * @param mapper of the caller
   * @return what the mapper makes of it
   * @throws tools.jackson.core.JacksonException if it is no JSON, or does not fit
   */
  public <T> T as(Class<T> type, ObjectMapper mapper) {
    return mapper.readValue(bytes, type);
  }

  /**
   * Reads it as JSON of any kind.
   *
   * @return the JSON
   * @throws tools.jackson.core.JacksonException if it is none
   */
  public JsonNode json() {
    return Json.MAPPER.readTree(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value
        && Arrays.equals(bytes, ((Value) other).bytes)
        && contentType.equals(((Value) other).contentType);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /**
   * Tells the media type and the size, not the bytes, which may be secret.
   *
   * @return such as {@code application/json, 17 bytes}
   */
  @Override
  public String toString() {
    return contentType + ", " + bytes.length + " bytes";
  }
}
