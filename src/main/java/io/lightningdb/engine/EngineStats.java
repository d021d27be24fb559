package io.lightningdb.engine;

/// Figures of the whole engine at one moment. Counters count from the opening of the database.
///
/// @param visibleVersion newest version that readers see
/// @param durableVersion newest version known to be on stable storage
/// @param commits commits made
/// @param logBytes bytes allocated to log segments, the spare one included
/// @param logSegments number of log segments
/// @param logSyncs syncs of the log
/// @param logSyncNanos time spent in them, in nanoseconds
/// @param flushes memtables flushed
/// @param flushBytes bytes of the runs they became
/// @param merges merges of runs
/// @param mergeBytesRead bytes of runs read by merges
/// @param mergeBytesWritten bytes of runs written by merges
/// @param runsMoved runs that went to another level without being rewritten
/// @param runsDropped runs that went because nobody could see anything of them
/// @param mergesUnderWay merges begun and not done yet
/// @param flushesBehind how far flushes are behind, 0 to 1: above 0 writes are slowed down, at 1 they wait
/// @param mergesBehind how far merges are behind, likewise
/// @param expiredEntriesRemoved entries that flushes and merges left out because they had expired
/// @param memtableBytes bytes held by memtables
/// @param runs number of run files
/// @param runBytes bytes of run files
/// @param snapshots open snapshots
/// @param oldestSnapshotNanos age of the oldest, in nanoseconds, 0 if there is none
/// @param writeWaits writes that waited for flushes and merges
/// @param writeWaitNanos time they waited, in nanoseconds
/// @param cache what the cache of decompressed blocks does
/// @param memory what the parts hold of the memory budget
/// @param writeRate what was written by whom, and who waited for the limit of bytes per second
public record EngineStats(
    long visibleVersion,
    long durableVersion,
    long commits,
    long logBytes,
    int logSegments,
    long logSyncs,
    long logSyncNanos,
    long flushes,
    long flushBytes,
    long merges,
    long mergeBytesRead,
    long mergeBytesWritten,
    long runsMoved,
    long runsDropped,
    int mergesUnderWay,
    double flushesBehind,
    double mergesBehind,
    long expiredEntriesRemoved,
    long memtableBytes,
    int runs,
    long runBytes,
    int snapshots,
    long oldestSnapshotNanos,
    long writeWaits,
    long writeWaitNanos,
    CacheStats cache,
    MemoryStats memory,
    WriteRateStats writeRate) {}
