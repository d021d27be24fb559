package io.lightningdb.engine.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What callers hold of the budget for what they send and are answered. *Thread-safe.*
///
/// There are two shares, one for what comes in and one for what goes out. What does not fit into its share, because it
/// is too large or because others have the share, is lent to one caller at a time beyond it: the **turn**. Who has the
/// turn gets whatever else it asks for at once. So a caller that is alone always gets what it needs; a caller that
/// holds memory and needs more waits for one that waits for none, and all together never hold more than both shares and
/// the most that one caller asks for.
///
/// Of those that wait, the one with the turn comes first, then leases that hold something, because others wait for what
/// they hold; then administrators, for whom a part of each share is kept besides; then the owner that holds least
/// (max-min fairness: Bertsekas and Gallager, "Data Networks", 6.5.2), and of one owner the lease that has waited
/// longest. None is passed by a later one that asks for less.
public final class CallerMemory {
  // What was taken last is given back first.
  private static final List<Use> BACK = List.of(Use.OUTGOING, Use.INCOMING);

  // The part of a share that is kept for administrators.
  private static final int RESERVE_PART = 32;

  private final MemoryAccount account;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Use, Long> bytesMax = new EnumMap<>(Use.class);
  private final LongAdder refused = new LongAdder();

  // Guarded by `lock`; as many waiters as there are requests at most, each of which is large.
  private final Map<Use, Long> free = new EnumMap<>(Use.class);
  private final Map<Use, List<Waiter>> waiters = new EnumMap<>(Use.class);
  private final Map<String, Long> heldBy = new HashMap<>();
  private @Nullable MemoryLease turn;
  private long tickets;

  // Written under `lock`.
  private volatile int waiting;

  /// What memory is for.
  public enum Use {
    /// What a caller sends, and its copies on the way to the log.
    INCOMING,
    /// What a caller is answered, from the moment at which it is read.
    OUTGOING
  }

  /// Who holds memory, over all leases of its own.
  ///
  /// @param id tells owners apart
  /// @param isAdministrator whether it goes before others, and may have what is kept of the shares
  public record Owner(String id, boolean isAdministrator) {
    /// The program itself, and all that are not told apart.
    public static final Owner NONE = new Owner("", false);
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

    boolean holdsNothing() {
      return lease.bytes() == 0;
    }

    boolean isOrdinary() {
      return !lease.owner().isAdministrator();
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
      waiters.put(use, new ArrayList<>());
    }
  }

  /// A lease that holds nothing yet, of no owner in particular.
  ///
  /// @param waitNanosMax longest wait for memory, in nanoseconds
  /// @return to be closed by the caller
  public MemoryLease lease(long waitNanosMax) {
    return new MemoryLease(this, waitNanosMax);
  }

  private List<Waiter> waiters(Use use) {
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
      Waiter waiter = new Waiter(lease, bytes, ++tickets, lock.newCondition());
      add(waiter, use);
      try {
        grantNext();
        return await(waiter, waitNanos);
      } finally {
        if (!waiter.granted) {
          refused.increment();
          remove(waiter, use);
          grantNext();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean await(Waiter waiter, long waitNanos) throws InterruptedException {
    long remaining = waitNanos;
    while (!waiter.granted && remaining > 0) {
      remaining = waiter.changed.awaitNanos(remaining);
    }
    return waiter.granted;
  }

  private void add(Waiter waiter, Use use) {
    waiters(use).add(waiter);
    count();
  }

  private void remove(Waiter waiter, Use use) {
    waiters(use).remove(waiter);
    count();
  }

  private void count() {
    waiting = waiters.values().stream().mapToInt(List::size).sum();
  }

  private Comparator<Waiter> order() {
    return Comparator.comparing((Waiter each) -> each.lease != turn)
        .thenComparing(Waiter::holdsNothing)
        .thenComparing(Waiter::isOrdinary)
        .thenComparingLong(each -> heldBy(each.lease.owner()))
        .thenComparingLong(each -> each.ticket);
  }

  private long heldBy(Owner owner) {
    return heldBy.getOrDefault(owner.id(), 0L);
  }

  /// Lends what can be lent to the first that waits for each use, and the turn to the first of all.
  private void grantNext() {
    boolean more = true;
    while (more) {
      more = false;
      Waiter firstOfAll = null;
      Use useOfFirst = Use.INCOMING;
      for (Use use : Use.values()) {
        Waiter first = waiters(use).stream().min(order()).orElse(null);
        if (first != null && (turn == first.lease || fits(first, use))) {
          grant(first, use);
          more = true;
        } else if (first != null
            && (firstOfAll == null || order().compare(first, firstOfAll) < 0)) {
          firstOfAll = first;
          useOfFirst = use;
        }
      }
      if (firstOfAll != null && turn == null) {
        turn = firstOfAll.lease;
        grant(firstOfAll, useOfFirst);
        more = true;
      }
    }
  }

  private boolean fits(Waiter waiter, Use use) {
    boolean isKept = waiter.isOrdinary() && !waiter.lease.owner().equals(Owner.NONE);
    long kept = isKept ? bytesMax(use) / RESERVE_PART : 0;
    return free(use) - kept >= waiter.bytes;
  }

  /// Lends with the turn, if the lease has it, or else out of the share.
  private void grant(Waiter waiter, Use use) {
    MemoryLease lease = waiter.lease;
    long bytes = waiter.bytes;
    if (turn == lease) {
      lease.addLent(bytes);
    } else {
      free.put(use, free(use) - bytes);
      lease.addShared(use, bytes);
    }
    heldBy.merge(lease.owner().id(), bytes, Long::sum);
    account.charge(bytes);
    remove(waiter, use);
    waiter.granted = true;
    waiter.changed.signal();
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
      long taken = bytes - rest;
      heldBy.computeIfPresent(
          lease.owner().id(), (_, held) -> held == taken ? null : Long.valueOf(held - taken));
      account.charge(-taken);
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

  /// Tells whether another owner waits for memory.
  ///
  /// @param owner may wait as well
  /// @return as of now
  boolean isWantedByOthers(Owner owner) {
    if (waiting == 0) {
      return false;
    }
    lock.lock();
    try {
      return waiters.values().stream()
          .flatMap(List::stream)
          .anyMatch(each -> !each.lease.owner().id().equals(owner.id()));
    } finally {
      lock.unlock();
    }
  }

  /// Callers that wait for memory.
  ///
  /// @return as of now
  public int waiting() {
    return waiting;
  }

  /// How often a caller got no memory in time.
  ///
  /// @return since the start
  public long refused() {
    return refused.sum();
  }
}
