package io.lightningdb.engine;

import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.MaintenanceCounters;
import io.lightningdb.engine.compaction.Room;
import io.lightningdb.engine.latency.Latencies;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.View;
import java.util.List;

/// Collects the figures of an engine from its parts, for [Database] and [Keyspace]. *Thread-safe.* Each figure is of the moment in
/// which it is read; nothing is stopped for them.
///
/// @param firstVersion visible when the engine was opened
record Statistics(
    Core core,
    KeyspaceCatalog keyspaces,
    Maintenance maintenance,
    Background background,
    WriteGate gate,
    WritePath writePath,
    long firstVersion) {

  KeyspaceStats of(KeyspaceStore store) {
    return Figures.of(store.peek(), core.clock().millis(), background.merges().underWay(store));
  }

  KeyspaceShape shapeOf(KeyspaceStore store, LayoutPolicy policy, int runFilesMax) {
    Shapes shapes =
        new Shapes(
            policy,
            core.options().memtableBytesMaxWithinMemory(),
            background.flushes()::isFlushing);
    return shapes.of(store.peek(), background.merges().show(store), runFilesMax);
  }

  EngineStats all() {
    List<View> views = keyspaces.stores().stream().map(KeyspaceStore::peek).toList();
    long runBytes = views.stream().mapToLong(Figures::runBytes).sum();
    WriteGate.Behind behind = gate.behind();
    Latencies times = latencies();
    MaintenanceCounters counters = maintenance.counters();
    return new EngineStats(
        core.visible().get(),
        core.log().durableVersion(),
        core.visible().get() - firstVersion,
        core.log().bytes(),
        core.log().segmentCount(),
        times.syncs().count(),
        times.syncs().sumNanos(),
        counters.flushes(),
        counters.flushBytes(),
        counters.merges(),
        counters.compactionBytesRead(),
        counters.compactionBytesWritten(),
        counters.runFilesMoved(),
        counters.runFilesDropped(),
        background.merges().underWay(),
        behind.flushes(),
        behind.merges(),
        counters.expired(),
        views.stream().mapToLong(Figures::memtableBytes).sum(),
        views.stream().mapToInt(Figures::runs).sum(),
        runBytes,
        maintenance.snapshots().count(),
        maintenance.snapshots().oldestNanos(),
        times.waitsForFlushes().count() + times.waitsForCompactions().count(),
        times.waitsForFlushes().sumNanos() + times.waitsForCompactions().sumNanos(),
        Figures.of(core.memory().cache().figures()),
        Figures.of(core.memory()),
        Figures.of(maintenance.limiter()),
        disk());
  }

  private DiskStats disk() {
    DiskGuard.State now = maintenance.disk().state();
    return new DiskStats(
        now.usableBytes(),
        now.ballastBytes(),
        maintenance.disk().ballastBytesWanted(),
        maintenance.disk().reserveBytes(),
        now.resumeBytes(),
        now.reached(),
        writePath.refusedForDisk());
  }

  Latencies latencies() {
    return new Latencies(
        writePath.latency().synced(),
        writePath.latency().logged(),
        core.log().syncs(),
        maintenance.counters().flushLatency().snapshot(),
        maintenance.counters().mergeStepLatency().snapshot(),
        core.room().waited(Room.Cause.FLUSHES),
        core.room().waited(Room.Cause.MERGES));
  }
}
