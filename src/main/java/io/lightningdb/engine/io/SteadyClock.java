package io.lightningdb.engine.io;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A clock whose wall-clock time stands still instead of going back a little. *Thread-safe.*
///
/// Time servers set clocks back now and then, by little. Time then stands still here until the other clock has caught up, so that
/// nothing that has expired comes back. A greater step back is a mistake being mended, and is followed: standing still until
/// such a clock had caught up could take for ever.
public final class SteadyClock implements Clock {
  /// Greatest step back that is not followed.
  public static final Duration STEP_BACK_MAX = Duration.ofHours(1);

  private final Clock clock;
  private final AtomicLong latestMillis;

  /// Steadies a clock.
  ///
  /// @param clock the clock as it is
  public SteadyClock(Clock clock) {
    this.clock = clock;
    this.latestMillis = new AtomicLong(clock.millis());
  }

  /// Wall-clock time, which goes back by more than [#STEP_BACK_MAX] or not at all.
  @Override
  public long millis() {
    long now = clock.millis();
    while (true) {
      long latest = latestMillis.get();
      if (now == latest || (now < latest && latest - now <= STEP_BACK_MAX.toMillis())) {
        return latest;
      }
      if (latestMillis.compareAndSet(latest, now)) {
        return now;
      }
    }
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }
}
