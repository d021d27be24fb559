package io.lightningdb.server.keyvalue;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.PercentDecoding;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// JSON as bytes: values are checked and cut out of bodies, but never converted, so that numbers and spelling stay as
/// they were sent.
public final class JsonText {
  // A name or number is held several times while it is read. A string is not, unless a caller asks
  // for its text.
  private static final int NAME_LENGTH_MAX = 1 << 20;
  private static final int NUMBER_LENGTH_MAX = 1 << 20;

  // A factory remembers thousands of names, and JSON beyond this size may have names as long as
  // itself.
  private static final int REMEMBERED_BYTES_MAX = 4 << 10;

  private static final JsonFactory FACTORY = factory();

  private static JsonFactory factory() {
    return JsonFactory.builder()
        // UTF-8 only: a value in UTF-16 could not be embedded in an answer.
        .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
        .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
        // A stream that fails before its first bytes are sent is answered as a problem.
        .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
        // Streams end each value with a line feed themselves.
        .rootValueSeparator("")
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNumberLength(NUMBER_LENGTH_MAX)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(NAME_LENGTH_MAX)
                .build())
        .build();
  }

  private JsonText() {}

  /// Takes the members of an object one by one.
  public interface Members {

    /// Takes a member.
    ///
    /// @param name its name
    /// @param parser at the first token of its value; to be moved to the last one
    void take(String name, JsonParser parser);
  }

  /// Walks an object to its end. A name that comes twice is refused, because of two values for one name each reader
  /// believes another: what looks at a request on its way may see the first, and the service the last.
  ///
  /// @param parser at the begin of the object, moved to its end
  /// @param members takes what is in it, and refuses names that it does not know: so there are few to remember
  /// @throws ProblemException if a name comes twice
  public static void readObject(JsonParser parser, Members members) {
    List<String> names = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (names.contains(name)) {
        throw twice(name);
      }
      names.add(name);
      parser.nextToken();
      members.take(name, parser);
    }
  }

  /// Reads tokens of JSON in UTF-8.
  ///
  /// @param bytes the JSON
  /// @return a parser before the first token
  public static JsonParser parser(byte[] bytes) {
    JsonFactory factory = bytes.length > REMEMBERED_BYTES_MAX ? factory() : FACTORY;
    return factory.createParser(ObjectReadContext.empty(), bytes);
  }

  /// Writes JSON in UTF-8. Closing the generator leaves the target open.
  ///
  /// @param target takes the bytes
  /// @return a generator
  public static JsonGenerator generator(OutputStream target) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), target);
  }

  /// Says that a name comes twice.
  ///
  /// @param name of the members
  /// @return an exception to throw
  public static ProblemException twice(String name) {
    return Problem.of(ProblemType.MALFORMED_JSON, "The member " + name + " is there twice.")
        .asException();
  }

  /// Tells what keeps bytes from being one JSON value.
  ///
  /// @param bytes any bytes
  /// @return what is wrong and where, or nothing if the bytes are valid
  public static Optional<String> fault(byte[] bytes) {
    if (!PercentDecoding.isUtf8(bytes)) {
      return Optional.of("it is not valid UTF-8");
    }
    try (JsonParser parser = parser(bytes)) {
      if (parser.nextToken() == null) {
        return Optional.of("it is empty");
      }
      skipValue(parser);
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of("something follows the value");
    } catch (JacksonException e) {
      return Optional.of(reason(e));
    }
  }

  /// What a parser complained of, without the text that it complained of.
  ///
  /// @param failure what the parser threw
  /// @return a phrase with line and column
  public static String reason(JacksonException failure) {
    var location = failure.getLocation();
    String place =
        location == null
            ? ""
            : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    return failure.getOriginalMessage() + place;
  }

  /// Moves a parser from the first to the last token of a value. A string is checked when the parser goes on behind it,
  /// so that it is never held as text.
  ///
  /// @param parser at the first token
  public static void skipValue(JsonParser parser) {
    int depth = 0;
    JsonToken token = parser.currentToken();
    while (token != null) {
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        return;
      }
      token = parser.nextToken();
    }
  }

  /// Cuts the value at the parser out of its JSON, and moves the parser to the value's last token.
  ///
  /// @param parser at the first token of a value; made by [#parser] for `bytes`
  /// @param bytes all of the JSON
  /// @return the bytes of the value, without space around it
  public static byte[] slice(JsonParser parser, byte[] bytes) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return Arrays.copyOfRange(bytes, start, stringEnd(bytes, start));
    }
    skipValue(parser);
    int end = (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(bytes, start, end);
  }

  /// Decodes a string of Base64 where it stands in its JSON.
  ///
  /// @param parser at the string; made by [#parser] for `bytes`
  /// @param bytes all of the JSON
  /// @return what the string stands for
  /// @throws IllegalArgumentException if it is not Base64
  static byte[] base64(JsonParser parser, byte[] bytes) {
    int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
    int end = stringEnd(bytes, start - 1) - 1;
    for (int i = start; i < end; i++) {
      if (bytes[i] == '\\') {
        // Spelt with escapes, which no encoder needs.
        return StrictBase64.ofBase64(parser.getString());
      }
    }
    return StrictBase64.ofBase64(bytes, start, end);
  }

  /// The index behind the quote that ends a string; the parser complains of one without an end when it goes on.
  private static int stringEnd(byte[] bytes, int start) {
    int i = start + 1;
    while (i < bytes.length && bytes[i] != '"') {
      i += bytes[i] == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, bytes.length);
  }

  /// Tells whether JSON may stand in a line of a stream and be cut out again byte by byte: it holds no line break, and
  /// no space around it.
  ///
  /// @param json a valid JSON value
  /// @return true if it may
  public static boolean fitsLine(byte[] json) {
    for (byte b : json) {
      if (b == '\n' || b == '\r') {
        return false;
      }
    }
    return !isSpace(json[0]) && !isSpace(json[json.length - 1]);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  /// Takes the line breaks out of a value, which JSON has between tokens only.
  ///
  /// @param json a valid JSON value, which is changed
  static void putOnOneLine(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        json[i] = ' ';
      }
    }
  }
}
