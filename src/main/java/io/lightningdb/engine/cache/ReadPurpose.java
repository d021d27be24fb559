package io.lightningdb.engine.cache;

/// Why a block is read, which decides whether the cache takes notice.
public enum ReadPurpose {
  /// For a caller that asked for entries: the block is likely to be wanted again.
  SERVE,
  /// For a merge, which passes by everything once: it takes what the cache happens to hold, which does not count as
  /// use, and leaves nothing there.
  MERGE,
  /// For an integrity check or a repair, which wants to know what is on disk: it neither uses nor fills the cache.
  CHECK
}
