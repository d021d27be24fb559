package io.lightningdb.engine.backup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Why something about backups was not done, apart from a target or disk that fails.
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What kind of reason it is.
  private final Kind kind;

  /// Gives a reason.
  ///
  /// @param kind what kind of reason it is
  /// @param message what happened, where, and what to do about it
  public BackupException(Kind kind, String message) {
    this(kind, message, null);
  }

  /// Gives a reason that has a cause.
  ///
  /// @param kind what kind of reason it is
  /// @param message what happened, where, and what to do about it
  /// @param cause what led to it, or null
  public BackupException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// Kinds of reasons.
  public enum Kind {
    /// An object of a backup is missing, or not what was stored.
    DAMAGED,
    /// It was cancelled, or the database is being closed.
    CANCELLED,
    /// There is no such backup.
    NOT_FOUND,
    /// Other backups need it.
    NEEDED_BY_OTHERS,
    /// The target holds backups of another database, or of another life of this one.
    OTHER_DATABASE,
    /// A backup of this database is being made already.
    BUSY,
    /// A directory to restore into is not empty.
    NOT_EMPTY,
    /// The moment asked for cannot be reached.
    NOT_REACHABLE,
    /// The place where backups are kept, or the disk, does not work.
    FAILED
  }

  /// What kind of reason it is.
  ///
  /// @return the kind
  public Kind kind() {
    return kind;
  }
}
