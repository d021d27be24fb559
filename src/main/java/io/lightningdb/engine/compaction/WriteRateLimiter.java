package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/// Holds flushes and merges to so many bytes per second, and counts what is written, limit or not. *Thread-safe.*
///
/// What users write counts, but never waits: flushes and merges get what it leaves. A flush at work goes before merges,
/// which then use only what it leaves standing for a while; so do merges of the top level go before others.
///
/// The limit gives way to debt: see [Backpressure#speed]. From where writes would be slowed down there is no limit.
public final class WriteRateLimiter {
  private static final long LOOK_AGAIN_NANOS = 10_000_000;
  private static final double SHARE_OF_OTHERS = 0.5;
  private static final double SPEED_MAX = 1e6;

  private final long bytesPerSecondMax;
  private final Clock clock;
  private final DoubleSupplier pressure;
  private final Map<WritePriority, Counts> counts = new EnumMap<>(WritePriority.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by `lock`.
  private final TokenBucket bucket;
  private final List<Turn> turns = new ArrayList<>();
  private long userBytesSeen;

  private volatile boolean inForce;

  /// What writers of one priority did.
  ///
  /// @param bytes what they wrote, in bytes
  /// @param waits how often they waited
  /// @param waitNanos how long, in nanoseconds
  public record Written(long bytes, long waits, long waitNanos) {}

  private record Counts(LongAdder bytes, LongAdder waits, LongAdder waitNanos) {
    Counts() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /// Makes a limiter that is not in force yet.
  ///
  /// @param bytesPerSecondMax what may be written in a second, in bytes; 0 for any amount
  /// @param clock tells the time
  /// @param pressure how urgent flushes and merges are, 0 to 1, as [Backpressure#pressure]; asked now and then while a
  ///     thread waits
  public WriteRateLimiter(long bytesPerSecondMax, Clock clock, DoubleSupplier pressure) {
    this.bytesPerSecondMax = bytesPerSecondMax;
    this.clock = clock;
    this.pressure = pressure;
    this.bucket = new TokenBucket(Math.max(1, bytesPerSecondMax), clock.nanoTime());
    for (WritePriority priority : WritePriority.values()) {
      counts.put(priority, new Counts());
    }
  }

  /// From now on writers wait, if there is a limit: the opening of a database is over.
  public void enforce() {
    inForce = bytesPerSecondMax > 0;
  }

  /// From now on no thread waits, and those that do go on at once: the database is being closed.
  public void lift() {
    inForce = false;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Counts what a user has written.
  ///
  /// @param bytes how much
  public void userWrote(long bytes) {
    counts(WritePriority.USER).bytes().add(bytes);
  }

  private Counts counts(WritePriority priority) {
    return Objects.requireNonNull(counts.get(priority));
  }

  /// What was written and waited for since the limiter was made.
  ///
  /// @param priority whose
  /// @return the sums
  public Written written(WritePriority priority) {
    Counts of = counts(priority);
    return new Written(of.bytes().sum(), of.waits().sum(), of.waitNanos().sum());
  }

  /// Time that flushes and merges have waited.
  ///
  /// @param priority whose
  /// @return in nanoseconds
  public long waitNanos(WritePriority priority) {
    return counts(priority).waitNanos().sum();
  }

  /// Begins work that writes.
  ///
  /// @param priority of what kind it is, not [WritePriority#USER]
  /// @param urgency how far what is the reason for it has grown beyond its bound, 1 for just so
  /// @return to be told what was written, and closed when the work is done
  Turn begin(WritePriority priority, double urgency) {
    Turn turn = new Turn(priority, Backpressure.pressure(urgency));
    lock.lock();
    try {
      turns.add(turn);
    } finally {
      lock.unlock();
    }
    return turn;
  }

  /// Work that writes. *Confined to one thread.*
  final class Turn implements AutoCloseable {
    private final WritePriority priority;
    private final double ownPressure;

    private Turn(WritePriority priority, double ownPressure) {
      this.priority = priority;
      this.ownPressure = ownPressure;
    }

    /// Counts what was written, and waits until more may be.
    ///
    /// @param bytes what was written since the last time
    /// @param cancelled whether it makes no sense to wait any longer; asked now and then
    void wrote(long bytes, BooleanSupplier cancelled) {
      Counts of = counts(priority);
      of.bytes().add(bytes);
      if (!inForce) {
        return;
      }
      lock.lock();
      try {
        if (charge(bytes) > 0) {
          long start = clock.nanoTime();
          await(cancelled);
          of.waits().increment();
          of.waitNanos().add(clock.nanoTime() - start);
        }
      } finally {
        lock.unlock();
      }
    }

    /// Takes bytes out of the bucket. The caller holds the lock.
    ///
    /// @return as [#nanosToWait]
    long charge(long bytes) {
      double speed = fill();
      if (speed < Double.POSITIVE_INFINITY) {
        bucket.take(bytes);
      }
      return nanosToWait();
    }

    /// How long to wait, as it looks now. The caller holds the lock.
    ///
    /// @return in nanoseconds, 0 for not at all
    long nanosToWait() {
      double speed = fill();
      return speed == Double.POSITIVE_INFINITY ? 0 : bucket.nanosUntil(shareOfOthers(), speed);
    }

    /// What has to be left in the bucket for those who go first, while they are at work.
    private double shareOfOthers() {
      boolean othersFirst = turns.stream().anyMatch(turn -> turn.priority.compareTo(priority) < 0);
      return othersFirst ? SHARE_OF_OTHERS : 0;
    }

    private void await(BooleanSupplier cancelled) {
      boolean interrupted = false;
      long nanos = nanosToWait();
      while (nanos > 0 && inForce && !cancelled.getAsBoolean()) {
        try {
          changed.awaitNanos(Math.min(nanos, LOOK_AGAIN_NANOS));
        } catch (InterruptedException _) {
          interrupted = true;
        }
        nanos = nanosToWait();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        turns.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }

  /// Fills the bucket up to now.
  ///
  /// @return the speed at which it fills
  private double fill() {
    double speed = Backpressure.speed(mostPressure());
    long userBytes = counts(WritePriority.USER).bytes().sum();
    bucket.fill(clock.nanoTime(), Math.min(speed, SPEED_MAX), userBytes - userBytesSeen);
    userBytesSeen = userBytes;
    return speed;
  }

  private double mostPressure() {
    double most = pressure.getAsDouble();
    for (Turn turn : turns) {
      most = Math.max(most, turn.ownPressure);
    }
    return most;
  }
}
