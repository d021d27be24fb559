package io.lightningdb.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** A key: 1 to 4096 bytes, in whose unsigned order entries are kept. Immutable. */
public final class Key implements Comparable<Key> {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The key whose bytes are the UTF-8 of a text.
   *
   * @param text any, without lone surrogates
   * @return the key
   */
  public static Key of(String text) {
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
      return new Key(Arrays.copyOfRange(encoded.array(), 0, encoded.limit()));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the key has a lone surrogate", e);
    }
  }

  /**
   * The key of these bytes.
   *
   * @param bytes any; copied
   * @return the key
   */
  public static Key of(byte[] bytes) {
    return new Key(bytes.clone());
  }

  static Key ofAnswer(String text, boolean base64url) {
    return base64url ? new Key(Base64.getUrlDecoder().decode(text)) : of(text);
  }

  /**
   * Its bytes.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Tells whether the bytes are text.
   *
   * @return whether they are valid UTF-8
   */
  public boolean isText() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Its text.
   *
   * @return the text; bytes that are not UTF-8 are shown as the replacement character
   */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Base64url without padding. */
  String base64url() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether HTTP software on the way leaves the text in a path alone. */
  boolean isTextInPath() {
    if (!isText() || bytes[0] == '.') {
      return false;
    }
    for (byte b : bytes) {
      if (b >= 0 && b < ' ' || b == 0x7F) {
        return false;
      }
    }
    // Control characters above ASCII begin with this byte in UTF-8.
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xC2 && (bytes[i + 1] & 0xFF) < 0xA0) {
        return false;
      }
    }
    return true;
  }

  /** All bytes but those that never need it are percent-encoded. */
  String percentEncoded() {
    return percentEncoded(bytes);
  }

  static String percentEncoded(byte[] bytes) {
    StringBuilder encoded = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      if (b >= 'a' && b <= 'z'
          || b >= 'A' && b <= 'Z'
          || b >= '0' && b <= '9'
          || b == '-'
          || b == '_') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append((char) HEX[(b >> 4) & 0xF]).append((char) HEX[b & 0xF]);
      }
    }
    return encoded.toString();
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key && Arrays.equals(bytes, ((Key) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
