package io.lightningdb.server.keyvalue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// Reads Base64 that stands for its bytes alone. The decoder of the JDK leaves bits of the last character out that
/// stand for nothing: two texts would be one key, and a text whose end is damaged would be taken for whole.
final class StrictBase64 {
  private static final int GROUP = 4;

  private StrictBase64() {}

  /// Decodes the alphabet of Base64, with or without padding.
  ///
  /// @param text the text
  /// @return its bytes
  /// @throws IllegalArgumentException if the text is not what an encoder makes, saying why
  static byte[] ofBase64(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ofBase64(bytes, 0, bytes.length);
  }

  /// Decodes the alphabet of Base64, with or without padding, where it stands.
  ///
  /// @param text holds the text in ASCII
  /// @param start where it begins
  /// @param end behind its last character
  /// @return its bytes
  /// @throws IllegalArgumentException if the text is not what an encoder makes, saying why
  static byte[] ofBase64(byte[] text, int start, int end) {
    return decode(text, start, end, Base64.getDecoder(), Base64.getEncoder().withoutPadding());
  }

  /// Decodes the alphabet for URLs, with or without padding.
  ///
  /// @param text the text
  /// @return its bytes
  /// @throws IllegalArgumentException if the text is not what an encoder makes, saying why
  static byte[] ofBase64Url(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return decode(bytes, 0, bytes.length, Base64.getUrlDecoder(), encoder);
  }

  private static byte[] decode(
      byte[] text, int start, int end, Base64.Decoder decoder, Base64.Encoder encoder) {
    ByteBuffer decoded = decoder.decode(ByteBuffer.wrap(text, start, end - start));
    byte[] bytes =
        decoded.remaining() == decoded.array().length
            ? decoded.array()
            : Arrays.copyOf(decoded.array(), decoded.remaining());
    int length = end - start;
    while (length > 0 && text[start + length - 1] == '=') {
      length--;
    }
    byte[] last = Arrays.copyOfRange(text, start + length - length % GROUP, start + length);
    if (!Arrays.equals(encoder.encode(decoder.decode(last)), last)) {
      throw new IllegalArgumentException("Its last character has bits that stand for nothing");
    }
    return bytes;
  }
}
