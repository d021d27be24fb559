package io.lightningdb.engine.commit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The newest version that readers may see. *Thread-safe.* Only the sequencer publishes.
public final class VisibleVersion {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition risen = lock.newCondition();
  private final AtomicInteger waiters = new AtomicInteger();
  private volatile long version;

  /// Starts at a version.
  ///
  /// @param version newest version that exists
  public VisibleVersion(long version) {
    this.version = version;
  }

  /// The newest visible version.
  ///
  /// @return 0 for the empty database
  public long get() {
    return version;
  }

  void publish(long newVersion) {
    version = newVersion;
    if (waiters.get() > 0) {
      lock.lock();
      try {
        risen.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Waits until a version is visible.
  ///
  /// @param wanted the version
  /// @param timeoutNanos longest wait, in nanoseconds
  /// @return false if the time ran out before
  /// @throws InterruptedException if the caller is interrupted
  public boolean await(long wanted, long timeoutNanos) throws InterruptedException {
    if (version >= wanted) {
      return true;
    }
    waiters.incrementAndGet();
    lock.lock();
    try {
      long remaining = timeoutNanos;
      while (version < wanted && remaining > 0) {
        remaining = risen.awaitNanos(remaining);
      }
      return version >= wanted;
    } finally {
      lock.unlock();
      waiters.decrementAndGet();
    }
  }
}
