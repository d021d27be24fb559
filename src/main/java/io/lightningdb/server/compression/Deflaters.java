package io.lightningdb.server.compression;

import io.lightningdb.engine.cache.MemoryAccount;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// What compresses answers: so many at a time and no more, each paid for out of the memory budget for as long as it
/// exists. An answer does not wait for one: it can go out as it is.
///
/// *Thread-safe.*
final class Deflaters {
  /// What one takes: zlib's window and tables, which are outside the heap, and the bytes on their way out.
  static final int BYTES_EACH = 300 << 10;

  // The fastest. The usual level makes pages of JSON a third smaller, for two to four times the
  // processor time.
  private static final int LEVEL = Deflater.BEST_SPEED;
  private static final int OUT_BYTES = 8 << 10;

  private final MemoryAccount account;
  private final int activeMax;
  private final int idleMax;
  private final Deque<Lent> idle = new ArrayDeque<>();
  private int active;
  private boolean closed;

  /// Makes none yet.
  ///
  /// @param account pays
  /// @param activeMax most that are lent at a time
  Deflaters(MemoryAccount account, int activeMax) {
    this.account = account;
    this.activeMax = activeMax;
    this.idleMax = Math.min(activeMax, Runtime.getRuntime().availableProcessors());
  }

  /// Lends one.
  ///
  /// @return null if all are lent
  synchronized @Nullable Lent lend() {
    if (active == activeMax || closed) {
      return null;
    }
    Lent lent = idle.poll();
    if (lent == null) {
      account.charge(BYTES_EACH);
      lent = new Lent();
    }
    lent.isLent = true;
    active++;
    return lent;
  }

  private synchronized void takeBack(Lent lent) {
    active--;
    if (idle.size() < idleMax && !closed) {
      lent.deflater.reset();
      lent.deflater.setLevel(LEVEL);
      lent.checksum.reset();
      idle.push(lent);
    } else {
      end(lent);
    }
  }

  private void end(Lent lent) {
    lent.deflater.end();
    account.charge(-BYTES_EACH);
  }

  /// How many are lent.
  ///
  /// @return as of now
  synchronized int active() {
    return active;
  }

  /// Gives the memory of those that rest back; those that are lent follow.
  synchronized void close() {
    closed = true;
    idle.forEach(this::end);
    idle.clear();
  }

  /// One that compresses an answer. *Not thread-safe.*
  final class Lent implements AutoCloseable {
    /// Compresses, without the head and the end of a gzip file.
    final Deflater deflater = new Deflater(LEVEL, true);

    /// Of what was compressed.
    final CRC32 checksum = new CRC32();

    /// For bytes on their way out.
    final byte[] out = new byte[OUT_BYTES];

    private boolean isLent;

    private Lent() {}

    /// Gives it back. Closing twice is allowed.
    @Override
    public void close() {
      if (isLent) {
        isLent = false;
        takeBack(this);
      }
    }
  }
}
