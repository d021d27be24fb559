package io.lightningdb.engine.io;

/// Everything that the engine takes from outside: the disk, time, threads and randomness.
///
/// @param storage the data directory
/// @param clock wall-clock and monotonic time
/// @param workers starts background work
/// @param seed where random identities (never order, never content) start from
public record Environment(Storage storage, Clock clock, Workers workers, long seed) {}
