package io.lightningdb.engine.testkit;

import io.lightningdb.engine.io.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes when a test says so. *Thread-safe.*
public final class VirtualClock implements Clock {
  private static final long START_MILLIS = 1_700_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallOffsetMillis;
  private final AtomicLong latestMillis;

  /// Starts in the year 2023.
  public VirtualClock() {
    this(START_MILLIS);
  }

  private VirtualClock(long startMillis) {
    this.wallOffsetMillis = new AtomicLong(startMillis);
    this.latestMillis = new AtomicLong(startMillis);
  }

  /// The clock of this machine after it was started again, and was set right: at the latest time that it has ever shown.
  ///
  /// @return another clock
  public VirtualClock restarted() {
    return new VirtualClock(latestMillis.get());
  }

  /// Lets time pass.
  ///
  /// @param duration how much, not negative
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not run backwards: duration=" + duration);
    }
    nanos.addAndGet(duration.toNanos());
    latestMillis.accumulateAndGet(millis(), Math::max);
  }

  /// Sets the wall clock, and not the monotonic one, as an operator or a time server does.
  ///
  /// @param by how much it jumps, forward or back
  public void jump(Duration by) {
    wallOffsetMillis.addAndGet(by.toMillis());
    latestMillis.accumulateAndGet(millis(), Math::max);
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
