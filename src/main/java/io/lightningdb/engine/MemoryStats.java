package io.lightningdb.engine;

/// What the parts of a database hold of its memory budget at one moment.
///
/// @param bytesMax the budget
/// @param memtableBytes memtables that take writes or wait for their flush
/// @param cacheBytes decompressed blocks
/// @param transactionBytes what open transactions keep
/// @param snapshotBytes open snapshots
/// @param embedderBytes what the program around the database has charged to [Database#memoryAccount]
/// @param scanBytes open scans, at most
/// @param requestBytes what callers send and are answered, while a request of theirs lasts
/// @param logBytes buffers of the log
/// @param runBytes what open runs know of their blocks, their deleted ranges, and the least of their properties, and
///     where scans found nothing
/// @param maintenanceBytes buffers of flushes and merges
/// @param requestsWaiting requests that wait for memory
/// @param requestsRefused requests that got none in time, since the opening
public record MemoryStats(
    long bytesMax,
    long memtableBytes,
    long cacheBytes,
    long transactionBytes,
    long snapshotBytes,
    long embedderBytes,
    long scanBytes,
    long requestBytes,
    long logBytes,
    long runBytes,
    long maintenanceBytes,
    int requestsWaiting,
    long requestsRefused) {}
