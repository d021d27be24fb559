package io.lightningdb.engine;

import io.lightningdb.engine.io.Clock;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Where threads wait for flushes and merges. *Thread-safe.*
final class Room {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongAdder waits = new LongAdder();
  private final LongAdder waitNanos = new LongAdder();

  Room(Clock clock) {
    this.clock = clock;
  }

  /// A memtable, a run or a failure came or went.
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something is so, whatever interrupts say.
  ///
  /// @param timeoutNanos longest wait; [Long#MAX_VALUE] for no bound
  /// @return whether it is so
  boolean await(BooleanSupplier condition, long timeoutNanos) {
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

  /// As [#await], for a write: counted.
  boolean awaitForWrite(BooleanSupplier condition, long timeoutNanos) {
    long start = clock.nanoTime();
    boolean met = await(condition, timeoutNanos);
    waits.increment();
    waitNanos.add(clock.nanoTime() - start);
    return met;
  }

  long waits() {
    return waits.sum();
  }

  long waitNanos() {
    return waitNanos.sum();
  }
}
