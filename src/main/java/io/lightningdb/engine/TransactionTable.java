package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.transaction.LockTable;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The open transactions. *Thread-safe.*
final class TransactionTable {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Engine engine;
  private final TransactionLimits limits;
  private final LockTable locks;
  private final AtomicLong nextId = new AtomicLong(1);
  private final Map<Long, Transaction> open = new ConcurrentHashMap<>();

  // Raised before a transaction is in the map, and so never less than the map has.
  private final AtomicInteger openCount = new AtomicInteger();
  private final LongAdder committed = new LongAdder();
  private final LongAdder rolledBack = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder deadlocks = new LongAdder();

  TransactionTable(Engine engine, TransactionLimits limits, LockTable locks) {
    this.engine = engine;
    this.limits = limits;
    this.locks = locks;
  }

  Engine engine() {
    return engine;
  }

  TransactionLimits limits() {
    return limits;
  }

  LockTable locks() {
    return locks;
  }

  long nanoTime() {
    return engine.nanoTime();
  }

  Transaction begin(TransactionOptions options) {
    if (options.ageMax().compareTo(limits.ageMax()) > 0) {
      throw new EngineException.LimitExceeded(
          "transaction-age-millis-max", limits.ageMax().toMillis(), options.ageMax().toMillis());
    }
    int openMax = limits.openMax();
    if (openCount.getAndUpdate(count -> Math.min(count + 1, openMax)) == openMax) {
      throw new EngineException.LimitExceeded("transactions-open-max", openMax, openMax + 1L);
    }
    boolean begun = false;
    try {
      long id = nextId.getAndIncrement();
      String owner = options.owner().isEmpty() ? "" : ", " + options.owner();
      SnapshotRegistry.Registration snapshot = engine.registerSnapshot("transaction " + id + owner);
      try {
        Transaction transaction = new Transaction(this, id, options, snapshot);
        open.put(transaction.id(), transaction);
        begun = true;
        return transaction;
      } finally {
        if (!begun) {
          snapshot.close();
        }
      }
    } finally {
      if (!begun) {
        openCount.decrementAndGet();
      }
    }
  }

  /// Pays for what transactions are about to keep.
  ///
  /// @throws EngineException.Overloaded if all together would keep too much; nothing is paid then
  void charge(TransactionAccount account, long bytes) {
    MemoryBudget memory = engine.memory();
    account.take(bytes);
    engine.memory().account(MemoryBudget.Part.TRANSACTIONS).charge(bytes);
    long kept = memory.bytes(MemoryBudget.Part.TRANSACTIONS);
    if (bytes > 0 && kept > memory.transactionBytesMax()) {
      settle(account, -bytes);
      throw new EngineException.Overloaded(
          "open transactions keep "
              + (kept - bytes)
              + " of "
              + memory.transactionBytesMax()
              + " bytes that there are for them",
          RETRY_AFTER);
    }
  }

  /// Pays for what transactions keep already, or takes back what they keep no longer.
  void settle(TransactionAccount account, long bytes) {
    account.settle(bytes);
    engine.memory().account(MemoryBudget.Part.TRANSACTIONS).charge(bytes);
  }

  void ended(Transaction transaction) {
    if (open.remove(transaction.id()) == null) {
      return;
    }
    openCount.decrementAndGet();
    switch (transaction.state()) {
      case COMMITTED -> committed.increment();
      case ROLLED_BACK -> rolledBack.increment();
      case EXPIRED -> expired.increment();
      case ACTIVE -> throw new IllegalStateException("the transaction has not ended");
    }
  }

  void conflicted() {
    conflicts.increment();
  }

  void deadlocked() {
    deadlocks.increment();
  }

  /// Ends the transactions whose lease or age is over.
  void expireDue() {
    open.values().forEach(Transaction::expireIfDue);
  }

  /// Ends the transaction that reads through a snapshot. Returns false if there is none.
  boolean expireReader(long snapshotId) {
    for (Transaction transaction : open.values()) {
      if (transaction.snapshotId() == snapshotId) {
        transaction.expire();
        return true;
      }
    }
    return false;
  }

  /// Ends all transactions: the database is being closed.
  void endAll() {
    open.values().forEach(transaction -> transaction.endIfActive(Transaction.State.EXPIRED));
  }

  List<Transaction> list() {
    return open.values().stream().sorted(Comparator.comparingLong(Transaction::id)).toList();
  }

  TransactionStats stats() {
    return new TransactionStats(
        open.size(),
        committed.sum(),
        rolledBack.sum(),
        expired.sum(),
        conflicts.sum(),
        deadlocks.sum(),
        locks.size(),
        locks.waiting());
  }
}
