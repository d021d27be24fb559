package io.lightningdb.engine.log;

/// How a record reaches the page cache. Long records are always written.
public enum AppendMode {
  /// Through a mapping of the segment: no system call, but a sync afterwards is slower.
  STORE,
  /// With one positional write: for records that are synced at once.
  WRITE
}
