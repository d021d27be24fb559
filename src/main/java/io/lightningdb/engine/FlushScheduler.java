package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.compaction.CancelledException;
import io.lightningdb.engine.compaction.ExpiredMemtables;
import io.lightningdb.engine.compaction.FlushJob;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.QuietKeyspaces;
import io.lightningdb.engine.compaction.ResumeJob;
import io.lightningdb.engine.compaction.WritePriority;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Decides what is flushed when, and flushes: what is frozen, and before that what has to be frozen because the log or the memtables
/// of all keyspaces have grown too large, because most of it has expired, or because it keeps space from being given back that the disk
/// lacks or that no more writes would give back. *Thread-safe.*
///
/// [Background] calls it on the flushing thread; [Replay], [Resumption] and the end of the engine do on their own.
final class FlushScheduler {
  private static final int LOG_SEGMENTS_MAX = 8;

  /// How long nothing must have been written to a keyspace before what it holds in memory, and what it could give back, is not left for
  /// the next write.
  static final long QUIET_NANOS = 60_000_000_000L;

  // Of the entries in runs: fewer changes in a memtable are not worth a flush for what they
  // replace.
  private static final double CHANGES_SHARE_MIN = 1 / 16.0;

  private final Core core;
  private final Maintenance maintenance;
  private final KeyspaceCatalog keyspaces;
  private final Freezer freezer;
  private final BooleanSupplier stopped;
  private final Clock clock;
  private final MemoryBudget memory;
  private final ExpiredMemtables expired;

  private final QuietKeyspaces quiet;

  // Time has passed in which entries of memtables may have expired, or keyspaces have been quiet.
  private volatile boolean lookWanted;

  // What is being flushed, for those who look.
  private volatile @Nullable Memtable current;

  // Held by whoever flushes.
  private final ReentrantLock flushing = new ReentrantLock();

  /// Freezes the active memtable of a keyspace between two commits.
  @FunctionalInterface
  interface Freezer {
    void freeze(KeyspaceStore store);
  }

  /// Makes one that has nothing to do yet.
  ///
  /// @param quiet tells since when nothing was written to a keyspace
  /// @param stopped whether it makes no sense to flush any more
  FlushScheduler(
      Core core,
      Maintenance maintenance,
      KeyspaceCatalog keyspaces,
      Freezer freezer,
      QuietKeyspaces quiet,
      BooleanSupplier stopped) {
    this.core = core;
    this.maintenance = maintenance;
    this.keyspaces = keyspaces;
    this.freezer = freezer;
    this.quiet = quiet;
    this.stopped = stopped;
    this.clock = core.environment().clock();
    this.memory = core.memory();
    this.expired = new ExpiredMemtables(clock);
  }

  /// Flushes all there is to flush. *Confined to the flushing thread.*
  ///
  /// @return whether there was anything
  boolean run() {
    freezeForgotten();
    boolean flushed = flushFrozen();
    while (!stopped.getAsBoolean() && isLogLong() && flushOldest()) {
      flushed = true;
    }
    while (!stopped.getAsBoolean() && memtablesBehind() > 0 && flushLargest()) {
      flushed = true;
    }
    return flushed;
  }

  /// The next run looks for memtables that no write would fill.
  void look() {
    lookWanted = true;
  }

  /// Whether the log has grown beyond its bound, so that the oldest memtables have to be flushed.
  boolean isLogLong() {
    return maintenance.log().segmentCount() > LOG_SEGMENTS_MAX;
  }

  /// How far the memtables of all keyspaces are between the bounds of the memory budget.
  ///
  /// @return 0 to 1
  double memtablesBehind() {
    return memory.memtablesBehind(keyspaces.all().size() * Memtable.bytesEmpty());
  }

  /// Freezes memtables that nobody writes to, and would keep their memory, their log and what they delete for ever: those of which
  /// most has expired, and those that give space back.
  private void freezeForgotten() {
    if (!lookWanted || stopped.getAsBoolean()) {
      return;
    }
    lookWanted = false;
    List<KeyspaceStore> stores = keyspaces.stores();
    expired.keepOnly(Set.copyOf(stores));
    try {
      for (KeyspaceStore store : stores) {
        if (givesSpaceBack(store) || expired.isMostlyExpired(store, maintenance.instantMillis())) {
          freezer.freeze(store);
        }
      }
    } catch (IOException e) {
      core.writeFailed(e);
    }
  }

  /// Whether the flush of a memtable, or the merge after it, is going to free something that the disk lacks, or that nobody comes for.
  private boolean givesSpaceBack(KeyspaceStore store) {
    Memtable memtable = store.peek().active();
    if (memtable.isEmpty()) {
      return false;
    }
    boolean lacking = maintenance.disk().state().reached();
    boolean wanted = lacking || quiet.quietNanos(store) >= QUIET_NANOS;
    return wanted
        && (maintenance.log().isInOlderSegment(memtable.firstVersion())
            || replaces(store, lacking ? 0 : CHANGES_SHARE_MIN));
  }

  /// Whether a memtable may replace more than a share of what the runs of its keyspace hold.
  private static boolean replaces(KeyspaceStore store, double share) {
    View view = store.peek();
    double entries =
        view.runs().stream()
            .map(SharedRun::record)
            .mapToDouble(run -> run.entries() * run.liveShare())
            .sum();
    boolean ranges = !view.active().deletedRanges().isEmpty();
    return entries > 0 && (ranges || view.active().entries() >= share * entries);
  }

  private boolean flushLargest() {
    return freezeLargest() && flushFrozen();
  }

  private boolean flushFrozen() {
    boolean flushed = false;
    for (KeyspaceStore store : keyspaces.stores()) {
      flushed |= flushAllOf(store);
    }
    return flushed;
  }

  /// Freezes the memtable that takes the most memory.
  ///
  /// @return false if there is nothing in any
  boolean freezeLargest() {
    Optional<KeyspaceStore> largest =
        keyspaces.stores().stream()
            .filter(store -> !store.peek().active().isEmpty())
            .max(Comparator.comparingLong(store -> store.peek().active().bytes()));
    largest.ifPresent(freezer::freeze);
    return largest.isPresent();
  }

  /// Flushes the keyspace that keeps the oldest log segment from going.
  private boolean flushOldest() {
    Optional<KeyspaceStore> oldest =
        keyspaces.stores().stream()
            .filter(store -> store.firstUnflushedVersion() != Long.MAX_VALUE)
            .min(Comparator.comparingLong(KeyspaceStore::firstUnflushedVersion));
    oldest.ifPresent(freezer::freeze);
    return oldest.isPresent() && flushAllOf(oldest.get());
  }

  private boolean flushAllOf(KeyspaceStore store) {
    boolean flushed = false;
    while (!stopped.getAsBoolean() && !store.peek().frozen().isEmpty()) {
      if (!flushOne(store)) {
        return flushed;
      }
      flushed = true;
      core.room().changed();
    }
    return flushed;
  }

  private boolean flushOne(KeyspaceStore store) {
    flushing.lock();
    try {
      List<Memtable> frozen = store.peek().frozen();
      return !frozen.isEmpty() && flushOne(store, frozen.getLast());
    } finally {
      flushing.unlock();
    }
  }

  private boolean flushOne(KeyspaceStore store, Memtable oldest) {
    try {
      current = oldest;
      long begun = clock.nanoTime();
      long start = flushNanos();
      new FlushJob(maintenance, store, oldest).run();
      maintenance.counters().flushLatency().record(clock.nanoTime() - begun);
      core.throughput().flushed((double) oldest.bytes(), flushNanos() - start);
      maintenance.disk().look();
      return true;
    } catch (CancelledException _) {
      return false;
    } catch (ResourceExhaustedException e) {
      core.shortageMet(e);
      return false;
    } catch (IOException e) {
      core.writeFailed(e);
      return false;
    } finally {
      current = null;
    }
  }

  /// Whether a memtable is being written as a run.
  boolean isFlushing(Memtable memtable) {
    return memtable == current;
  }

  /// Time without the waits that a limit of bytes per second asked for: they say nothing of how fast flushes can be.
  private long flushNanos() {
    return clock.nanoTime() - maintenance.limiter().waitNanos(WritePriority.FLUSH);
  }

  /// Flushes on the calling thread: for recovery and the end, when no other thread does.
  void flushNow(KeyspaceStore store) throws IOException {
    while (!store.peek().frozen().isEmpty()) {
      new FlushJob(maintenance, store, store.peek().frozen().getLast()).run();
    }
  }

  /// Freezes all active memtables between two commits, and tells the newest commit in them.
  @FunctionalInterface
  interface FreezeAll {
    long freezeAll() throws IOException;
  }

  /// Makes what readers see durable after a failure; see [ResumeJob].
  ///
  /// @param freezer freezes what is in memory
  void resume(FreezeAll freezer) throws IOException {
    flushing.lock();
    try {
      long version = freezer.freezeAll();
      new ResumeJob(maintenance, keyspaces.stores()).run(version);
    } finally {
      flushing.unlock();
    }
  }
}
