package io.lightningdb.engine.log;

import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Who syncs the log, and who waits for that: one thread at a time has the *turn*, those that come meanwhile wait in a row. *Thread-safe.*
///
/// Whoever gives the turn back lets all go whose commits are settled, and hands it to the first of the others. Each is woken for itself and does not
/// take a lock to go on: of many that were woken for one lock the last would go on only when all others had run.
final class SyncQueue {
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`.
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private boolean taken;

  private enum Outcome {
    WAITING,
    SETTLED,
    TURN
  }

  /// A thread in the row.
  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private final BooleanSupplier settled;

    // Changed under the lock, from `WAITING` and once; read without it.
    private volatile Outcome outcome = Outcome.WAITING;

    Waiter(BooleanSupplier settled) {
      this.settled = settled;
    }

    /// Waits to be woken, as long as the caller can.
    ///
    /// @return false if a deadline ended the wait
    boolean await(@Nullable Deadline deadline) {
      boolean interrupted = false;
      try {
        while (outcome == Outcome.WAITING) {
          if (deadline == null) {
            LockSupport.park(this);
          } else if (deadline.isPast()) {
            return false;
          } else {
            LockSupport.parkNanos(this, deadline.remainingNanos());
          }
          interrupted |= Thread.interrupted();
        }
        return true;
      } finally {
        if (interrupted) {
          thread.interrupt();
        }
      }
    }
  }

  /// Waits until there is nothing left to wait for, or it is the caller's turn to sync.
  ///
  /// @param settled tells whether there is nothing left: asked under the lock of the queue, by whoever gives the turn back
  /// @return true if it is the caller's turn, which it has to give back by [#giveTurnBack]
  /// @throws DeadlineException if the caller has a [Deadline] and it was past while somebody else had the turn
  boolean takeTurnUnless(BooleanSupplier settled) throws DeadlineException {
    Waiter waiter = new Waiter(settled);
    if (mustWait(waiter)) {
      Deadline deadline = Deadline.current();
      if (!waiter.await(deadline) && deadline != null && leave(waiter)) {
        throw new DeadlineException(deadline.timeout());
      }
    }
    return waiter.outcome == Outcome.TURN;
  }

  /// Waits for the caller's turn, whatever happens meanwhile.
  void takeTurn() {
    Waiter waiter = new Waiter(() -> false);
    if (mustWait(waiter)) {
      waiter.await(null);
    }
  }

  /// Gives a thread the turn, or puts it into the row if somebody else has it.
  private boolean mustWait(Waiter waiter) {
    lock.lock();
    try {
      if (waiter.settled.getAsBoolean()) {
        waiter.outcome = Outcome.SETTLED;
      } else if (taken) {
        waiters.add(waiter);
      } else {
        taken = true;
        waiter.outcome = Outcome.TURN;
      }
      return waiter.outcome == Outcome.WAITING;
    } finally {
      lock.unlock();
    }
  }

  /// Takes a thread out of the row that waits no longer.
  ///
  /// @return false if it was woken just before
  private boolean leave(Waiter waiter) {
    lock.lock();
    try {
      return waiters.remove(waiter);
    } finally {
      lock.unlock();
    }
  }

  /// Gives the turn back, and wakes whom that concerns.
  void giveTurnBack() {
    List<Waiter> woken = new ArrayList<>();
    lock.lock();
    try {
      settle(woken);
      Waiter next = waiters.poll();
      taken = next != null;
      if (next != null) {
        next.outcome = Outcome.TURN;
        woken.addFirst(next);
      }
    } finally {
      lock.unlock();
    }
    woken.forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  /// Wakes those who have nothing left to wait for; the turn stays with whoever has it.
  void wakeSettled() {
    List<Waiter> woken = new ArrayList<>();
    lock.lock();
    try {
      settle(woken);
    } finally {
      lock.unlock();
    }
    woken.forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  private void settle(List<Waiter> woken) {
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      if (waiter.settled.getAsBoolean()) {
        all.remove();
        waiter.outcome = Outcome.SETTLED;
        woken.add(waiter);
      }
    }
  }
}
