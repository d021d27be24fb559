package io.lightningdb.engine.backup;

/// How far a restore goes beyond its backup, along the archive. Immutable.
public sealed interface Goal {

  /// To the version of the backup itself.
  record Backup() implements Goal {}

  /// To a version.
  ///
  /// @param version the newest commit that is restored
  record ToVersion(long version) implements Goal {}

  /// To a time: the first commit that says it was made later, and all behind it, are left out.
  ///
  /// @param millis in milliseconds since 1970-01-01T00:00Z
  record ToTime(long millis) implements Goal {}
}
