package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.format.Limits;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.PercentDecoding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// Turns text into keys and back. A key that is changed on the way is another key, so nothing is replaced or guessed.
public final class KeyText {
  private static final String HINT =
      " Write the key as base64url without padding and add keyEncoding=base64url.";

  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};

  private KeyText() {}

  /// Reads a key from a segment of a path.
  ///
  /// @param segment the segment as it stands in the request line
  /// @param encoding how the key is written
  /// @return 1 to 4096 bytes
  /// @throws ProblemException if it is not such a key, or one that HTTP software changes on its way
  static byte[] ofPath(String segment, KeyEncoding encoding) {
    byte[] key = decode(PercentDecoding.ofPath(segment), encoding);
    if (encoding == KeyEncoding.TEXT) {
      refuseFragile(key);
    }
    return checkLength(key);
  }

  private static void refuseFragile(byte[] key) {
    if (Arrays.equals(key, DOT) || Arrays.equals(key, DOT_DOT)) {
      String text = new String(key, StandardCharsets.UTF_8);
      throw invalid("HTTP software takes the key \"" + text + "\" for a relative path." + HINT);
    }
    // Of a character that takes several bytes in UTF-8, each is negative.
    for (byte b : key) {
      if ((b >= 0 && b < 0x20) || b == 0x7F) {
        throw invalid("The key has control characters, which HTTP software may change." + HINT);
      }
    }
  }

  /// Reads a key or a bound of a range from the decoded bytes of a parameter.
  ///
  /// @param bytes what the parameter holds
  /// @param encoding how the key is written
  /// @return 0 to 4096 bytes
  /// @throws ProblemException if it is no such key
  public static byte[] ofParameter(byte[] bytes, KeyEncoding encoding) {
    return checkMax(decode(bytes, encoding));
  }

  /// Reads a key from JSON.
  ///
  /// @param text a JSON string
  /// @param encoding how the key is written
  /// @return 1 to 4096 bytes
  /// @throws ProblemException if it is no such key
  public static byte[] ofJson(String text, KeyEncoding encoding) {
    return checkLength(encoding == KeyEncoding.TEXT ? utf8(text) : base64url(text));
  }

  private static byte[] decode(byte[] bytes, KeyEncoding encoding) {
    if (encoding == KeyEncoding.BASE64URL) {
      return base64url(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    if (!PercentDecoding.isUtf8(bytes)) {
      throw invalid("The key is not valid UTF-8." + HINT);
    }
    return bytes;
  }

  private static byte[] base64url(String text) {
    try {
      return StrictBase64.ofBase64Url(text);
    } catch (IllegalArgumentException e) {
      throw invalid("The key is not base64url: " + e.getMessage() + ".");
    }
  }

  /// Encodes text that may hold half a surrogate pair, which has no bytes in UTF-8.
  private static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] key = new byte[bytes.remaining()];
      bytes.get(key);
      return key;
    } catch (CharacterCodingException _) {
      throw invalid("The key has half a surrogate pair, which UTF-8 cannot hold." + HINT);
    }
  }

  private static byte[] checkLength(byte[] key) {
    if (key.length < Limits.KEY_BYTES_MIN) {
      throw invalid("The key is empty.");
    }
    return checkMax(key);
  }

  private static byte[] checkMax(byte[] key) {
    if (key.length > Limits.KEY_BYTES_MAX) {
      String detail =
          "The key has %d bytes; at most %d are allowed."
              .formatted(key.length, Limits.KEY_BYTES_MAX);
      throw Problem.of(ProblemType.KEY_TOO_LARGE, detail)
          .withLimit(Limits.KEY_BYTES_MAX, key.length)
          .asException();
    }
    return key;
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_KEY, detail).asException();
  }

  /// A key as text, if it is text.
  ///
  /// @param key any key
  /// @return the text, or nothing if the key is not valid UTF-8
  static Optional<String> text(byte[] key) {
    return PercentDecoding.utf8(key);
  }

  /// A key as base64url.
  ///
  /// @param key any key
  /// @return the alphabet for URLs, no padding
  static String base64url(byte[] key) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
  }
}
