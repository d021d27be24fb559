package io.lightningdb.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines of a stream as bytes, without their ends; lines with nothing on them are passed over. Not thread-safe. */
final class Lines implements Closeable {
  private static final int PIECE_BYTES = 1 << 16;

  private final InputStream in;
  private final int lineBytesMax;
  private final byte[] piece = new byte[PIECE_BYTES];
  private int position;
  private int limit;
  private long passed;

  Lines(InputStream in, int lineBytesMax) {
    this.in = in;
    this.lineBytesMax = lineBytesMax;
  }

  /** Answers the next line, null behind the last one. */
  byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (position == limit) {
        position = 0;
        limit = Math.max(0, in.read(piece));
        if (limit == 0) {
          passed += line.size() > 0 ? 1 : 0;
          return line.size() > 0 ? line.toByteArray() : null;
        }
      }
      int end = position;
      while (end < limit && piece[end] != '\n') {
        end++;
      }
      line.write(piece, position, end - position);
      if (line.size() > lineBytesMax) {
        throw new IOException(
            "line " + (passed + 1) + " is longer than " + lineBytesMax + " bytes");
      }
      position = end;
      if (end < limit) {
        position++;
        passed++;
        if (!isBlank(line)) {
          return line.toByteArray();
        }
        line.reset();
      }
    }
  }

  /** How many lines of the stream lie behind, empty ones included. */
  long passed() {
    return passed;
  }

  private static boolean isBlank(ByteArrayOutputStream line) {
    return line.size() == 0 || line.size() == 1 && line.toByteArray()[0] == '\r';
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
