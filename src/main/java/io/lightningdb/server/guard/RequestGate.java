package io.lightningdb.server.guard;

import io.lightningdb.engine.io.Deadline;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets so many requests be served at a time, and so many more wait for that, for so long. *Thread-safe.*
///
/// While there is room, coming and going is one atomic operation each.
final class RequestGate {
  private final int activeMax;
  private final int queuedMax;
  private final long waitNanosMax;
  private final Semaphore places;
  private final AtomicInteger queued = new AtomicInteger();

  /// Opens a gate.
  ///
  /// @param activeMax most requests served at a time
  /// @param queuedMax most requests that wait for their turn
  /// @param waitMax how long one waits
  RequestGate(int activeMax, int queuedMax, Duration waitMax) {
    this.activeMax = activeMax;
    this.queuedMax = queuedMax;
    this.waitNanosMax = waitMax.toNanos();
    // Fair among those that wait: without it, newcomers could starve them.
    this.places = new Semaphore(activeMax, true);
  }

  /// How a request fared.
  enum Entry {
    /// It is served, and must [#leave].
    ENTERED,
    /// As many wait as may.
    QUEUE_FULL,
    /// Its turn did not come in time.
    WAITED_TOO_LONG
  }

  /// Comes in, after a wait if need be, though not beyond the deadline of the caller.
  ///
  /// @return how that went
  /// @throws InterruptedException if the wait was interrupted
  Entry enter() throws InterruptedException {
    // Where nobody waits, no turn is taken from anybody.
    if (queued.get() == 0 && places.tryAcquire()) {
      return Entry.ENTERED;
    }
    if (queued.incrementAndGet() > queuedMax) {
      queued.decrementAndGet();
      // Where nobody may wait, others that are being refused only looked like a queue.
      return queuedMax == 0 && places.tryAcquire() ? Entry.ENTERED : Entry.QUEUE_FULL;
    }
    try {
      return places.tryAcquire(Deadline.bound(waitNanosMax), TimeUnit.NANOSECONDS)
          ? Entry.ENTERED
          : Entry.WAITED_TOO_LONG;
    } finally {
      queued.decrementAndGet();
    }
  }

  /// Goes, having entered.
  void leave() {
    places.release();
  }

  /// Requests that are served.
  ///
  /// @return as of now
  int active() {
    return activeMax - places.availablePermits();
  }

  /// Requests that wait.
  ///
  /// @return as of now
  int queued() {
    return queued.get();
  }
}
