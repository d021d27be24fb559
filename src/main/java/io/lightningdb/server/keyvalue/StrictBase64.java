package io.lightningdb.server.keyvalue;

import java.util.Base64;

/// Reads Base64 that stands for its bytes alone. The decoder of the JDK leaves bits of the last character out that stand for nothing: two
/// texts would be one key, and a text whose end is damaged would be taken for whole.
final class StrictBase64 {
  private static final int GROUP = 4;

  private StrictBase64() {}

  /// Decodes the alphabet of Base64, with or without padding.
  ///
  /// @param text the text
  /// @return its bytes
  /// @throws IllegalArgumentException if the text is not what an encoder makes, saying why
  static byte[] ofBase64(String text) {
    return decode(text, Base64.getDecoder(), Base64.getEncoder().withoutPadding());
  }

  /// Decodes the alphabet for URLs, with or without padding.
  ///
  /// @param text the text
  /// @return its bytes
  /// @throws IllegalArgumentException if the text is not what an encoder makes, saying why
  static byte[] ofBase64Url(String text) {
    return decode(text, Base64.getUrlDecoder(), Base64.getUrlEncoder().withoutPadding());
  }

  private static byte[] decode(String text, Base64.Decoder decoder, Base64.Encoder encoder) {
    byte[] bytes = decoder.decode(text);
    int length = text.length();
    while (length > 0 && text.charAt(length - 1) == '=') {
      length--;
    }
    String last = text.substring(length - length % GROUP, length);
    if (!encoder.encodeToString(decoder.decode(last)).equals(last)) {
      throw new IllegalArgumentException("Its last character has bits that stand for nothing");
    }
    return bytes;
  }
}
