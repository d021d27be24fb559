package io.lightningdb.engine.cache;

/// Why a block is read, which decides whether the cache takes notice.
public enum ReadPurpose {
  /// For somebody who asked for entries: the block is likely to be wanted again.
  SERVE,
  /// For a merge or an integrity check, which passes by everything once: it neither uses nor fills the cache.
  MAINTAIN
}
