package io.lightningdb.engine;

/// What was written since the opening, by priority, and how long it was held back by the limit on bytes per second
/// ([DatabaseOptions#backgroundBytesPerSecondMax]).
///
/// @param user what users wrote, as it went to the log; it is never held back
/// @param flush flushes of memtables
/// @param topLevel merges that take runs off level 0
/// @param rest all other merges
public record WriteRateStats(Share user, Share flush, Share topLevel, Share rest) {

  /// What was written at one priority.
  ///
  /// @param bytes what was written, in bytes
  /// @param waits how often it was held back
  /// @param waitNanos how long, in nanoseconds
  public record Share(long bytes, long waits, long waitNanos) {}
}
