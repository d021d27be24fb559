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
/// @param compactions compactions of runs
/// @param compactionBytesRead bytes of runs read by compactions
/// @param compactionBytesWritten bytes of runs written by compactions
/// @param runFilesMoved run files that went to another level without being rewritten
/// @param runFilesDropped run files that went because no reader could see anything of them
/// @param compactionsRunning compactions begun and not done yet
/// @param flushBacklog how far flushes are behind, 0 to 1: above 0 writes are slowed down, at 1 they wait
/// @param compactionBacklog how far compactions are behind, likewise
/// @param expiredEntriesRemoved entries that flushes and compactions left out because they had expired
/// @param memtableBytes bytes held by memtables
/// @param runFiles number of run files
/// @param runBytes bytes of run files
/// @param snapshots open snapshots
/// @param oldestSnapshotNanos age of the oldest, in nanoseconds, 0 if there is none
/// @param writeWaits writes that waited for flushes and compactions
/// @param writeWaitNanos time they waited, in nanoseconds
/// @param cache what the cache of decompressed blocks does
/// @param memory what the parts hold of the memory budget
/// @param writeRate what was written by whom, and who waited for the limit of bytes per second
/// @param disk how full the disk is
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
    long compactions,
    long compactionBytesRead,
    long compactionBytesWritten,
    long runFilesMoved,
    long runFilesDropped,
    int compactionsRunning,
    double flushBacklog,
    double compactionBacklog,
    long expiredEntriesRemoved,
    long memtableBytes,
    int runFiles,
    long runBytes,
    int snapshots,
    long oldestSnapshotNanos,
    long writeWaits,
    long writeWaitNanos,
    CacheStats cache,
    MemoryStats memory,
    WriteRateStats writeRate,
    DiskStats disk) {}
