package io.lightningdb.engine.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// What the parts of a database may take of memory together. *Thread-safe.*
///
/// Parts charge what they hold as they grow and shrink; the cache gets what they leave, and gives it back at once when
/// they grow. Memtables have bounds of their own within the budget: from the lower one on they are flushed early, and
/// at the upper one writes wait.
public final class MemoryBudget {
  private static final int MEMTABLES_PERCENT_LOW = 20;
  private static final int MEMTABLES_PERCENT_HIGH = 40;
  private static final int TRANSACTIONS_PERCENT = 20;
  private static final int WRITING_PERCENT = 10;
  private static final int INCOMING_PERCENT = 30;
  private static final int OUTGOING_PERCENT = 29;

  // The cache is not resized for less than this part of the budget.
  private static final int STEPS = 128;

  private final long bytesMax;
  private final long cacheBytesMax;
  private final Map<Part, AtomicLong> used = new EnumMap<>(Part.class);
  private final BlockCache cache;
  private final CallerMemory callers;
  private final CallerMemory writing;

  // Written under the lock of this object.
  private volatile long cacheLimit;

  // Memtables have grown while there were too many of them, and the scheduler was not told yet.
  private volatile boolean flushWanted;

  /// Who charges the budget, apart from the cache.
  public enum Part {
    /// Memtables that take writes or wait for their flush.
    MEMTABLES,
    /// What open transactions keep.
    TRANSACTIONS,
    /// Open snapshots.
    SNAPSHOTS,
    /// What the program around the database keeps beside these.
    EMBEDDER,
    /// Open scans.
    SCANS,
    /// What callers send and are answered, while a request of theirs lasts.
    REQUESTS,
    /// Buffers of the log.
    LOG,
    /// What open runs know of their blocks, and where scans found nothing.
    RUNS,
    /// Buffers of flushes and merges.
    MAINTENANCE
  }

  /// Makes a budget of which nothing is used.
  ///
  /// @param bytesMax for all parts together, in bytes
  /// @param cacheBytesMax most of it that the cache may take, in bytes
  public MemoryBudget(long bytesMax, long cacheBytesMax) {
    this.bytesMax = bytesMax;
    this.cacheBytesMax = cacheBytesMax;
    for (Part part : Part.values()) {
      used.put(part, new AtomicLong());
    }
    this.cacheLimit = Math.min(bytesMax, cacheBytesMax);
    this.cache = new BlockCache(cacheLimit);
    this.callers =
        new CallerMemory(
            account(Part.REQUESTS),
            bytesMax / 100 * INCOMING_PERCENT,
            bytesMax / 100 * OUTGOING_PERCENT);
    this.writing = new CallerMemory(MemoryAccount.NONE, bytesMax / 100 * WRITING_PERCENT, 0);
  }

  /// Large writes on their way into memtables, which their owners charge once they are there: without a bound of their
  /// own, as many as come at once would find room for one of them, and all take it.
  ///
  /// @return lends what memtables may exceed their bound by
  public CallerMemory writing() {
    return writing;
  }

  /// What callers hold for what they send and are answered.
  ///
  /// @return lends memory
  public CallerMemory callers() {
    return callers;
  }

  /// The cache that lives on what is left.
  ///
  /// @return the cache
  public BlockCache cache() {
    return cache;
  }

  /// The bound.
  ///
  /// @return in bytes
  public long bytesMax() {
    return bytesMax;
  }

  /// What a part holds.
  ///
  /// @param part any part
  /// @return in bytes
  public long bytes(Part part) {
    return counter(part).get();
  }

  private AtomicLong counter(Part part) {
    return Objects.requireNonNull(used.get(part));
  }

  /// The account of a part.
  ///
  /// @param part any part
  /// @return charges this budget
  public MemoryAccount account(Part part) {
    return bytes -> charge(part, bytes);
  }

  private void charge(Part part, long bytes) {
    long now = counter(part).addAndGet(bytes);
    if (part == Part.MEMTABLES && bytes > 0 && now > memtableBytesLow()) {
      flushWanted = true;
    }
    if (Math.abs(left() - cacheLimit) > bytesMax / STEPS) {
      resizeCache();
    }
  }

  private synchronized void resizeCache() {
    cacheLimit = left();
    cache.resize(cacheLimit);
  }

  /// What the other parts leave to the cache.
  private long left() {
    long others = 0;
    for (AtomicLong counter : used.values()) {
      others += counter.get();
    }
    return Math.clamp(bytesMax - others, 0, cacheBytesMax);
  }

  private long memtableBytesLow() {
    return bytesMax / 100 * MEMTABLES_PERCENT_LOW;
  }

  /// Tells once, after memtables have grown beyond the lower bound.
  ///
  /// @return true if one should be flushed early
  public boolean takeFlushWanted() {
    if (!flushWanted) {
      return false;
    }
    flushWanted = false;
    return true;
  }

  /// How far memtables are between their bounds.
  ///
  /// @param bytesEmpty what they would take if all were empty, which no flush brings back
  /// @return 0 where nothing needs to be done, 1 where writes have to wait
  public double memtablesBehind(long bytesEmpty) {
    double low = memtableBytesLow();
    double high = (double) bytesMax / 100 * MEMTABLES_PERCENT_HIGH;
    return Math.clamp((bytes(Part.MEMTABLES) - bytesEmpty - low) / (high - low), 0, 1);
  }

  /// The most that all transactions together may keep.
  ///
  /// @return in bytes
  public long transactionBytesMax() {
    return bytesMax / 100 * TRANSACTIONS_PERCENT;
  }
}
