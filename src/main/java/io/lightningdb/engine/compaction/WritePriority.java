package io.lightningdb.engine.compaction;

/// Who writes to the disk, the most urgent first.
public enum WritePriority {
  /// The log of what users write. It never waits.
  USER,
  /// Flushes of memtables.
  FLUSH,
  /// Merges that take runs off level 0.
  TOP_LEVEL,
  /// All other merges.
  REST
}
