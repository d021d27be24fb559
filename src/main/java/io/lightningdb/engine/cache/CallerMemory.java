package io.lightningdb.engine.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What callers hold of the budget for what they send and are answered. *Thread-safe.*
///
/// There are two shares, one for what comes in and one for what goes out, and both are lent in the order in which callers ask. What does not
/// fit into its share, because it is too large or because others have the share, is lent to one caller at a time beyond it: the **turn**. Who
/// has the turn gets whatever else it asks for at once. So a caller that is alone always gets what it needs; whoever holds memory and needs
/// more waits for one that waits for nobody, and all together never hold more than both shares and the most that one caller asks for.
public final class CallerMemory {
  // What was taken last is given back first.
  private static final List<Use> BACK = List.of(Use.OUTGOING, Use.INCOMING);

  private final MemoryAccount account;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Use, Long> bytesMax = new EnumMap<>(Use.class);

  // Guarded by `lock`.
  private final Map<Use, Long> free = new EnumMap<>(Use.class);
  private final Map<Use, Deque<Waiter>> waiters = new EnumMap<>(Use.class);
  private @Nullable MemoryLease turn;
  private long tickets;
  private long refused;

  /// What memory is for.
  public enum Use {
    /// What a caller sends, and its copies on the way to the log.
    INCOMING,
    /// What a caller is answered, from the moment at which it is read.
    OUTGOING
  }

  private static final class Waiter {
    private final MemoryLease lease;
    private final long bytes;
    private final long ticket;
    private final Condition changed;
    private boolean granted;

    Waiter(MemoryLease lease, long bytes, long ticket, Condition changed) {
      this.lease = lease;
      this.bytes = bytes;
      this.ticket = ticket;
      this.changed = changed;
    }
  }

  /// Makes shares of which nothing is lent.
  ///
  /// @param account charged with what is lent
  /// @param incomingBytesMax the share for what comes in, in bytes
  /// @param outgoingBytesMax the share for what goes out, in bytes
  public CallerMemory(MemoryAccount account, long incomingBytesMax, long outgoingBytesMax) {
    this.account = account;
    bytesMax.put(Use.INCOMING, incomingBytesMax);
    bytesMax.put(Use.OUTGOING, outgoingBytesMax);
    free.putAll(bytesMax);
    for (Use use : Use.values()) {
      waiters.put(use, new ArrayDeque<>());
    }
  }

  /// A lease that holds nothing yet.
  ///
  /// @param waitNanosMax longest wait for memory, in nanoseconds
  /// @return to be closed by the caller
  public MemoryLease lease(long waitNanosMax) {
    return new MemoryLease(this, waitNanosMax);
  }

  private Deque<Waiter> queue(Use use) {
    return Objects.requireNonNull(waiters.get(use));
  }

  private long free(Use use) {
    return Objects.requireNonNull(free.get(use));
  }

  /// Lends memory, after a wait if need be.
  ///
  /// @return false if there was none in time
  boolean lend(MemoryLease lease, Use use, long bytes, long waitNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // A caller that holds something goes before those that hold nothing: others wait for what it
      // holds.
      boolean first = lease.bytes() == 0;
      if ((!first || queue(use).isEmpty()) && grant(lease, use, bytes)) {
        return true;
      }
      long ticket = first ? ++tickets : - ++tickets;
      Waiter waiter = new Waiter(lease, bytes, ticket, lock.newCondition());
      if (first) {
        queue(use).addLast(waiter);
      } else {
        queue(use).addFirst(waiter);
      }
      return await(waiter, use, waitNanos);
    } finally {
      lock.unlock();
    }
  }

  private boolean await(Waiter waiter, Use use, long waitNanos) throws InterruptedException {
    long remaining = waitNanos;
    try {
      while (!waiter.granted && remaining > 0) {
        remaining = waiter.changed.awaitNanos(remaining);
      }
    } finally {
      if (!waiter.granted) {
        refused++;
        queue(use).remove(waiter);
        grantNext();
      }
    }
    return waiter.granted;
  }

  /// Lends out of the share, if there is enough in it, or else with the turn, if no other caller has it.
  private boolean grant(MemoryLease lease, Use use, long bytes) {
    if (turn != lease && free(use) >= bytes) {
      free.put(use, free(use) - bytes);
      lease.addShared(use, bytes);
    } else if (turn == null || turn == lease) {
      turn = lease;
      lease.addLent(bytes);
    } else {
      return false;
    }
    account.charge(bytes);
    return true;
  }

  /// Lends what can be lent to the first of each queue, and the turn to the one that has waited longest.
  private void grantNext() {
    boolean more = true;
    while (more) {
      more = false;
      for (Use use : Use.values()) {
        Waiter first = queue(use).peekFirst();
        if (first != null && (turn == first.lease || free(use) >= first.bytes || isNext(first))) {
          more = grant(first.lease, use, first.bytes);
          first.granted = true;
          first.changed.signal();
          queue(use).removeFirst();
        }
      }
    }
  }

  private boolean isNext(Waiter waiter) {
    if (turn != null) {
      return false;
    }
    for (Deque<Waiter> queue : waiters.values()) {
      Waiter first = queue.peekFirst();
      if (first != null && first.ticket < waiter.ticket) {
        return false;
      }
    }
    return true;
  }

  /// Takes memory back: first what was lent with the turn, so that it goes on to the next.
  void takeBack(MemoryLease lease, long bytes) {
    lock.lock();
    try {
      long lent = lease.takeLent(bytes);
      if (turn == lease && lease.isWithoutTurn()) {
        turn = null;
      }
      long rest = bytes - lent;
      for (Use use : BACK) {
        long shared = lease.takeShared(use, rest);
        free.put(use, free(use) + shared);
        rest -= shared;
      }
      account.charge(rest - bytes);
      grantNext();
    } finally {
      lock.unlock();
    }
  }

  /// The share for a use.
  ///
  /// @param use any
  /// @return in bytes
  public long bytesMax(Use use) {
    return Objects.requireNonNull(bytesMax.get(use));
  }

  /// Callers that wait for memory.
  ///
  /// @return as of now
  public int waiting() {
    lock.lock();
    try {
      return waiters.values().stream().mapToInt(Deque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  /// How often a caller got no memory in time.
  ///
  /// @return since the start
  public long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }
}
