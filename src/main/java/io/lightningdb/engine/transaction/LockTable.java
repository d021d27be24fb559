package io.lightningdb.engine.transaction;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.io.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Exclusive locks of transactions on keys. *Thread-safe.*
///
/// Waiters are served in the order of their arrival. Before a transaction waits, the circle that its wait would close
/// is looked for among those who wait already; if there is one, the youngest transaction in it, the one with the
/// greatest id, has to give way, whether it is the one that asks or one that waits.
///
/// Locks are numbered in the order in which they are had. So what a transaction had at an earlier moment is told by one
/// number, and not by a copy of its locks.
public final class LockTable {
  // The lock, its entry among all, and its place among those of its owner.
  private static final long LOCK_BYTES = 32 + HeapBytes.HASH_ENTRY + HeapBytes.LIST_ENTRY;

  private final Clock clock;
  private final ReentrantLock mutex = new ReentrantLock();

  // Guarded by `mutex`.
  private final Map<KeyRef, Held> locks = new HashMap<>();
  private final Map<Long, List<KeyRef>> keysByOwner = new HashMap<>();
  private final Map<Long, Waiter> waiters = new HashMap<>();
  private long lastNumber;

  /// Makes an empty table.
  ///
  /// @param clock measures waits
  public LockTable(Clock clock) {
    this.clock = clock;
  }

  private static final class Held {
    private long owner;
    private long number;

    // Few locks are ever waited for.
    private @Nullable Deque<Waiter> queue;

    Held(long owner, long number) {
      this.owner = owner;
      this.number = number;
    }

    Deque<Waiter> queue() {
      Deque<Waiter> waiting = queue;
      if (waiting == null) {
        waiting = new ArrayDeque<>();
        queue = waiting;
      }
      return waiting;
    }

    @Nullable Waiter firstUndecided() {
      Deque<Waiter> waiting = queue;
      return waiting == null
          ? null
          : waiting.stream().filter(waiter -> !waiter.isDecided()).findFirst().orElse(null);
    }
  }

  private static final class Waiter {
    private final long transaction;
    private final KeyRef key;
    private final Condition served;
    private boolean granted;
    private @Nullable List<Long> deadlock;

    Waiter(long transaction, KeyRef key, Condition served) {
      this.transaction = transaction;
      this.key = key;
      this.served = served;
    }

    boolean isDecided() {
      return granted || deadlock != null;
    }
  }

  /// Takes a lock, or waits for it.
  ///
  /// @param transaction id of the transaction; it waits for one lock at a time
  /// @param key what to lock
  /// @param timeoutNanos longest wait, in nanoseconds
  /// @param givenUp tells that the wait has lost its purpose; asked before each wait and after each [#wake]
  /// @return false if the time ran out or the wait was given up
  /// @throws DeadlockException if this transaction has to give way
  /// @throws InterruptedException if the caller is interrupted while it waits
  public boolean lock(long transaction, KeyRef key, long timeoutNanos, BooleanSupplier givenUp)
      throws DeadlockException, InterruptedException {
    mutex.lock();
    try {
      Held held = locks.get(key);
      if (held == null) {
        locks.put(key, new Held(transaction, ++lastNumber));
        own(transaction, key);
        return true;
      }
      return held.owner == transaction
          || await(new Waiter(transaction, key, mutex.newCondition()), held, timeoutNanos, givenUp);
    } finally {
      mutex.unlock();
    }
  }

  private void own(long transaction, KeyRef key) {
    keysByOwner.computeIfAbsent(transaction, _ -> new ArrayList<>()).add(key);
  }

  private boolean await(Waiter waiter, Held held, long timeoutNanos, BooleanSupplier givenUp)
      throws DeadlockException, InterruptedException {
    held.queue().addLast(waiter);
    waiters.put(waiter.transaction, waiter);
    try {
      breakCircle(waiter.transaction);
      long deadline = clock.nanoTime() + timeoutNanos;
      long remaining = timeoutNanos;
      while (!waiter.isDecided() && remaining > 0 && !givenUp.getAsBoolean()) {
        waiter.served.awaitNanos(remaining);
        remaining = deadline - clock.nanoTime();
      }
    } catch (InterruptedException e) {
      // Handed over while the interrupted thread came back for the mutex: the lock is had.
      if (!waiter.granted) {
        throw e;
      }
      Thread.currentThread().interrupt();
    } finally {
      waiters.remove(waiter.transaction);
      held.queue().remove(waiter);
    }
    List<Long> deadlock = waiter.deadlock;
    if (deadlock != null && !waiter.granted) {
      throw new DeadlockException(deadlock);
    }
    return waiter.granted;
  }

  /// The new wait may close one circle for each transaction ahead of it; each circle found loses its youngest member.
  private void breakCircle(long transaction) {
    List<Long> circle = circle(transaction);
    while (circle != null) {
      Waiter victim = waiters.get(Collections.max(circle));
      if (victim == null) {
        return;
      }
      victim.deadlock = circle;
      victim.served.signal();
      circle = victim.transaction == transaction ? null : circle(transaction);
    }
  }

  /// Looks for a way from a transaction back to itself along those it waits for: the owner of the lock and those ahead
  /// in its queue.
  private @Nullable List<Long> circle(long start) {
    List<Long> path = new ArrayList<>();
    return leadsTo(start, start, path, new HashSet<>()) ? path : null;
  }

  private boolean leadsTo(long from, long start, List<Long> path, Set<Long> seen) {
    Waiter waiter = waiters.get(from);
    if (waiter == null || waiter.isDecided() || !seen.add(from)) {
      return false;
    }
    path.add(from);
    for (long ahead : ahead(waiter)) {
      if (ahead == start || leadsTo(ahead, start, path, seen)) {
        return true;
      }
    }
    path.removeLast();
    return false;
  }

  private List<Long> ahead(Waiter waiter) {
    Held held = locks.get(waiter.key);
    List<Long> ahead = new ArrayList<>();
    if (held != null) {
      ahead.add(held.owner);
      for (Waiter other : held.queue()) {
        if (other == waiter) {
          break;
        }
        if (other.deadlock == null) {
          ahead.add(other.transaction);
        }
      }
    }
    return ahead;
  }

  /// Lets a transaction that waits ask again whether it has given up.
  ///
  /// @param transaction id of the transaction, waiting or not
  public void wake(long transaction) {
    mutex.lock();
    try {
      Waiter waiter = waiters.get(transaction);
      if (waiter != null) {
        waiter.served.signal();
      }
    } finally {
      mutex.unlock();
    }
  }

  /// Gives back all locks of a transaction.
  ///
  /// @param transaction id of the transaction
  public void releaseAll(long transaction) {
    mutex.lock();
    try {
      List<KeyRef> keys = keysByOwner.remove(transaction);
      if (keys != null) {
        keys.forEach(this::handOver);
      }
    } finally {
      mutex.unlock();
    }
  }

  /// Gives back the locks that a transaction has got since an earlier moment.
  ///
  /// @param transaction id of the transaction
  /// @param number what [#lastNumber] was then
  public void releaseSince(long transaction, long number) {
    mutex.lock();
    try {
      List<KeyRef> keys = keysByOwner.getOrDefault(transaction, List.of());
      while (!keys.isEmpty() && numberOf(keys.getLast()) > number) {
        handOver(keys.removeLast());
      }
    } finally {
      mutex.unlock();
    }
  }

  private long numberOf(KeyRef key) {
    Held held = locks.get(key);
    return held == null ? 0 : held.number;
  }

  /// The number of the lock that was had last, by any transaction: a mark for [#releaseSince].
  ///
  /// @return 0 if there was none yet
  public long lastNumber() {
    mutex.lock();
    try {
      return lastNumber;
    } finally {
      mutex.unlock();
    }
  }

  private void handOver(KeyRef key) {
    Held held = locks.get(key);
    if (held == null) {
      return;
    }
    Waiter next = held.firstUndecided();
    if (next == null) {
      locks.remove(key);
    } else {
      held.owner = next.transaction;
      held.number = ++lastNumber;
      own(next.transaction, key);
      next.granted = true;
      next.served.signal();
    }
  }

  /// What a lock takes of the heap, beside its key, for which the asking transaction pays as one that it has read.
  ///
  /// @return in bytes
  public static long lockBytes() {
    return LOCK_BYTES;
  }

  /// The locks of a transaction.
  ///
  /// @param transaction id of the transaction
  /// @return a copy
  public Set<KeyRef> keysOf(long transaction) {
    mutex.lock();
    try {
      return Set.copyOf(keysByOwner.getOrDefault(transaction, List.of()));
    } finally {
      mutex.unlock();
    }
  }

  /// Number of locks of a transaction.
  ///
  /// @param transaction id of the transaction
  /// @return a count
  public int countOf(long transaction) {
    mutex.lock();
    try {
      return keysByOwner.getOrDefault(transaction, List.of()).size();
    } finally {
      mutex.unlock();
    }
  }

  /// Number of locks held.
  ///
  /// @return a count
  public int size() {
    mutex.lock();
    try {
      return locks.size();
    } finally {
      mutex.unlock();
    }
  }

  /// Number of transactions that wait.
  ///
  /// @return a count
  public int waiting() {
    mutex.lock();
    try {
      return waiters.size();
    } finally {
      mutex.unlock();
    }
  }
}
