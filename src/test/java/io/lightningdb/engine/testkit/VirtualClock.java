package io.lightningdb.engine.testkit;

import io.lightningdb.engine.io.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes when a test says so. *Thread-safe.*
public final class VirtualClock implements Clock {
  private static final long START_MILLIS = 1_700_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallOffsetMillis = new AtomicLong(START_MILLIS);

  /// Starts in the year 2023.
  public VirtualClock() {}

  /// Lets time pass.
  ///
  /// @param duration how much, not negative
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not run backwards: duration=" + duration);
    }
    nanos.addAndGet(duration.toNanos());
  }

  /// Sets the wall clock, and not the monotonic one, as an operator or a time server does.
  ///
  /// @param by how much it jumps, forward or back
  public void jump(Duration by) {
    wallOffsetMillis.addAndGet(by.toMillis());
  }

  @Override
  public long millis() {
    return wallOffsetMillis.get() + nanos.get() / 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }
}
