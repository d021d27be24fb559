package io.lightningdb.engine.cursor;

/// The newest entry of a key that a point read sees in one source.
public interface FoundEntry {

  /// What the entry is.
  ///
  /// @return `PUT` or `DELETE` of [io.lightningdb.engine.format.Operation]
  int kind();

  /// The commit that wrote the entry.
  ///
  /// @return a version
  long version();

  /// When the entry expires.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z; [io.lightningdb.engine.format.ExpiryTime#NEVER] if it does not
  long expiryMillis();

  /// Copies the value.
  ///
  /// @return a new array, empty for a deletion
  byte[] value();
}
