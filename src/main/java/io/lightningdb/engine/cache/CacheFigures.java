package io.lightningdb.engine.cache;

/// What the cache holds and how it does. Counters count from its beginning.
///
/// @param bytes memory in use, its own lists included
/// @param bytesMax the bound
/// @param blocks number of blocks held
/// @param hits reads that found their block
/// @param misses reads that had to decompress their block
/// @param evictions blocks that were let go for others
/// @param recencyBytes bytes of blocks that were used once lately
/// @param recencyBytesTarget what the cache tries to give them; the rest is for blocks that are used again and again
/// @param recencyGhostHits misses of a block that a greater recency side would have kept
/// @param frequencyGhostHits misses of a block that a greater frequency side would have kept
public record CacheFigures(
    long bytes,
    long bytesMax,
    long blocks,
    long hits,
    long misses,
    long evictions,
    long recencyBytes,
    long recencyBytesTarget,
    long recencyGhostHits,
    long frequencyGhostHits) {}
