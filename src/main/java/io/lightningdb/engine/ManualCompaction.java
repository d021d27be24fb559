package io.lightningdb.engine;

import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.store.KeyspaceStore;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Flushes and full merges of a [Keyspace] that a caller asks for and waits for. *Thread-safe*: the caller waits on its
/// own thread while [Background] does the work.
record ManualCompaction(Core core, DiskGuard disk, CommitPipeline pipeline, Background background) {

  /// Makes all commits up to now runs.
  void flush(KeyspaceStore store) {
    throwIfClosedOrReadOnly();
    pipeline.freeze(store);
    long until = core.visible().get();
    background.wakeFlush();
    core.room()
        .await(
            () ->
                core.availability().isStopped()
                    || core.shortages().isMet()
                    || store.isDropped()
                    || store.firstFrozenVersion() > until,
            Deadline.bound(Long.MAX_VALUE));
    throwIfClosedOrReadOnly();
    if (!store.isDropped() && store.firstFrozenVersion() <= until) {
      core.shortages().throwIfMet();
      EngineException.DeadlineExceeded.throwIfPast("a flush, which goes on,");
    }
  }

  private void throwIfClosedOrReadOnly() {
    core.availability().throwIfClosed();
    core.failures().throwIfReadOnly();
  }

  /// Merges all runs into one row, flushed first.
  ///
  /// @return false if it was cancelled
  boolean compact(KeyspaceStore store, BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      return false;
    }
    flush(store);
    checkRoomForMerge();
    Optional<ResourceExhaustedException> refused = background.merges().mergeFully(store, cancelled);
    core.availability().throwIfClosed();
    if (background.isClosing()) {
      throw new EngineException.Closed("the database");
    }
    core.failures().throwIfReadOnly();
    checkRoomForMerge();
    refused.ifPresent(cause -> {
      throw Failures.ofShortage(cause);
    });
    throwIfClosedToMerges(store);
    return !cancelled.getAsBoolean();
  }

  private void checkRoomForMerge() {
    if (!disk.hasRoomForMerge()) {
      throw new EngineException.DiskReserveReached(
          "compactions wait", disk.mergeBytesLeast(), disk.state().availableBytes());
    }
  }

  /// A full merge that had to leave something out is none.
  private void throwIfClosedToMerges(KeyspaceStore store) {
    if (store.closedRanges().isEmpty()) {
      return;
    }
    QuarantinedBlock block =
        core.failures().quarantine().list().stream()
            .filter(each -> each.keyspace().equals(store.name()))
            .findFirst()
            .orElse(null);
    IntegrityReport.Fault fault = core.failures().faults().getLast();
    throw new EngineException.Corruption(
        block == null
            ? new CorruptionException(fault.file(), fault.offset(), fault.reason())
            : new CorruptionException(block.file(), block.offset(), block.reason()),
        block);
  }
}
