package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Decodes parts of URLs into bytes, without guessing: what cannot be decoded is refused.
public final class PercentDecoding {
  private static final int PIECE_CHARS = 4096;

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
    int ascii = 0;
    while (ascii < bytes.length && bytes[ascii] >= 0) {
      ascii++;
    }
    return ascii == bytes.length || isUtf8(ByteBuffer.wrap(bytes, ascii, bytes.length - ascii));
  }

  /// Decodes piece by piece, and keeps nothing of it.
  private static boolean isUtf8(ByteBuffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer piece = CharBuffer.allocate(Math.min(bytes.remaining(), PIECE_CHARS));
    CoderResult result = decoder.decode(bytes, piece, true);
    while (result.isOverflow()) {
      piece.clear();
      result = decoder.decode(bytes, piece, true);
    }
    return !result.isError();
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
