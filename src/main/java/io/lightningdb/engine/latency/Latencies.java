package io.lightningdb.engine.latency;

/// How long what the engine does has taken, since the database was opened.
///
/// Point reads and scans are not among them: to ask for the time twice would make a read slower by a third.
///
/// @param commitsSynced commits that were acknowledged as synced, from the call to the acknowledgement, waits included
/// @param commitsLogged likewise those acknowledged as logged; about one in 64 is timed
/// @param syncs syncs of the log
/// @param flushes flushes of memtables
/// @param compactionSteps steps of merges, each of which ends with a few run files
/// @param waitsForFlushes waits of writes while flushes were behind
/// @param waitsForCompactions waits of writes while merges were behind
public record Latencies(
    LatencyHistogram.Snapshot commitsSynced,
    LatencyHistogram.Snapshot commitsLogged,
    LatencyHistogram.Snapshot syncs,
    LatencyHistogram.Snapshot flushes,
    LatencyHistogram.Snapshot compactionSteps,
    LatencyHistogram.Snapshot waitsForFlushes,
    LatencyHistogram.Snapshot waitsForCompactions) {}
