package io.lightningdb.server.keyvalue;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A value with its media type, and the bytes that the engine keeps for both: an envelope, then the value as it was
/// sent.
///
/// | offset | bytes | field         |                                                               |
/// |--------|-------|---------------|---------------------------------------------------------------|
/// | 0      | 1     | `code`        | 0 `application/octet-stream`, 1 `application/json`,           |
/// |        |       |               | 2 `text/plain;charset=utf-8`, 255 named; others are reserved  |
/// | 1      | 1     | `length`      | only after 255: length of `contentType`, 1 to 255             |
/// | 2      | n     | `contentType` | only after 255: ASCII text                                    |
/// | then   |       | `value`       | all the rest                                                  |
///
/// Codes are on disk: never renumber. A new envelope takes a new code.
///
/// @param contentType media type with its parameters
/// @param bytes the value
@SuppressWarnings("ArrayRecordComponent") // A plain carrier: never compared, never a map key.
public record StoredValue(String contentType, byte[] bytes) {

  /// Most bytes that an envelope adds to a value.
  public static final int ENVELOPE_BYTES_MAX = 2 + 255;

  /// Longest media type, in characters.
  public static final int CONTENT_TYPE_LENGTH_MAX = 255;

  /// What a value is if its type is not said.
  public static final String OCTET_STREAM = "application/octet-stream";

  /// JSON, checked before it was stored.
  public static final String JSON = "application/json";

  /// Text in UTF-8.
  public static final String TEXT = "text/plain;charset=utf-8";

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final List<String> CODED = List.of(OCTET_STREAM, JSON, TEXT);
  private static final int NAMED = 255;
  private static final String UTF_8 = "utf-8";
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset=\"?([^\";\\s]*)", Pattern.CASE_INSENSITIVE);

  /// Tells whether the value is JSON.
  ///
  /// @return true for `application/json` with any parameters
  public boolean isJson() {
    return isJson(contentType);
  }

  /// Tells whether the media type says text in UTF-8, whatever the bytes are.
  ///
  /// @return true for all of `text/` that names no other charset
  public boolean isText() {
    return isText(contentType);
  }

  /// Tells whether a media type is one of those that most values have, spelt as the service spells it.
  ///
  /// @param contentType any text
  /// @return true for a concrete media type that takes no name in the envelope
  static boolean isCoded(String contentType) {
    return CODED.contains(contentType);
  }

  /// Tells whether a media type is JSON.
  ///
  /// @param contentType a media type
  /// @return true for `application/json` with any parameters
  static boolean isJson(String contentType) {
    return essence(contentType).equals(JSON);
  }

  /// Tells whether a media type is that of a form.
  ///
  /// @param contentType a media type
  /// @return true for `application/x-www-form-urlencoded` with any parameters
  static boolean isForm(String contentType) {
    return essence(contentType).equals(FORM);
  }

  /// Tells whether a media type is text in UTF-8, or in ASCII, which is part of it.
  ///
  /// @param contentType a media type
  /// @return true for all of `text/` that names no other charset
  static boolean isText(String contentType) {
    if (contentType.equals(TEXT)) {
      return true;
    }
    String charset = charset(contentType);
    return essence(contentType).startsWith("text/")
        && (charset.isEmpty() || charset.equals(UTF_8) || charset.equals("us-ascii"));
  }

  /// Tells whether a media type is text that names UTF-8 as its charset.
  ///
  /// @param contentType a media type
  /// @return true if its bytes must be UTF-8
  static boolean namesUtf8(String contentType) {
    return essence(contentType).startsWith("text/") && charset(contentType).equals(UTF_8);
  }

  private static String charset(String contentType) {
    if (contentType.indexOf(';') < 0) {
      return "";
    }
    Matcher charset = CHARSET.matcher(contentType);
    if (!charset.find()) {
      return "";
    }
    String name = charset.group(1).toLowerCase(Locale.ROOT);
    return name.equals("utf8") ? UTF_8 : name;
  }

  private static String essence(String contentType) {
    int semicolon = contentType.indexOf(';');
    String essence = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return essence.strip().toLowerCase(Locale.ROOT);
  }

  /// The bytes to store.
  ///
  /// @return envelope and value
  public byte[] toStored() {
    byte[] head = envelope();
    byte[] stored = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, stored, head.length, bytes.length);
    return stored;
  }

  /// The bytes to store in front of the value.
  ///
  /// @return the envelope
  public byte[] envelope() {
    int code = code(contentType);
    if (code >= 0) {
      return new byte[] {(byte) code};
    }
    byte[] name = contentType.getBytes(StandardCharsets.US_ASCII);
    byte[] envelope = new byte[2 + name.length];
    envelope[0] = (byte) NAMED;
    envelope[1] = (byte) name.length;
    System.arraycopy(name, 0, envelope, 2, name.length);
    return envelope;
  }

  private static int code(String contentType) {
    int code = CODED.indexOf(contentType);
    return code >= 0 ? code : CODED.indexOf(contentType.toLowerCase(Locale.ROOT).replace(" ", ""));
  }

  /// Reads what [#toStored] made.
  ///
  /// @param stored bytes as the engine keeps them
  /// @return value and media type
  /// @throws ProblemException if the bytes do not start with an envelope: a program stored them without the service
  public static StoredValue of(byte[] stored) {
    int code = stored.length == 0 ? -1 : stored[0] & 0xFF;
    if (code >= 0 && code < CODED.size()) {
      return new StoredValue(CODED.get(code), Arrays.copyOfRange(stored, 1, stored.length));
    }
    int length = code == NAMED && stored.length > 1 ? stored[1] & 0xFF : 0;
    if (length == 0 || stored.length < 2 + length) {
      throw Problem.of(ProblemType.UNREADABLE_VALUE, ProblemType.UNREADABLE_VALUE.meaning())
          .asException();
    }
    String name = new String(stored, 2, length, StandardCharsets.US_ASCII);
    return new StoredValue(name, Arrays.copyOfRange(stored, 2 + length, stored.length));
  }
}
