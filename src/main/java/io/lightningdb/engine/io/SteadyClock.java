package io.lightningdb.engine.io;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A clock whose wall-clock time stands still instead of going back a little. *Thread-safe.*
///
/// Time servers set clocks back now and then, by little. Time then stands still here until the other clock has caught
/// up, so that nothing that has expired comes back. A greater step back is a mistake being mended, and is followed:
/// standing still until such a clock had caught up could take for ever.
public final class SteadyClock implements Clock {
  /// Greatest step back that is not followed.
  public static final Duration STEP_BACK_MAX = Duration.ofHours(1);

  private final Clock clock;
  private final AtomicLong latestMillis;

  /// Steadies a clock.
  ///
  /// @param clock the clock as it is
  public SteadyClock(Clock clock) {
    this(clock, 0);
  }

  /// Steadies a clock from a moment on that it has shown already, be it in an earlier process.
  ///
  /// @param clock the clock as it is
  /// @param latestMillis the moment, in milliseconds since 1970; 0 if none is known
  public SteadyClock(Clock clock, long latestMillis) {
    this.clock = clock;
    this.latestMillis = new AtomicLong(next(latestMillis, clock.millis()));
  }

  /// What time is behind a moment, where a clock shows another.
  ///
  /// @param latestMillis the moment, in milliseconds since 1970
  /// @param nowMillis what the clock shows
  /// @return the latter, unless it is before the former by not more than [#STEP_BACK_MAX]
  public static long next(long latestMillis, long nowMillis) {
    boolean standsStill =
        nowMillis < latestMillis && latestMillis - nowMillis <= STEP_BACK_MAX.toMillis();
    return standsStill ? latestMillis : nowMillis;
  }

  /// Wall-clock time, which goes back by more than [#STEP_BACK_MAX] or not at all.
  @Override
  public long millis() {
    long now = clock.millis();
    while (true) {
      long latest = latestMillis.get();
      long next = next(latest, now);
      if (next == latest || latestMillis.compareAndSet(latest, next)) {
        return next;
      }
    }
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }
}
