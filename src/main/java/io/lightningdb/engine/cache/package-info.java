/// What reads keep in memory: decompressed blocks of runs, within a budget in bytes.
///
/// [io.lightningdb.engine.cache.BlockCache] decides what stays, by the algorithm CAR (Bansal and Modha, *CAR: Clock
/// with Adaptive Replacement*, FAST 2004), which is the clock form of ARC. Each open file reaches its blocks through
/// [io.lightningdb.engine.cache.BlockSlots] of its own, so that a hit is two reads of memory: no lock, no map, no
/// allocation. Only misses and evictions take the lock of the cache. Everything here is thread-safe; for runs only.
@NullMarked
package io.lightningdb.engine.cache;

import org.jspecify.annotations.NullMarked;
