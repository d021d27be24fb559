package io.lightningdb.engine;

/// What [Database#configureKeyspace] did.
public enum KeyspaceChange {
  /// The keyspace was created.
  CREATED,
  /// It existed with other options, and now has these.
  CHANGED,
  /// It existed with these options.
  UNCHANGED
}
