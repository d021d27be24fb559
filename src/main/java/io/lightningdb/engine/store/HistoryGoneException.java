package io.lightningdb.engine.store;

import java.io.IOException;

/// A moment was to be read that flushes and merges no longer keep.
public final class HistoryGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What was asked for.
  private final long version;

  /// What could be had.
  private final long oldestVersion;

  HistoryGoneException(String keyspace, long version, long oldestVersion) {
    super(
        "keyspace %s can be read from version %d on, and not at %d"
            .formatted(keyspace, oldestVersion, version));
    this.version = version;
    this.oldestVersion = oldestVersion;
  }

  /// What was asked for.
  ///
  /// @return a version
  public long version() {
    return version;
  }

  /// From where on the keyspace can be read.
  ///
  /// @return a version
  public long oldestVersion() {
    return oldestVersion;
  }
}
