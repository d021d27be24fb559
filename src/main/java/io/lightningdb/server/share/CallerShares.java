package io.lightningdb.server.share;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Something of which there is so much for all callers together, and what each of them has of it. *Thread-safe.*
///
/// A caller may have all of it while others need nothing, but for two parts that are kept free: the *reserve*, for
/// administrators, and the *headroom*, for callers that have next to nothing, so that a newcomer can begin whatever
/// another holds. What is had is never taken away. While a caller that has less than its share was refused a short time
/// ago, or waits, those that have more than theirs get nothing new; so what becomes free goes to those that have least
/// (max-min fairness: Bertsekas and Gallager, "Data Networks", 6.5.2). The share is what there is, but for the parts
/// kept free, divided by the number of callers that have or want some.
///
/// A step under the lock looks at no more callers than [#WANTING_MAX], or than there are waiting.
public final class CallerShares {
  /// Most callers whose refusal is remembered at a time.
  static final int WANTING_MAX = 64;

  /// How long it is remembered.
  static final Duration WANTED = Duration.ofSeconds(10);

  private static final int PART = 32;
  private static final int NEWCOMERS = 16;
  private static final String STRANGERS = "\n";

  private final long max;
  private final int holdersMax;
  private final long reserve;
  private final long headroom;
  private final long little;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`.
  private final Map<String, Long> heldBy = new HashMap<>();
  private final Map<String, Long> wantedSince = new LinkedHashMap<>();
  private final Map<String, Deque<Waiter>> waiters = new LinkedHashMap<>();
  private long held;
  private int waiting;
  private long refused;

  /// Shares something out of which each holder has at least one.
  ///
  /// @param max how much there is, at least 1
  /// @param nanoTime monotonic time, in nanoseconds
  public CallerShares(long max, LongSupplier nanoTime) {
    this(max, (int) Math.min(max, Integer.MAX_VALUE), nanoTime);
  }

  /// Shares something out.
  ///
  /// @param max how much there is, at least 1
  /// @param holdersMax most holders that [#accountOf] tells apart; the others have one account
  /// @param nanoTime monotonic time, in nanoseconds
  public CallerShares(long max, int holdersMax, LongSupplier nanoTime) {
    this.max = max;
    this.holdersMax = holdersMax;
    this.nanoTime = nanoTime;
    this.reserve = max < 2 ? 0 : Math.max(1, max / PART);
    this.headroom = max / PART;
    this.little = headroom == 0 ? 0 : Math.max(1, headroom / NEWCOMERS);
  }

  /// What became of a wish.
  public enum Verdict {
    /// It was granted.
    TAKEN,
    /// There is none left.
    NONE_LEFT,
    /// The caller has its share, and others that have less want some.
    OVER_SHARE
  }

  private static final class Waiter {
    private final ShareHolder holder;
    private final Condition served;
    private boolean granted;

    Waiter(ShareHolder holder, Condition served) {
      this.holder = holder;
      this.served = served;
    }
  }

  /// Who pays for a holder, where there may be very many holders: itself, or the account of all strangers.
  ///
  /// @param holder a caller
  /// @return the holder to take for and to give back for
  public ShareHolder accountOf(ShareHolder holder) {
    lock.lock();
    try {
      boolean known = heldBy.size() < holdersMax || heldBy.containsKey(holder.id());
      return known ? holder : new ShareHolder(STRANGERS, ShareHolder.Rank.ORDINARY);
    } finally {
      lock.unlock();
    }
  }

  /// Takes some, if there is.
  ///
  /// @param holder for whom
  /// @param count how much
  /// @return whether it was granted, and if not, why
  public Verdict take(ShareHolder holder, long count) {
    lock.lock();
    try {
      Verdict verdict = judge(holder, count);
      if (verdict == Verdict.TAKEN) {
        add(holder.id(), count);
        wantedSince.remove(holder.id());
      } else {
        refuse(holder, count);
      }
      return verdict;
    } finally {
      lock.unlock();
    }
  }

  private Verdict judge(ShareHolder holder, long count) {
    long own = heldBy(holder.id()) + count;
    if (own > share(holder) && othersWant(holder.id())) {
      return Verdict.OVER_SHARE;
    }
    return held + count > ceiling(holder, own) ? Verdict.NONE_LEFT : Verdict.TAKEN;
  }

  private long ceiling(ShareHolder holder, long own) {
    return switch (holder.rank()) {
      case ADMIN -> max;
      case LOCAL -> max - (own <= little ? 0 : headroom);
      case ORDINARY -> max - reserve - (own <= little ? 0 : headroom);
    };
  }

  private long share(ShareHolder holder) {
    return ordinaryShare() + (holder.rank() == ShareHolder.Rank.ORDINARY ? 0 : reserve);
  }

  private long ordinaryShare() {
    int callers = heldBy.size();
    for (String wanting : wantedSince.keySet()) {
      callers += heldBy.containsKey(wanting) ? 0 : 1;
    }
    return Math.max(1, callerMax() / Math.max(1, callers));
  }

  /// Tells whether another that has less than its share was refused a short time ago.
  private boolean othersWant(String id) {
    forgetOldWishes();
    long share = wantedSince.isEmpty() ? 0 : ordinaryShare();
    for (String wanting : wantedSince.keySet()) {
      if (!wanting.equals(id) && heldBy(wanting) < share) {
        return true;
      }
    }
    return false;
  }

  private void forgetOldWishes() {
    long now = nanoTime.getAsLong();
    Iterator<Long> oldest = wantedSince.values().iterator();
    while (oldest.hasNext() && now - oldest.next() > WANTED.toNanos()) {
      oldest.remove();
    }
  }

  private void refuse(ShareHolder holder, long count) {
    refused++;
    forgetOldWishes();
    // Once more at the end of the row.
    wantedSince.remove(holder.id());
    if (wantedSince.size() < WANTING_MAX && heldBy(holder.id()) + count <= share(holder)) {
      wantedSince.put(holder.id(), nanoTime.getAsLong());
    }
  }

  private long heldBy(String id) {
    return heldBy.getOrDefault(id, 0L);
  }

  private void add(String id, long count) {
    held += count;
    long own = heldBy(id) + count;
    if (own > 0) {
      heldBy.put(id, own);
    } else {
      heldBy.remove(id);
    }
  }

  /// Takes one, if there is, and no other caller waits for it.
  ///
  /// @param holder for whom
  /// @return false if a wish has to wait
  public boolean takeInTurn(ShareHolder holder) {
    lock.lock();
    try {
      boolean taken = waiting == 0 && held + 1 <= ceiling(holder, heldBy(holder.id()) + 1);
      if (taken) {
        add(holder.id(), 1);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Takes one, waiting in a queue if need be: who has least comes first, and of one holder who came first.
  ///
  /// @param holder for whom one is taken
  /// @param waitNanos how long to wait, in nanoseconds
  /// @return false if none became free in time
  /// @throws InterruptedException if the wait was interrupted
  public boolean await(ShareHolder holder, long waitNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Waiter waiter = new Waiter(holder, lock.newCondition());
      waiters.computeIfAbsent(holder.id(), _ -> new ArrayDeque<>()).addLast(waiter);
      waiting++;
      try {
        serveWaiters();
        awaitTurn(waiter, waitNanos);
      } finally {
        if (!waiter.granted) {
          leaveQueue(waiter);
        }
      }
      return waiter.granted;
    } finally {
      lock.unlock();
    }
  }

  private static void awaitTurn(Waiter waiter, long waitNanos) throws InterruptedException {
    long left = waitNanos;
    try {
      while (!waiter.granted && left > 0) {
        left = waiter.served.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Granted while the interrupted thread came back for the lock: it is had.
      if (!waiter.granted) {
        throw e;
      }
      Thread.currentThread().interrupt();
    }
  }

  private void leaveQueue(Waiter waiter) {
    Deque<Waiter> queue = waiters.get(waiter.holder.id());
    if (queue != null && queue.remove(waiter)) {
      waiting--;
      if (queue.isEmpty()) {
        waiters.remove(waiter.holder.id());
      }
    }
  }

  private void serveWaiters() {
    for (Waiter next = next(); next != null; next = next()) {
      leaveQueue(next);
      add(next.holder.id(), 1);
      next.granted = true;
      next.served.signal();
    }
  }

  /// Of those at the head of their queues for whom there is room, the one whose holder has least.
  private @Nullable Waiter next() {
    Waiter next = null;
    for (Deque<Waiter> queue : waiters.values()) {
      Waiter head = queue.getFirst();
      long own = heldBy(head.holder.id());
      if (held + 1 <= ceiling(head.holder, own + 1)
          && (next == null || own < heldBy(next.holder.id()))) {
        next = head;
      }
    }
    return next;
  }

  /// Gives some back.
  ///
  /// @param holder for whom it was taken
  /// @param count how much
  public void give(ShareHolder holder, long count) {
    settle(holder, -count);
  }

  /// Notes what is had already, or no longer: nothing is refused.
  ///
  /// @param holder who has it
  /// @param count how much more; negative for what is given back
  public void settle(ShareHolder holder, long count) {
    lock.lock();
    try {
      add(holder.id(), count);
      if (waiting > 0) {
        serveWaiters();
      }
    } finally {
      lock.unlock();
    }
  }

  /// How much there is.
  ///
  /// @return as it was made
  public long max() {
    return max;
  }

  /// What is kept free for administrators.
  ///
  /// @return at most [#max]
  public long reserve() {
    return reserve;
  }

  /// The most that one caller may have that is no administrator, while others need nothing.
  ///
  /// @return at least 1
  public long callerMax() {
    return Math.max(1, max - reserve - headroom);
  }

  /// The most that a caller may have at this moment if others want some.
  ///
  /// @param holder a caller
  /// @return at least 1
  public long shareOf(ShareHolder holder) {
    lock.lock();
    try {
      return share(holder);
    } finally {
      lock.unlock();
    }
  }

  /// What all callers have.
  ///
  /// @return as of now
  public long held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /// What one caller has.
  ///
  /// @param holder a caller
  /// @return as of now
  public long heldBy(ShareHolder holder) {
    lock.lock();
    try {
      return heldBy(holder.id());
    } finally {
      lock.unlock();
    }
  }

  /// Callers that have some.
  ///
  /// @return a count
  public int holders() {
    lock.lock();
    try {
      return heldBy.size();
    } finally {
      lock.unlock();
    }
  }

  /// Wishes that wait.
  ///
  /// @return a count
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /// Wishes that were refused.
  ///
  /// @return a count, of [#take] only
  public long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }
}
