package io.lightningdb.engine;

/// What a commit has survived by the time it is acknowledged.
public enum Durability {
  /// The commit is on stable storage: it survives a power failure.
  SYNCED,
  /// The commit is in the operating system's page cache: it survives the death of this process. A power failure may
  /// lose the commits of the last [DatabaseOptions#logSyncInterval], always a suffix of the history and never part of a
  /// commit.
  LOGGED
}
