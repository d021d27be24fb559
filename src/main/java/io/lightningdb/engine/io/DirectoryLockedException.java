package io.lightningdb.engine.io;

import java.io.IOException;

/// The directory is in use by a process, possibly this one.
public final class DirectoryLockedException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Identifier of the process that holds the lock, or -1 where it cannot be told.
  private final long holder;

  /// Names the holder.
  ///
  /// @param directory the directory, as the operator named it
  /// @param holder process identifier, or -1 where it cannot be told
  public DirectoryLockedException(String directory, long holder) {
    super(
        "directory "
            + directory
            + " is in use by "
            + (holder < 0 ? "another process" : "the process with pid " + holder)
            + "; stop that process or choose another directory");
    this.holder = holder;
  }

  /// Tells who holds the lock.
  ///
  /// @return a process identifier, or -1 where it cannot be told
  public long holder() {
    return holder;
  }
}
