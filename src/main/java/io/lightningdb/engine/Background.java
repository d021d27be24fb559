package io.lightningdb.engine;

import io.lightningdb.engine.compaction.CancelledException;
import io.lightningdb.engine.compaction.FlushJob;
import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.ResumeJob;
import io.lightningdb.engine.compaction.WritePriority;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.integrity.Scrubber;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.UnreadableFileException;
import io.lightningdb.engine.io.Workers;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The work that goes on beside reads and writes: syncing the log, preparing its segments, flushing, merging. Each has a
/// thread of its own. *Thread-safe.*
///
/// A failure to write ends it all by way of [Failures]. Damage found by a merge closes the keys around it to merges
/// ([Quarantine]): what holds them stays as it is, and everything else goes on.
final class Background implements AutoCloseable {
  private static final int LOG_SEGMENTS_MAX = 8;
  private static final long TICK_NANOS = 1_000_000_000;
  private static final long WINDOW_NANOS = 60 * TICK_NANOS;
  private static final long LOOK_NANOS = 10 * TICK_NANOS;

  private final Maintenance maintenance;
  private final DatabaseOptions options;
  private final Failures failures;
  private final Room room;
  private final Supplier<List<Keyspace>> keyspaces;
  private final Freezer freezer;
  private final Runnable expireLeases;

  private final Map<KeyspaceStore, FullMerge> fullMerges = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Throughput throughput = new Throughput();
  private final Merges merges;
  private final LongAdder layoutChanges = new LongAdder();
  private final ExpiredMemtables expired;

  // Time has passed in which entries of memtables may have expired.
  private volatile boolean expiredWanted;

  // A range was deleted, and what it covers was not looked at since the log was last synced.
  private volatile boolean dropsWanted;
  private volatile boolean closing;

  // Held by whoever flushes.
  private final ReentrantLock flushing = new ReentrantLock();

  // Confined to the thread of the leases.
  private long lookedNanos;
  private long windowNanos;

  private Workers.@Nullable Worker logSync;
  private Workers.@Nullable Worker logPrepare;
  private Workers.@Nullable Worker flush;
  private Workers.@Nullable Worker merge;
  private Workers.@Nullable Worker leases;
  private Workers.@Nullable Worker scrub;
  private @Nullable Scrubber scrubber;

  /// Freezes the active memtable of a keyspace between two commits.
  @FunctionalInterface
  interface Freezer {
    void freeze(KeyspaceStore store);
  }

  Background(
      Maintenance maintenance,
      DatabaseOptions options,
      Failures failures,
      Room room,
      Clock clock,
      Supplier<List<Keyspace>> keyspaces,
      Freezer freezer,
      Runnable expireLeases) {
    this.maintenance = maintenance;
    this.options = options;
    this.failures = failures;
    this.room = room;
    this.keyspaces = keyspaces;
    this.freezer = freezer;
    this.expireLeases = expireLeases;
    this.clock = clock;
    this.expired = new ExpiredMemtables(clock);
    this.merges =
        new Merges(
            maintenance,
            options,
            new Merges.Watch(clock, throughput),
            failures.quarantine(),
            () -> closing);
  }

  void start(Workers workers) {
    long interval = options.logSyncInterval().toNanos();
    merge = workers.start("lightning-merge", guarded(this::mergeAll), 0);
    flush = workers.start("lightning-flush", guarded(this::flushAll), 0);
    logPrepare = workers.start("lightning-log-prepare", guarded(this::prepareLog), 0);
    leases = workers.start("lightning-leases", guarded(this::tick), TICK_NANOS);
    logSync = workers.start("lightning-log-sync", guarded(this::syncLog), interval);
    maintenance.limiter().enforce();
    wakeFlush();
    wakeMerge();
  }

  /// Begins to scrub.
  ///
  /// @param starting ended and closed with everything else
  void startScrub(Workers workers, Scrubber starting) {
    scrubber = starting;
    scrub = workers.start("lightning-scrub", guarded(starting::work), Scrubber.PERIOD_NANOS);
  }

  /// A worker that died of a mistake would leave writes waiting for it: its mistake is a failure like any other.
  private Runnable guarded(Runnable duty) {
    return () -> {
      try {
        duty.run();
      } catch (RuntimeException | Error e) {
        fail(new IOException("background work ended unexpectedly: " + e, e));
      }
    };
  }

  private static void wake(Workers.@Nullable Worker worker) {
    if (worker != null) {
      worker.wake();
    }
  }

  /// How fast flushes and merges are.
  Throughput throughput() {
    return throughput;
  }

  void wakeFlush() {
    wake(flush);
  }

  void wakeMerge() {
    wake(merge);
  }

  void wakeFlushAndMerge() {
    wakeFlush();
    wakeMerge();
  }

  /// A range was deleted: what it covers can go once the deletion is durable.
  void rangeDeleted() {
    dropsWanted = true;
    wakeMerge();
  }

  void wakeLogPrepare() {
    wake(logPrepare);
  }

  private boolean isStopped() {
    return closing || failures.writeFailure().isPresent();
  }

  private void tick() {
    expireLeases.run();
    maintenance.disk().look();
    // What a snapshot or the clock has kept may be free to go now, although nothing was written.
    long now = clock.nanoTime();
    if (now - windowNanos >= WINDOW_NANOS) {
      windowNanos = now;
      adaptLayouts();
    }
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      expiredWanted = true;
      wakeFlush();
      wakeMerge();
    }
  }

  private void adaptLayouts() {
    for (Keyspace keyspace : keyspaces.get()) {
      if (keyspace.adaptLayout(clock.millis())) {
        layoutChanges.increment();
        wakeMerge();
      }
    }
  }

  /// Changes of layout that keyspaces have made by themselves.
  long layoutChanges() {
    return layoutChanges.sum();
  }

  private void syncLog() {
    if (isStopped()) {
      return;
    }
    try {
      maintenance.log().sync();
      if (dropsWanted) {
        wakeMerge();
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void prepareLog() {
    if (isStopped()) {
      return;
    }
    try {
      maintenance.log().prepareNext();
      maintenance.disk().look();
    } catch (IOException e) {
      fail(e);
    }
  }

  private void fail(IOException cause) {
    failures.writeFailed(cause);
    room.changed();
  }

  private void flushAll() {
    freezeExpired();
    boolean flushed = flushFrozen();
    while (!isStopped() && isLogLong() && flushOldest()) {
      flushed = true;
    }
    while (!isStopped() && memtablesBehind() > 0 && flushLargest()) {
      flushed = true;
    }
    if (flushed) {
      wakeMerge();
    }
  }

  /// Whether the log has grown beyond its bound, so that the oldest memtables have to be flushed.
  boolean isLogLong() {
    return maintenance.log().segmentCount() > LOG_SEGMENTS_MAX;
  }

  /// How far the memtables of all keyspaces are between the bounds of the memory budget.
  ///
  /// @return 0 to 1
  double memtablesBehind() {
    return maintenance.memory().memtablesBehind(keyspaces.get().size() * Memtable.bytesEmpty());
  }

  /// Freezes memtables of which most has expired: what nobody writes to would keep its memory and its log for ever.
  private void freezeExpired() {
    if (!expiredWanted || isStopped()) {
      return;
    }
    expiredWanted = false;
    List<KeyspaceStore> stores = keyspaces.get().stream().map(Keyspace::store).toList();
    expired.keepOnly(Set.copyOf(stores));
    try {
      for (KeyspaceStore store : stores) {
        if (expired.isMostlyExpired(store, maintenance.instantMillis())) {
          freezer.freeze(store);
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private boolean flushLargest() {
    return freezeLargest() && flushFrozen();
  }

  private boolean flushFrozen() {
    boolean flushed = false;
    for (Keyspace keyspace : keyspaces.get()) {
      flushed |= flushAllOf(keyspace.store());
    }
    return flushed;
  }

  /// Freezes the memtable that takes the most memory.
  ///
  /// @return false if there is nothing in any
  boolean freezeLargest() {
    Optional<KeyspaceStore> largest =
        keyspaces.get().stream()
            .map(Keyspace::store)
            .filter(store -> !store.peek().active().isEmpty())
            .max(Comparator.comparingLong(store -> store.peek().active().bytes()));
    largest.ifPresent(freezer::freeze);
    return largest.isPresent();
  }

  /// Flushes the keyspace that keeps the oldest log segment from going.
  private boolean flushOldest() {
    Optional<KeyspaceStore> oldest =
        keyspaces.get().stream()
            .map(Keyspace::store)
            .filter(store -> store.firstUnflushedVersion() != Long.MAX_VALUE)
            .min(Comparator.comparingLong(KeyspaceStore::firstUnflushedVersion));
    oldest.ifPresent(freezer::freeze);
    return oldest.isPresent() && flushAllOf(oldest.get());
  }

  private boolean flushAllOf(KeyspaceStore store) {
    boolean flushed = false;
    while (!isStopped() && !store.peek().frozen().isEmpty()) {
      if (!flushOne(store)) {
        return flushed;
      }
      flushed = true;
      room.changed();
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
      long begun = clock.nanoTime();
      long start = flushNanos();
      new FlushJob(maintenance, store, oldest).run();
      maintenance.counters().flushLatency().record(clock.nanoTime() - begun);
      throughput.flushed((double) oldest.bytes(), flushNanos() - start);
      maintenance.disk().look();
      return true;
    } catch (CancelledException _) {
      return false;
    } catch (IOException e) {
      fail(e);
      return false;
    }
  }

  /// Time without the waits that a limit of bytes per second asked for: they say nothing of how fast flushes can be.
  private long flushNanos() {
    return clock.nanoTime() - maintenance.limiter().waitNanos(WritePriority.FLUSH);
  }

  private void mergeAll() {
    dropsWanted = !maintenance.isAllDurable();
    failures.quarantine().refresh();
    for (Keyspace keyspace : keyspaces.get()) {
      dropDead(keyspace.store());
    }
    while (!isStopped() && mergeNext()) {
      room.changed();
    }
    room.changed();
  }

  /// One step of the most urgent merge there is.
  ///
  /// @return false if there was none
  private boolean mergeNext() {
    merges.forgetDropped();
    Urgent urgent = null;
    for (Keyspace keyspace : keyspaces.get()) {
      KeyspaceStore store = keyspace.store();
      guard(store, () -> merges.separate(store));
      mergeFullyIfAsked(store);
      Optional<LayoutPolicy.Choice> choice = choose(keyspace);
      if (choice.isPresent()
          && (urgent == null || choice.get().urgency() > urgent.choice().urgency())) {
        urgent = new Urgent(store, choice.get());
      }
    }
    if (urgent == null) {
      return false;
    }
    Urgent chosen = urgent;
    guard(chosen.store(), () -> merges.step(chosen.store(), chosen.choice()));
    return true;
  }

  /// A full merge that somebody waits for, and no longer wants when `cancelled` says so.
  private record FullMerge(CompletableFuture<@Nullable Void> done, BooleanSupplier cancelled) {}

  private record Urgent(KeyspaceStore store, LayoutPolicy.Choice choice) {}

  private Optional<LayoutPolicy.Choice> choose(Keyspace keyspace) {
    KeyspaceStore store = keyspace.store();
    boolean leftAlone = isStopped() || store.isDropped();
    return leftAlone ? Optional.empty() : merges.next(keyspace).filter(this::hasRoom);
  }

  private boolean hasRoom(LayoutPolicy.Choice choice) {
    return choice.action() == LayoutPolicy.Action.MOVE || maintenance.disk().hasRoomForMerge();
  }

  private void dropDead(KeyspaceStore store) {
    if (!isStopped()) {
      guard(store, () -> dropUnlessDamaged(store));
    }
  }

  /// Damage of what tells which runs are dead keeps them, and closes nothing.
  private void dropUnlessDamaged(KeyspaceStore store) throws IOException {
    try {
      merges.dropDead(store);
    } catch (CorruptionException e) {
      failures.damaged(e, Finder.MERGE);
    }
  }

  private void mergeFullyIfAsked(KeyspaceStore store) {
    FullMerge asked = fullMerges.remove(store);
    if (asked == null) {
      return;
    }
    try {
      guard(store, () -> merges.mergeFully(store, asked.cancelled()));
    } finally {
      asked.done().complete(null);
      room.changed();
    }
  }

  /// Work that may fail like any other.
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /// Does some work on runs.
  private void guard(KeyspaceStore store, Work work) {
    try {
      work.run();
    } catch (CancelledException | KeyspaceGoneException | StoreClosedException _) {
      merges.forget(store);
    } catch (CorruptionException e) {
      failures.damaged(e, Finder.MERGE);
      failures.quarantine().metByMerge(store, e);
      merges.forget(store);
    } catch (UnreadableFileException e) {
      // A disk that cannot be read from may still be written to.
      failures.damaged(new CorruptionException(e.file(), 0, e.reason()), Finder.MERGE);
      failures.quarantine().closeWhole(store);
      merges.forget(store);
    } catch (IOException e) {
      fail(e);
    }
  }

  /// Asks for a full merge and waits until it is done, has failed or was cancelled; [Failures] tells which. What is closed
  /// to merges is left out.
  ///
  /// @param cancelled asked now and then whether to stop
  void mergeFully(KeyspaceStore store, BooleanSupplier cancelled) {
    FullMerge mine = new FullMerge(new CompletableFuture<>(), cancelled);
    FullMerge asked = fullMerges.computeIfAbsent(store, _ -> mine);
    awaitMerge(store, asked);
    if (!asked.equals(mine) && asked.cancelled().getAsBoolean() && !isStopped()) {
      // Somebody else asked for the same merge, and did not want it any more.
      awaitMerge(store, fullMerges.computeIfAbsent(store, _ -> mine));
    }
  }

  private void awaitMerge(KeyspaceStore store, FullMerge asked) {
    wakeMerge();
    room.await(() -> asked.done().isDone() || isStopped() || store.isDropped(), Long.MAX_VALUE);
    if (store.isDropped()) {
      // Merges ask the keyspaces that exist: nobody else would take this out.
      fullMerges.remove(store);
    }
  }

  /// Tells whether the end has begun, so that work is given up.
  boolean isClosing() {
    return closing;
  }

  /// Number of merges of all keyspaces that were begun and are not done.
  int mergesUnderWay() {
    return merges.underWay();
  }

  int mergesUnderWay(KeyspaceStore store) {
    return merges.underWay(store);
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
      new ResumeJob(maintenance, keyspaces.get().stream().map(Keyspace::store).toList())
          .run(version);
    } finally {
      flushing.unlock();
    }
  }

  @Override
  public void close() {
    closing = true;
    maintenance.limiter().lift();
    room.changed();
    closeWorker(leases);
    closeWorker(logSync);
    closeWorker(logPrepare);
    closeWorker(flush);
    closeWorker(merge);
    closeWorker(scrub);
    if (scrubber != null) {
      scrubber.close();
    }
  }

  private static void closeWorker(Workers.@Nullable Worker worker) {
    if (worker != null) {
      worker.close();
    }
  }
}
