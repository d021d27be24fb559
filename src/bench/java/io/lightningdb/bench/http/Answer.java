package io.lightningdb.bench.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the answers of one connection, one after the other: the status line, the length, and the body, whether that is announced or
/// comes in chunks. Nothing else of HTTP matters here. *Confined to one thread.*
final class Answer {
  /// Longest answer, with its head.
  private static final int BYTES_MAX = 256 * 1024;

  private static final int BYTES_AT_FIRST = 4 * 1024;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKED =
      "transfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int LOWER_CASE = 0x20;
  private static final int SHOWN_BYTES = 600;

  private byte[] bytes = new byte[BYTES_AT_FIRST];
  private ByteBuffer space = ByteBuffer.wrap(bytes);

  // Of the answer that is being read. 0 is an end of the head that is not found yet.
  private int scanned;
  private int headEnd;
  private int bodyBytes;
  private boolean chunked;

  /// Room for what comes next.
  ///
  /// @return to be filled from its position on
  ByteBuffer space() {
    if (!space.hasRemaining()) {
      if (bytes.length == BYTES_MAX) {
        throw new IllegalStateException("an answer of more than " + BYTES_MAX + " bytes");
      }
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
      space = ByteBuffer.wrap(bytes).position(bytes.length / 2);
    }
    return space;
  }

  /// Forgets the last answer.
  void clear() {
    space.clear();
    scanned = 0;
    headEnd = 0;
    bodyBytes = 0;
    chunked = false;
  }

  /// Looks at what has come so far.
  ///
  /// @return true if it is the whole answer
  boolean isComplete() {
    if (headEnd == 0 && !readHead()) {
      return false;
    }
    return chunked ? readChunks() : space.position() >= headEnd + bodyBytes;
  }

  private boolean readHead() {
    int line = scanned;
    for (int i = scanned; i < space.position(); i++) {
      if (bytes[i] == '\n') {
        if (i - line <= 1 && line > 0) {
          headEnd = i + 1;
          return true;
        }
        readLine(line);
        line = i + 1;
        scanned = line;
      }
    }
    return false;
  }

  private void readLine(int at) {
    if (startsWith(at, LENGTH)) {
      bodyBytes = decimal(at + LENGTH.length);
    } else if (startsWith(at, CHUNKED)) {
      chunked = true;
    }
  }

  private boolean startsWith(int at, byte[] lowerCase) {
    if (at + lowerCase.length > space.position()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      if ((bytes[at + i] | LOWER_CASE) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  private int decimal(int at) {
    int number = 0;
    for (int i = at; bytes[i] != '\r' && bytes[i] != '\n'; i++) {
      if (bytes[i] != ' ') {
        number = Math.addExact(Math.multiplyExact(number, 10), Character.digit(bytes[i], 10));
      }
    }
    return number;
  }

  /// Walks over the chunks; once the last is there, moves them together.
  private boolean readChunks() {
    int end = space.position();
    int at = headEnd;
    while (true) {
      int length = 0;
      while (at < end && bytes[at] != '\r') {
        length = length * 16 + Character.digit(bytes[at++], 16);
      }
      int data = at + 2;
      if (data + length + 2 > end) {
        return false;
      }
      if (length == 0) {
        join();
        return true;
      }
      at = data + length + 2;
    }
  }

  private void join() {
    int at = headEnd;
    int to = headEnd;
    while (true) {
      int length = 0;
      while (bytes[at] != '\r') {
        length = length * 16 + Character.digit(bytes[at++], 16);
      }
      if (length == 0) {
        bodyBytes = to - headEnd;
        return;
      }
      System.arraycopy(bytes, at + 2, bytes, to, length);
      to += length;
      at += 2 + length + 2;
    }
  }

  /// Its status.
  ///
  /// @return three digits
  int status() {
    return (bytes[STATUS_AT] - '0') * 100
        + (bytes[STATUS_AT + 1] - '0') * 10
        + (bytes[STATUS_AT + 2] - '0');
  }

  /// Where the body is.
  ///
  /// @return bytes of the answer, the same array until the next is read
  byte[] bytes() {
    return bytes;
  }

  /// Where the body begins.
  ///
  /// @return index
  int bodyStart() {
    return headEnd;
  }

  /// How long the body is.
  ///
  /// @return bytes
  int bodyBytes() {
    return bodyBytes;
  }

  /// The beginning of what has come, for people.
  @Override
  public String toString() {
    int shown = Math.min(space.position(), SHOWN_BYTES);
    return new String(bytes, 0, shown, StandardCharsets.ISO_8859_1);
  }
}
