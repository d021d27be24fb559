package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Decodes parts of URLs into bytes, without guessing: what cannot be decoded is refused.
public final class PercentDecoding {
  private PercentDecoding() {}

  /// Decodes a segment of a path, in which a plus is a plus.
  ///
  /// @param encoded the segment as it stands in the request line
  /// @return its bytes
  /// @throws io.lightningdb.server.problem.ProblemException if a percent sign is not followed by two hexadecimal digits
  public static byte[] ofPath(String encoded) {
    return decode(encoded, '+');
  }

  /// Decodes a name or value of a query, in which a plus is a space, as HTML forms send it.
  ///
  /// @param encoded the text as it stands in the request line
  /// @return its bytes
  /// @throws io.lightningdb.server.problem.ProblemException if a percent sign is not followed by two hexadecimal digits
  public static byte[] ofQuery(String encoded) {
    return decode(encoded, ' ');
  }

  private static byte[] decode(String encoded, char plus) {
    byte[] bytes = new byte[encoded.length()];
    int length = 0;
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) octet(encoded, i);
        i += 2;
      } else {
        bytes[length++] = (byte) (c == '+' ? plus : c);
      }
    }
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static int octet(String encoded, int percent) {
    if (percent + 2 < encoded.length()) {
      int high = Character.digit(encoded.charAt(percent + 1), 16);
      int low = Character.digit(encoded.charAt(percent + 2), 16);
      if (high >= 0 && low >= 0) {
        return (high << 4) | low;
      }
    }
    String detail = "The URL has a percent sign that two hexadecimal digits do not follow.";
    throw Problem.of(ProblemType.MALFORMED_REQUEST, detail).asException();
  }

  /// Tells whether bytes are UTF-8.
  ///
  /// @param bytes any bytes
  /// @return true if [#utf8] would read them
  public static boolean isUtf8(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return utf8(bytes).isPresent();
      }
    }
    return true;
  }

  /// Reads bytes as UTF-8.
  ///
  /// @param bytes any bytes
  /// @return the text, or nothing if the bytes are not valid UTF-8
  public static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }
}
