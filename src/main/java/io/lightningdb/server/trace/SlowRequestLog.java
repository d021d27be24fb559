package io.lightningdb.server.trace;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Says which requests were slow, a line each, and not so often that it floods what it is written to. *Thread-safe.*
final class SlowRequestLog {
  /// Most lines in a second. What comes beyond is counted, and the next line says how many there were.
  static final int LINES_PER_SECOND_MAX = 10;

  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final Consumer<String> lines;
  private final LongSupplier nanoTime;

  private final Object lock = new Object();

  // Guarded by `lock`.
  private long secondStartNanos;
  private int linesOfSecond;
  private long leftOut;

  /// Starts without lines.
  ///
  /// @param lines takes them
  /// @param nanoTime monotonic time, in nanoseconds
  SlowRequestLog(Consumer<String> lines, LongSupplier nanoTime) {
    this.lines = lines;
    this.nanoTime = nanoTime;
    this.secondStartNanos = nanoTime.getAsLong();
  }

  /// Writes a line, unless there were many in this second.
  ///
  /// @param line what was slow
  void add(String line) {
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
    lines.accept(
        before == 0 ? line : line + " (" + before + " slow requests before it not logged)");
  }
}
