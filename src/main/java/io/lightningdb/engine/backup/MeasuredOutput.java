package io.lightningdb.engine.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/// Counts and sums up bytes on their way, and shows each piece to a meter. *Confined to one thread.*
final class MeasuredOutput extends OutputStream {
  private static final int PIECE_BYTES_MAX = 64 << 10;

  private final OutputStream out;
  private final Meter meter;
  private final CRC32C crc = new CRC32C();
  private long bytes;

  MeasuredOutput(OutputStream out, Meter meter) {
    this.out = out;
    this.meter = meter;
  }

  /// Is told of each piece, and may stop the copy.
  @FunctionalInterface
  interface Meter {
    /// Takes note of bytes.
    ///
    /// @throws IOException to stop
    void passed(int bytes) throws IOException;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += PIECE_BYTES_MAX) {
      int piece = Math.min(PIECE_BYTES_MAX, length - done);
      out.write(source, offset + done, piece);
      crc.update(source, offset + done, piece);
      bytes += piece;
      meter.passed(piece);
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  long bytes() {
    return bytes;
  }

  int crc() {
    return (int) crc.getValue();
  }
}
