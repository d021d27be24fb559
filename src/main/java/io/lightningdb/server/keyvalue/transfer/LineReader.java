package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.web.ChargedBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Reads lines of bytes with bounded memory. *Not thread-safe.*
final class LineReader {
  private final InputStream in;
  private final int lineBytesMax;
  private final byte[] buffer = new byte[64 * 1024];

  private int position;
  private int end;

  /// Reads from a stream.
  ///
  /// @param in what to read; it needs no buffer
  /// @param lineBytesMax longest line, in bytes
  LineReader(InputStream in, int lineBytesMax) {
    this.in = in;
    this.lineBytesMax = lineBytesMax;
  }

  /// Skips lines without a byte, which may be many in a compressed body.
  ///
  /// @return how many were skipped, line feeds each of which a carriage return may precede
  /// @throws IOException if the stream fails
  long skipEmpty() throws IOException {
    long count = 0;
    while (fill() && (buffer[position] == '\n' || isReturnWithLineFeed())) {
      position += buffer[position] == '\n' ? 1 : 2;
      count++;
    }
    return count;
  }

  private boolean isReturnWithLineFeed() {
    return buffer[position] == '\r' && position + 1 < end && buffer[position + 1] == '\n';
  }

  /// Closes the stream.
  ///
  /// @throws IOException if it fails
  void close() throws IOException {
    in.close();
  }

  /// One line.
  ///
  /// @param bytes the line without its end; what fits if it is too long
  /// @param length of the line, in bytes
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Line(byte[] bytes, long length) {

    /// Tells whether the line is longer than allowed.
    ///
    /// @return true if bytes are missing
    boolean isTooLong() {
      return length > bytes.length;
    }
  }

  /// Reads the next line. It ends with a line feed, which a carriage return may precede, or with the stream.
  ///
  /// @return the line, or nothing at the end
  /// @throws IOException if the stream fails
  Optional<Line> next() throws IOException {
    ChargedBuffer line = new ChargedBuffer(CallerMemory.Use.INCOMING);
    long length = 0;
    boolean any = false;
    while (fill()) {
      any = true;
      int stop = position;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      int room = lineBytesMax - line.size();
      line.write(buffer, position, Math.min(room, stop - position));
      length += stop - position;
      boolean ended = stop < end;
      position = ended ? stop + 1 : stop;
      if (ended) {
        break;
      }
    }
    return any ? Optional.of(withoutReturn(whole(line), length)) : Optional.empty();
  }

  /// Takes memory for the value in a long line too, which is cut out of it.
  private static byte[] whole(ChargedBuffer line) {
    MemoryLease lease = MemoryLease.current();
    if (lease != null && line.size() > MemoryLease.SMALL_BYTES) {
      lease.take(CallerMemory.Use.INCOMING, line.size());
    }
    return line.toByteArray();
  }

  private boolean fill() throws IOException {
    if (position == end) {
      position = 0;
      end = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return end > position;
  }

  private static Line withoutReturn(byte[] bytes, long length) {
    boolean whole = bytes.length == length;
    if (whole && length > 0 && bytes[bytes.length - 1] == '\r') {
      return new Line(Arrays.copyOf(bytes, bytes.length - 1), length - 1);
    }
    return new Line(bytes, length);
  }
}
