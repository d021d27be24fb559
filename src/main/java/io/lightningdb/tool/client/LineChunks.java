package io.lightningdb.tool.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts NDJSON or CSV into chunks of whole lines, or rows, of about a mebibyte. *Not thread-safe.*
///
/// A row of CSV may have line ends within quotes, and each chunk of CSV begins with the header row. So every chunk is a
/// whole document that the service can import by itself.
final class LineChunks {
  /// So large that a request costs nothing beside it, so small that a refused one is read to its end.
  private static final int CHUNK_BYTES_TARGET = 1 << 20;

  private static final int PIECE_BYTES = 1 << 16;

  private final InputStream in;
  private final boolean csv;
  private final int lineBytesMax;
  private final byte[] piece = new byte[PIECE_BYTES];

  // What was read behind the last chunk.
  private int position;
  private int limit;

  private boolean atEnd;
  private boolean quoted;
  private long linesBefore;
  private byte[] header = {};
  private long headerLines;
  private boolean hasHeader;
  private boolean hasChunk;

  /// Starts at the first line.
  ///
  /// @param in the lines
  /// @param csv whether they are rows of CSV
  /// @param lineBytesMax longest line or row, in bytes
  LineChunks(InputStream in, boolean csv, int lineBytesMax) {
    this.in = in;
    this.csv = csv;
    this.lineBytesMax = lineBytesMax;
  }

  /// Lines that are sent together.
  ///
  /// @param bytes a whole document
  /// @param lines how many lines of the input it holds, the repeated header not counted
  /// @param headerLines how many lines of it are the repeated header
  /// @param offset what is to be added to a number of a line in it to make it one of the input
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Chunk(byte[] bytes, long lines, long headerLines, long offset) {}

  /// Passes over the first lines; the header of CSV is kept all the same.
  ///
  /// @param lines how many
  void skip(long lines) throws IOException {
    readHeader();
    while (linesBefore < lines) {
      if (line(new ByteArrayOutputStream()) == 0) {
        return;
      }
    }
  }

  /// The next chunk, or null at the end.
  @Nullable Chunk next() throws IOException {
    readHeader();
    long before = linesBefore;
    ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK_BYTES_TARGET + PIECE_BYTES);
    chunk.writeBytes(header);
    int headerBytes = chunk.size();
    while (chunk.size() < CHUNK_BYTES_TARGET && line(chunk) > 0) {
      // One more.
    }
    if (chunk.size() == headerBytes && (hasChunk || headerBytes == 0)) {
      return null;
    }
    // A header without rows is sent, too: the service says whether it is one.
    hasChunk = true;
    return new Chunk(chunk.toByteArray(), linesBefore - before, headerLines, before - headerLines);
  }

  /// Reads the first row that is not blank as the header.
  private void readHeader() throws IOException {
    if (!csv || hasHeader) {
      return;
    }
    hasHeader = true;
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    while (line(first) > 0 && isBlank(first.toByteArray())) {
      // Up to the first row with something on it.
    }
    byte[] found = first.toByteArray();
    headerLines = linesBefore;
    header = found;
    if (found.length > 0 && found[found.length - 1] != '\n') {
      header = Arrays.copyOf(found, found.length + 1);
      header[found.length] = '\n';
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte each : line) {
      if (each != '\n' && each != '\r' && each != ' ') {
        return false;
      }
    }
    return true;
  }

  /// Adds one line, or row, to a chunk.
  ///
  /// @return its bytes; 0 at the end
  private int line(ByteArrayOutputStream target) throws IOException {
    int bytes = 0;
    while (fill()) {
      int begin = position;
      boolean ended = false;
      while (position < limit && !ended) {
        byte each = piece[position++];
        if (each == '"' && csv) {
          quoted = !quoted;
        } else if (each == '\n') {
          linesBefore++;
          ended = !quoted;
        }
      }
      target.write(piece, begin, position - begin);
      bytes += position - begin;
      if (ended) {
        return bytes;
      }
      if (bytes > lineBytesMax) {
        throw new ClientException(
            ClientExit.REFUSED,
            "Line %d is longer than %d bytes%s."
                .formatted(
                    linesBefore + 1,
                    lineBytesMax,
                    quoted ? ", or a quote in it is never closed" : ""));
      }
    }
    linesBefore += bytes > 0 ? 1 : 0;
    return bytes;
  }

  private boolean fill() throws IOException {
    if (position == limit && !atEnd) {
      limit = Math.max(0, in.read(piece));
      position = 0;
      atEnd = limit == 0;
    }
    return position < limit;
  }
}
