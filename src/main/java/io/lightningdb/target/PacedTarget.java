package io.lightningdb.target;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.RateLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.LongSupplier;

/// Another target, to which objects are stored no faster than a rate. *Confined to one thread* as far as it stores; else as the other.
public final class PacedTarget implements BackupTarget {
  private static final int PIECE_BYTES_MAX = 64 << 10;

  private final BackupTarget target;
  private final RateLimit limit;
  private final LongSupplier nanoTime;
  private final Pause pause;

  /// Slows a target down.
  ///
  /// @param target where objects are stored
  /// @param bytesPerSecondMax how much in a second; 0 for any amount
  /// @param nanoTime the clock, in nanoseconds
  /// @param pause waits
  public PacedTarget(
      BackupTarget target, long bytesPerSecondMax, LongSupplier nanoTime, Pause pause) {
    this.target = target;
    this.limit = new RateLimit(bytesPerSecondMax);
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  /// Waits.
  @FunctionalInterface
  public interface Pause {
    /// Waits, or returns early where there is a hurry.
    ///
    /// @param nanos how long, in nanoseconds
    /// @throws IOException to give up what is being stored
    void await(long nanos) throws IOException;
  }

  @Override
  public void put(String name, Content content) throws IOException {
    target.put(name, out -> content.writeTo(new PacedOutput(out)));
  }

  @Override
  public InputStream get(String name) throws IOException {
    return target.get(name);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return target.list(prefix);
  }

  @Override
  public void delete(String name) throws IOException {
    target.delete(name);
  }

  @Override
  public void deleteUnfinished(String prefix) throws IOException {
    target.deleteUnfinished(prefix);
  }

  @Override
  public String toString() {
    return target.toString();
  }

  /// Writes in small pieces with pauses between them.
  private final class PacedOutput extends OutputStream {
    private final OutputStream out;

    PacedOutput(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += PIECE_BYTES_MAX) {
        int piece = Math.min(PIECE_BYTES_MAX, length - done);
        out.write(bytes, offset + done, piece);
        long wait = limit.take(piece, nanoTime.getAsLong());
        if (wait > 0) {
          pause.await(wait);
        }
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
