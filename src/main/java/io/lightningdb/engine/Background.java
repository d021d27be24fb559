package io.lightningdb.engine;

import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.QuietKeyspaces;
import io.lightningdb.engine.integrity.Scrubber;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.Workers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The threads that work beside reads and writes: they sync the log, prepare its segments, flush ([FlushScheduler]),
/// merge ([MergeScheduler]), scrub, and do what falls due once a second. *Thread-safe.* Started, woken and ended by the
/// parts of the engine.
///
/// A failure to write ends it all by way of [Failures].
final class Background implements AutoCloseable {
  private static final long TICK_NANOS = 1_000_000_000;
  private static final long WINDOW_NANOS = 60 * TICK_NANOS;
  private static final long LOOK_NANOS = 10 * TICK_NANOS;

  private final Core core;
  private final Maintenance maintenance;
  private final KeyspaceCatalog keyspaces;
  private final Duties duties;
  private final Clock clock;
  private final FlushScheduler flushes;
  private final MergeScheduler merges;
  private final QuietKeyspaces quiet;
  private volatile boolean closing;

  // A segment is prepared when something is written, and not for a database that is only open.
  private volatile boolean segmentWanted;

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

  /// Makes one whose threads are still to be started.
  ///
  /// @param freezer freezes memtables that have to be flushed
  /// @param duties what is done again and again
  Background(
      Core core,
      Maintenance maintenance,
      KeyspaceCatalog keyspaces,
      FlushScheduler.Freezer freezer,
      Duties duties) {
    this.core = core;
    this.maintenance = maintenance;
    this.keyspaces = keyspaces;
    this.duties = duties;
    this.clock = core.environment().clock();
    this.quiet = new QuietKeyspaces(clock);
    this.flushes =
        new FlushScheduler(core, maintenance, keyspaces, freezer, quiet, this::isStopped);
    this.merges =
        new MergeScheduler(core, maintenance, keyspaces, quiet, () -> closing, this::wakeMerge);
  }

  /// What is done again and again.
  ///
  /// @param expireLeases done once a second
  /// @param resume takes writes again if what has failed may have passed; called about once a second while writes are
  ///     refused for that
  /// @param marks synced and marked once in each sync-interval
  record Duties(Runnable expireLeases, Runnable resume, LogMarks marks) {}

  FlushScheduler flushes() {
    return flushes;
  }

  MergeScheduler merges() {
    return merges;
  }

  void start(Workers workers) {
    long interval = core.options().logSyncInterval().toNanos();
    merge = workers.start("lightning-compaction", guarded(merges::run), 0);
    flush = workers.start("lightning-flush", guarded(this::flush), 0);
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

  /// A worker that died of a mistake would leave writes waiting for it: its mistake is a failure like any other. That
  /// memory is exhausted concerns all of the process, whose owner decides what comes of it.
  private Runnable guarded(Runnable duty) {
    return () -> {
      try {
        duty.run();
      } catch (RuntimeException | Error e) {
        core.writeFailed(new IOException("background work ended unexpectedly: " + e, e));
        if (e instanceof OutOfMemoryError) {
          Thread self = Thread.currentThread();
          self.getUncaughtExceptionHandler().uncaughtException(self, e);
        }
      }
    };
  }

  private static void wake(Workers.@Nullable Worker worker) {
    if (worker != null) {
      worker.wake();
    }
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
    merges.rangeDeleted();
    wakeMerge();
  }

  void wakeLogPrepare() {
    segmentWanted = true;
    wake(logPrepare);
  }

  private boolean isStopped() {
    return closing || core.failures().writeFailure().isPresent();
  }

  private void tick() {
    duties.expireLeases().run();
    maintenance.disk().look();
    tryAgain();
    quiet.look(keyspaces.stores());
    // What a snapshot or the clock has kept may be free to go now, although nothing was written.
    long now = clock.nanoTime();
    if (now - windowNanos >= WINDOW_NANOS) {
      windowNanos = now;
      adaptLayouts();
    }
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      flushes.look();
      wakeFlush();
      wakeMerge();
    }
  }

  /// Goes on with what the system has refused, and with what waits for nothing else.
  private void tryAgain() {
    boolean due = core.shortages().takeTurn();
    if (due) {
      wakeFlushAndMerge();
    }
    if (due) {
      wakeLogPrepare();
    }
    if (maintenance.disk().isBallastWanted() && !core.shortages().isMet()) {
      wake(logPrepare);
    }
    if (core.failures().isPassing()) {
      wakeFlush();
    }
  }

  private void adaptLayouts() {
    for (Keyspace keyspace : keyspaces.all()) {
      if (keyspace.adaptLayout(clock.millis())) {
        wakeMerge();
      }
    }
  }

  private void syncLog() {
    if (isStopped()) {
      return;
    }
    try {
      duties.marks().run();
      if (merges.areDropsWanted()) {
        wakeMerge();
      }
    } catch (IOException e) {
      core.writeFailed(e);
    }
  }

  private void prepareLog() {
    if (isStopped()) {
      return;
    }
    try {
      prepareSegment();
      if (maintenance.disk().isBallastWanted()) {
        maintenance.disk().refillBallast();
      }
    } catch (ResourceExhaustedException e) {
      core.shortageMet(e);
    } catch (IOException e) {
      core.writeFailed(e);
    }
  }

  private void prepareSegment() throws IOException {
    if (segmentWanted && core.log().isNextMissing()) {
      segmentWanted = false;
      try (DiskGuard.Claim _ = maintenance.disk().claim(core.options().logSegmentBytes())) {
        maintenance.log().prepareNext();
      }
    }
  }

  private void flush() {
    if (core.failures().isPassing() && !closing) {
      duties.resume().run();
    }
    if (flushes.run()) {
      wakeMerge();
    }
  }

  /// Tells whether the end has begun, so that work is given up.
  boolean isClosing() {
    return closing;
  }

  @Override
  public void close() {
    closing = true;
    maintenance.limiter().lift();
    core.room().changed();
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
