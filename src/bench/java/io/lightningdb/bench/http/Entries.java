package io.lightningdb.bench.http;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Keys and values by number. Immutable.
///
/// A key has 16 characters, the number in decimal digits. A value is a string of JSON, 100 characters with its quotes: its key, then 41
/// random letters or digits twice, so that nearly half of it can be compressed away. So a value is the same bytes in a request of its
/// own and within a larger document. There is one for a key, so every answer can be checked, whoever has written last.
final class Entries {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 100;

  /// Entries of a multiget, a page and a batch.
  static final int GROUP = 100;

  /// Entries of an import.
  static final int IMPORT_LINES = 1_000;

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int PIECES = 1_009;

  private static final byte QUOTE = '"';

  private final byte[][] pieces = new byte[PIECES][VALUE_BYTES - KEY_BYTES - 2];

  Entries(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (byte[] piece : pieces) {
      int half = piece.length / 2;
      for (int i = 0; i < half; i++) {
        piece[i] = (byte) LETTERS.charAt(random.nextInt(LETTERS.length()));
        piece[half + i] = piece[i];
      }
    }
  }

  /// Writes the key of a number.
  static void writeKey(long number, byte[] to, int at) {
    long rest = number;
    for (int i = at + KEY_BYTES - 1; i >= at; i--) {
      to[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /// Writes the value of a number.
  void writeValue(long number, byte[] to, int at) {
    byte[] piece = piece(number);
    to[at] = QUOTE;
    writeKey(number, to, at + 1);
    System.arraycopy(piece, 0, to, at + 1 + KEY_BYTES, piece.length);
    to[at + VALUE_BYTES - 1] = QUOTE;
  }

  private byte[] piece(long number) {
    return pieces[(int) (number % PIECES)];
  }

  /// Whether the value of a number stands at a place.
  boolean isValue(long number, byte[] in, int at) {
    if (at < 0 || at + VALUE_BYTES > in.length || in[at] != QUOTE) {
      return false;
    }
    long rest = number;
    for (int i = at + KEY_BYTES; i > at; i--) {
      if (in[i] != '0' + rest % 10) {
        return false;
      }
      rest /= 10;
    }
    byte[] piece = piece(number);
    int from = at + 1 + KEY_BYTES;
    int to = from + piece.length;
    return in[to] == QUOTE && Arrays.equals(in, from, to, piece, 0, piece.length);
  }

  /// Whether the value of a number stands somewhere in a part of a text.
  boolean hasValue(long number, byte[] in, int from, int to) {
    for (int at = from; at + VALUE_BYTES <= to; at++) {
      if (isValue(number, in, at)) {
        return true;
      }
    }
    return false;
  }
}
