package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Collects the members of a JSON object that tell a value: `value` or `valueBase64`, and `contentType`. *Not
/// thread-safe.*
///
/// `value` is JSON that is stored as it is spelt, or, with a `contentType` of `text/`, a string whose text is stored in
/// UTF-8. `valueBase64` is any bytes.
///
/// Generated clients send null for what they were not given. A null beside another form therefore counts as not given:
/// `valueBase64` is null in no other sense, and a `value` of null is JSON null only where no other form is there.
public final class ValueReader {
  // Its characters in the parser, the builder of the text and the text, at two bytes each, less
  // what was charged already.
  private static final int BYTES_PER_SPELT_BYTE = 6;

  private final long bytesMax;

  private byte @Nullable [] json;
  private boolean isNull;
  private byte @Nullable [] bytes;
  private @Nullable String contentType;

  /// Collects nothing yet.
  ///
  /// @param bytesMax largest value accepted, in bytes
  public ValueReader(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes a member, if it is one of a value.
  ///
  /// @param name name of the member
  /// @param parser at the first token of its value, moved to the last one
  /// @param source all of the JSON
  /// @return true if it was taken
  /// @throws ProblemException if its value is not of the type it must have
  public boolean take(String name, JsonParser parser, byte[] source) {
    switch (name) {
      case "value" -> {
        isNull = isNull(parser);
        json = JsonText.slice(parser, source);
      }
      case "valueBase64" -> bytes = isNull(parser) ? null : base64(name, parser, source);
      case "contentType" -> contentType = string(name, parser);
      default -> {
        return false;
      }
    }
    return true;
  }

  /// Tells whether a member is null.
  ///
  /// @param parser at its value
  /// @return true for JSON null
  public static boolean isNull(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /// Tells that another form than a value was given, beside which a `value` of null counts as not given.
  public void dropNull() {
    if (isNull) {
      json = null;
    }
  }

  /// Tells whether no member of a value was given.
  ///
  /// @return true if there is nothing to make a value of
  public boolean isEmpty() {
    return json == null && bytes == null && contentType == null;
  }

  /// Reads a member that must be a string.
  ///
  /// @param name name of the member
  /// @param parser at its value
  /// @return the text
  /// @throws ProblemException if it is something else
  public static String string(String name, JsonParser parser) {
    checkString(name, parser);
    return parser.getString();
  }

  private static void checkString(String name, JsonParser parser) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid("The member " + name + " must be a string.");
    }
  }

  private static byte[] base64(String name, JsonParser parser, byte[] source) {
    checkString(name, parser);
    try {
      return JsonText.base64(parser, source);
    } catch (IllegalArgumentException e) {
      throw invalid("The member valueBase64 is not Base64: " + e.getMessage() + ".");
    }
  }

  /// The value that the members tell.
  ///
  /// @return a value not larger than allowed
  /// @throws ProblemException if they tell none, or too large a one
  public StoredValue toValue() {
    if (bytes != null) {
      dropNull();
    }
    if ((json == null) == (bytes == null)) {
      throw invalid("There must be one of the members value and valueBase64.");
    }
    StoredValue value = bytes == null ? ofValue() : ContentTypes.value(contentType, bytes);
    if (value.bytes().length > bytesMax) {
      String detail =
          "The value has %d bytes; at most %d are allowed."
              .formatted(value.bytes().length, bytesMax);
      throw Problem.of(ProblemType.VALUE_TOO_LARGE, detail)
          .withLimit(bytesMax, value.bytes().length)
          .asException();
    }
    return value;
  }

  private StoredValue ofValue() {
    String type = contentType == null ? StoredValue.JSON : contentType;
    ContentTypes.check(type);
    if (StoredValue.isJson(type) && json != null) {
      return new StoredValue(type, json);
    }
    byte[] spelt = json;
    if (!StoredValue.isText(type) || spelt == null || spelt[0] != '"') {
      throw invalid(
          "With the contentType "
              + type
              + ", the value must be given as valueBase64, or as a string if it is text.");
    }
    return new StoredValue(type, text(spelt));
  }

  /// The text of a string, for which it is held as characters meanwhile.
  private static byte[] text(byte[] spelt) {
    MemoryLease lease = MemoryLease.current();
    long held = lease == null ? 0 : lease.bytes();
    if (lease != null && spelt.length > MemoryLease.SMALL_BYTES) {
      lease.take(CallerMemory.Use.INCOMING, (long) spelt.length * BYTES_PER_SPELT_BYTE);
    }
    try (JsonParser parser = JsonText.parser(spelt)) {
      parser.nextToken();
      String text = parser.getString();
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw invalid(
            "The value has half a surrogate pair, which UTF-8 cannot hold; give it as valueBase64.");
      }
      return text.getBytes(StandardCharsets.UTF_8);
    } finally {
      if (lease != null) {
        lease.giveBackTo(held);
      }
    }
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
