package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.latency.LatencyHistogram;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Where threads wait for flushes and merges. *Thread-safe.*
public final class Room {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LatencyHistogram waitsForFlushes = new LatencyHistogram();
  private final LatencyHistogram waitsForCompactions = new LatencyHistogram();

  /// No thread waits yet.
  ///
  /// @param clock measures waits
  public Room(Clock clock) {
    this.clock = clock;
  }

  /// What a write waits for.
  public enum Cause {
    /// Memtables are not flushed as fast as they fill.
    FLUSHES,
    /// Runs are not merged as fast as they come.
    MERGES
  }

  /// A memtable, a run or a failure came or went.
  public void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something is so, whatever interrupts say.
  ///
  /// @param condition asked at once, and again whenever something has [#changed]
  /// @param timeoutNanos longest wait; [Long#MAX_VALUE] for no bound
  /// @return whether it is so
  public boolean await(BooleanSupplier condition, long timeoutNanos) {
    boolean interrupted = false;
    long remaining = timeoutNanos;
    lock.lock();
    try {
      while (!condition.getAsBoolean() && remaining > 0) {
        try {
          remaining = changed.awaitNanos(remaining);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// As [#await], for a write: timed.
  ///
  /// @param cause what it waits for
  /// @param condition as there
  /// @param timeoutNanos as there
  /// @return whether it is so
  public boolean awaitForWrite(Cause cause, BooleanSupplier condition, long timeoutNanos) {
    long start = clock.nanoTime();
    boolean met = await(condition, timeoutNanos);
    waits(cause).record(clock.nanoTime() - start);
    return met;
  }

  private LatencyHistogram waits(Cause cause) {
    return switch (cause) {
      case FLUSHES -> waitsForFlushes;
      case MERGES -> waitsForCompactions;
    };
  }

  /// How long writes waited.
  ///
  /// @param cause for what
  /// @return the durations so far
  public LatencyHistogram.Snapshot waited(Cause cause) {
    return waits(cause).snapshot();
  }
}
