package io.lightningdb.engine.io;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A moment by which a caller wants an answer, whatever it is. Immutable.
///
/// It holds for what is done inside [#call], on the same thread: whoever waits there waits no longer than that, and
/// whoever walks through much asks now and then. What is done without waiting is done, however late it is. Work on
/// other threads has no deadline.
public final class Deadline {
  private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

  private final Clock clock;
  private final Duration timeout;
  private final long atNanos;

  /// A moment from now on.
  ///
  /// @param clock tells the time that passes
  /// @param timeout how long until then; up to 100 years
  public Deadline(Clock clock, Duration timeout) {
    this.clock = clock;
    this.timeout = timeout;
    this.atNanos = clock.nanoTime() + timeout.toNanos();
  }

  /// Does something that is to be done by then.
  ///
  /// @param <R> what it gives
  /// @param <X> what it may throw
  /// @param work what to do
  /// @return what the work gave
  /// @throws X if the work threw it
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /// The deadline of what this thread does.
  ///
  /// @return the innermost one, or null if there is none
  public static @Nullable Deadline current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /// Bounds a wait by the deadline of what this thread does.
  ///
  /// @param nanos longest wait without a deadline, in nanoseconds
  /// @return longest wait, in nanoseconds; 0 or less if the deadline is past
  public static long bound(long nanos) {
    Deadline current = current();
    return current == null ? nanos : Math.min(nanos, current.remainingNanos());
  }

  /// Time until then.
  ///
  /// @return in nanoseconds; 0 or less if it is past
  public long remainingNanos() {
    return atNanos - clock.nanoTime();
  }

  /// Tells whether it is past.
  ///
  /// @return true from that moment on
  public boolean isPast() {
    return remainingNanos() <= 0;
  }

  /// How long there was at first.
  ///
  /// @return a duration
  public Duration timeout() {
    return timeout;
  }
}
