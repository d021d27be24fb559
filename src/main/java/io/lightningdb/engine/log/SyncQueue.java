package io.lightningdb.engine.log;

import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Who syncs the log, and who waits for that: one thread at a time has the *turn*, those that come meanwhile wait in a
/// row. *Thread-safe.*
///
/// The thread that gives the turn back lets all go whose commits are settled, and hands it to the first of the others.
/// Each is woken for itself and does not take a lock to go on: of many that were woken for one lock the last would go
/// on only when all others had run.
final class SyncQueue {
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`: the row, whose links are in the waiters, for giving the turn back must not
  // fail
  // for want of memory.
  private @Nullable Waiter first;
  private @Nullable Waiter last;
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

    // The next one in the row, under the lock; then among those who are woken together.
    private @Nullable Waiter next;

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
  /// @param settled tells whether there is nothing left: asked under the lock of the queue, by the thread that gives
  ///     the turn back
  /// @return true if it is the caller's turn, which it has to give back by [#giveTurnBack]
  /// @throws DeadlineException if the caller has a [Deadline] and it was past while another thread had the turn
  boolean takeTurnUnless(BooleanSupplier settled) throws DeadlineException {
    Deadline deadline = Deadline.current();
    Waiter waiter = new Waiter(settled);
    if (mustWait(waiter) && !isWoken(waiter, deadline) && deadline != null) {
      throw new DeadlineException(deadline.timeout());
    }
    return waiter.outcome == Outcome.TURN;
  }

  /// Waits for the caller's turn, whatever happens meanwhile.
  void takeTurn() {
    Waiter waiter = new Waiter(() -> false);
    if (mustWait(waiter)) {
      isWoken(waiter, null);
    }
  }

  /// Waits in the row. A thread that stops to wait leaves it, and keeps no turn that it knows nothing of.
  ///
  /// @return false if a deadline ended the wait
  private boolean isWoken(Waiter waiter, @Nullable Deadline deadline) {
    boolean ended = false;
    try {
      boolean woken = waiter.await(deadline) || !leave(waiter);
      ended = true;
      return woken;
    } finally {
      if (!ended && !leave(waiter) && waiter.outcome == Outcome.TURN) {
        giveTurnBack();
      }
    }
  }

  /// Gives a thread the turn, or puts it into the row if another thread has it.
  private boolean mustWait(Waiter waiter) {
    lock.lock();
    try {
      if (waiter.settled.getAsBoolean()) {
        waiter.outcome = Outcome.SETTLED;
      } else if (taken) {
        append(waiter);
      } else {
        taken = true;
        waiter.outcome = Outcome.TURN;
      }
      return waiter.outcome == Outcome.WAITING;
    } finally {
      lock.unlock();
    }
  }

  private void append(Waiter waiter) {
    Waiter before = last;
    if (before == null) {
      first = waiter;
    } else {
      before.next = waiter;
    }
    last = waiter;
  }

  /// Takes a thread out of the row that waits no longer.
  ///
  /// @return false if it was woken just before
  private boolean leave(Waiter leaving) {
    lock.lock();
    try {
      Waiter before = null;
      for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
        if (waiter == leaving) {
          unlink(before, waiter);
          return true;
        }
        before = waiter;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void unlink(@Nullable Waiter before, Waiter waiter) {
    if (before == null) {
      first = waiter.next;
    } else {
      before.next = waiter.next;
    }
    if (waiter.next == null) {
      last = before;
    }
    waiter.next = null;
  }

  /// Gives the turn back, and wakes whom that concerns.
  void giveTurnBack() {
    Waiter woken;
    lock.lock();
    try {
      woken = settled();
      Waiter next = first;
      taken = next != null;
      if (next != null) {
        unlink(null, next);
        next.outcome = Outcome.TURN;
        next.next = woken;
        woken = next;
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /// Wakes those who have nothing left to wait for; the turn stays where it is.
  void wakeSettled() {
    Waiter woken;
    lock.lock();
    try {
      woken = settled();
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /// Takes those who have nothing left to wait for out of the row.
  ///
  /// @return the first of them; the others are linked to it
  private @Nullable Waiter settled() {
    Waiter woken = null;
    Waiter before = null;
    for (Waiter waiter = first; waiter != null; ) {
      Waiter after = waiter.next;
      if (waiter.settled.getAsBoolean()) {
        unlink(before, waiter);
        waiter.outcome = Outcome.SETTLED;
        waiter.next = woken;
        woken = waiter;
      } else {
        before = waiter;
      }
      waiter = after;
    }
    return woken;
  }

  private static void wake(@Nullable Waiter all) {
    for (Waiter waiter = all; waiter != null; ) {
      Waiter after = waiter.next;
      LockSupport.unpark(waiter.thread);
      waiter = after;
    }
  }
}
