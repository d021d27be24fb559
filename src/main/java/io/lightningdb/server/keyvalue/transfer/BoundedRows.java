package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.problem.UnreadableBodyException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Keeps a parser of rows from reading a row without end. *Not thread-safe.*
final class BoundedRows extends FilterInputStream {

  /// What parsers and decoders read ahead of the row they are at.
  private static final int READ_AHEAD_BYTES = 64 * 1024;

  // What a parser of characters makes of the bytes of a long row: two each, in a builder that
  // grows; a text; the value.
  private static final int COPIES = 6;

  private final long rowBytesMax;
  private long used;

  /// Bounds a stream.
  ///
  /// @param in the stream
  /// @param rowBytesMax longest row, in bytes
  BoundedRows(InputStream in, long rowBytesMax) {
    super(in);
    this.rowBytesMax = rowBytesMax;
  }

  /// Tells that a row was read and the next one begins.
  void nextRow() {
    used = 0;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    count(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    count(Math.max(0, count));
    return count;
  }

  private void count(int bytes) throws UnreadableBodyException {
    used += bytes;
    MemoryLease lease = MemoryLease.current();
    if (lease != null && used > MemoryLease.SMALL_BYTES) {
      lease.take(CallerMemory.Use.INCOMING, (long) bytes * COPIES);
    }
    if (used > rowBytesMax + READ_AHEAD_BYTES) {
      throw new UnreadableBodyException(
          "has a row of more than " + rowBytesMax + " bytes; is a quote missing?", null);
    }
  }
}
