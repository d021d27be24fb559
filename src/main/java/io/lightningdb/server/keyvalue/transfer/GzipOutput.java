package io.lightningdb.server.keyvalue.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Writes gzip that [GzipInput] takes: where entries are so much alike that the file would expand to more than an
/// import allows, some of them are stored without compression. *Not thread-safe.*
final class GzipOutput extends GZIPOutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  /// Well below the ratio, for what is compressed between two looks at it.
  private static final int HEADROOM = 2;

  private final int ratioMax;
  private int level = Deflater.DEFAULT_COMPRESSION;

  /// Writes to a stream.
  ///
  /// @param target takes gzip; flushed with this stream
  /// @param ratioMax most bytes that may come out for each byte of the file
  /// @throws IOException if the header cannot be written
  GzipOutput(OutputStream target, int ratioMax) throws IOException {
    super(target, BUFFER_BYTES, true);
    this.ratioMax = ratioMax;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    // A piece may be a value of many megabytes.
    for (int from = 0; from < length; from += BUFFER_BYTES) {
      chooseLevel();
      super.write(bytes, offset + from, Math.min(BUFFER_BYTES, length - from));
    }
  }

  private void chooseLevel() {
    long free = GzipInput.EXPANDED_BYTES_FREE / HEADROOM;
    long allowed = def.getBytesWritten() * Math.max(1, ratioMax / HEADROOM);
    boolean dense = def.getBytesRead() > Math.max(free, allowed);
    int wanted = dense ? Deflater.NO_COMPRESSION : Deflater.DEFAULT_COMPRESSION;
    if (wanted != level) {
      level = wanted;
      def.setLevel(wanted);
    }
  }
}
