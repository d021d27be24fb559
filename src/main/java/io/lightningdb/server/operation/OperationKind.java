package io.lightningdb.server.operation;

/// What an operation does.
public enum OperationKind {
  /// Makes a backup, and deletes those that are no longer kept.
  BACKUP,
  /// Restores a backup into a scratch directory and verifies every byte of the result.
  RESTORE_CHECK,
  /// Merges keyspaces fully.
  COMPACTION,
  /// Makes runs of what is in memory.
  FLUSH,
  /// Reads and checks every byte of the database.
  INTEGRITY_CHECK,
  /// Makes runs of everything in memory, so that the next start has little log to read.
  CHECKPOINT;

  /// Tells whether the progress of this kind is counted in bytes.
  ///
  /// @return false for work that is counted in keyspaces, or not at all
  public boolean isMeasuredInBytes() {
    return this == BACKUP || this == RESTORE_CHECK || this == INTEGRITY_CHECK;
  }
}
