package io.lightningdb.engine;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What the system refused to give to the engine's own work, and when that is to be tried again: a passing want is no
/// failure of the disk. *Thread-safe.*
///
/// Flushes, merges and the making of log segments that were refused wait here, all together: after a second first, and
/// each time that they are refused again after twice as long, up to half a minute.
final class Shortages {
  private static final long DELAY_NANOS_MIN = 1_000_000_000L;
  private static final long DELAY_NANOS_MAX = 30_000_000_000L;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  // Written under `lock`.
  private volatile @Nullable ResourceExhaustedException last;

  // Guarded by `lock`.
  private final Map<Resource, Long> counts = new EnumMap<>(Resource.class);
  private long sinceNanos;
  private long delayNanos;
  private long dueNanos;
  private boolean waiting;

  /// Nothing was refused yet.
  ///
  /// @param clock measures waits
  Shortages(Clock clock) {
    this.clock = clock;
  }

  /// Something was refused: what was to be done waits.
  void met(ResourceExhaustedException refused) {
    lock.lock();
    try {
      counts.merge(refused.resource(), 1L, Long::sum);
      long now = clock.nanoTime();
      if (last == null) {
        sinceNanos = now;
      }
      last = refused;
      if (!waiting) {
        waiting = true;
        delayNanos = Math.clamp(2 * delayNanos, DELAY_NANOS_MIN, DELAY_NANOS_MAX);
        dueNanos = now + delayNanos;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Tells whether what waits is to be tried now. To be asked about once a second; what was tried and not refused again
  /// by the next time has passed.
  ///
  /// @return true once for each wait
  boolean takeTurn() {
    lock.lock();
    try {
      if (waiting) {
        boolean due = clock.nanoTime() - dueNanos >= 0;
        waiting = !due;
        return due;
      }
      last = null;
      delayNanos = 0;
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// What is refused now.
  ///
  /// @return empty if nothing waits
  Optional<ShortageStats> current() {
    lock.lock();
    try {
      ResourceExhaustedException refused = last;
      return refused == null
          ? Optional.empty()
          : Optional.of(
              new ShortageStats(
                  refused.resource(),
                  String.valueOf(refused.getMessage()),
                  Duration.ofNanos(clock.nanoTime() - sinceNanos)));
    } finally {
      lock.unlock();
    }
  }

  /// Throws what is refused now.
  ///
  /// @throws EngineException.Overloaded if something waits
  void throwIfMet() {
    ResourceExhaustedException refused = last;
    if (refused != null) {
      throw Failures.ofShortage(refused);
    }
  }

  boolean isMet() {
    return last != null;
  }

  /// How often something was refused for want of a resource.
  ///
  /// @return a count since the opening
  long count(Resource resource) {
    lock.lock();
    try {
      return counts.getOrDefault(resource, 0L);
    } finally {
      lock.unlock();
    }
  }
}
