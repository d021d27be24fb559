package io.lightningdb.server.trace;

import io.lightningdb.engine.io.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Lets so many lines of a kind into the log, however often requests give cause for one. *Thread-safe.*
///
/// Every line that a request can cause, and that is more than one in the life of the service, goes through one of
/// these.
public final class BoundedLog {
  /// Most lines in a second. What comes beyond is counted, and the next line says how many there were.
  static final int LINES_PER_SECOND_MAX = 10;

  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final String kind;
  private final LongSupplier nanoTime;

  private final Object lock = new Object();

  // Guarded by `lock`.
  private long secondStartNanos;
  private int linesOfSecond;
  private long leftOut;

  /// Starts without lines.
  ///
  /// @param kind what the lines tell of, in the plural
  public BoundedLog(String kind) {
    this(kind, Clock.SYSTEM::nanoTime);
  }

  /// Starts without lines.
  ///
  /// @param kind what the lines tell of, in the plural
  /// @param nanoTime monotonic time, in nanoseconds
  BoundedLog(String kind, LongSupplier nanoTime) {
    this.kind = kind;
    this.nanoTime = nanoTime;
    this.secondStartNanos = nanoTime.getAsLong();
  }

  /// Writes a line, unless there were many in this second.
  ///
  /// @param line what happened
  /// @param target takes the line, with the number of those left out before it
  public void add(String line, Consumer<String> target) {
    long before;
    synchronized (lock) {
      long now = nanoTime.getAsLong();
      if (now - secondStartNanos >= SECOND_NANOS) {
        secondStartNanos = now;
        linesOfSecond = 0;
      }
      if (linesOfSecond >= LINES_PER_SECOND_MAX) {
        leftOut++;
        return;
      }
      linesOfSecond++;
      before = leftOut;
      leftOut = 0;
    }
    target.accept(
        before == 0 ? line : line + " (" + before + " " + kind + " before it not logged)");
  }
}
