package io.lightningdb.engine.backup;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/// How a backup is to be made. Immutable.
///
/// @param parent the backup that an incremental one builds on; empty for a full one
/// @param resume an unfinished backup to go on with, whose files are not copied again if they are right
/// @param bytesPerSecondMax how fast files are copied; 0 for as fast as they can be
/// @param cancelled asked often whether to stop
/// @param progress is told how far it is
public record BackupRequest(
    Optional<String> parent,
    Optional<String> resume,
    long bytesPerSecondMax,
    BooleanSupplier cancelled,
    Progress progress) {

  /// Checks the rate.
  ///
  /// @throws IllegalArgumentException if it is negative
  public BackupRequest {
    if (bytesPerSecondMax < 0) {
      throw new IllegalArgumentException("bytesPerSecondMax=" + bytesPerSecondMax);
    }
  }

  /// Follows work on a backup, on the thread that does it.
  @FunctionalInterface
  public interface Progress {
    /// A part is done.
    ///
    /// @param bytesDone bytes done so far
    /// @param bytesAll bytes to do in all, as far as known
    void done(long bytesDone, long bytesAll);
  }

  /// A full backup, as fast as possible.
  ///
  /// @return the request
  public static BackupRequest full() {
    return new BackupRequest(Optional.empty(), Optional.empty(), 0, () -> false, (_, _) -> {});
  }

  /// An incremental backup, as fast as possible.
  ///
  /// @param parent id of the backup that it builds on
  /// @return the request
  public static BackupRequest incremental(String parent) {
    return new BackupRequest(Optional.of(parent), Optional.empty(), 0, () -> false, (_, _) -> {});
  }

  /// The same, going on with an unfinished backup.
  ///
  /// @param id id of the unfinished backup
  /// @return another request
  public BackupRequest resuming(String id) {
    return new BackupRequest(parent, Optional.of(id), bytesPerSecondMax, cancelled, progress);
  }

  /// The same at another speed.
  ///
  /// @param bytes how many a second at most; 0 for as many as possible
  /// @return another request
  public BackupRequest withBytesPerSecondMax(long bytes) {
    return new BackupRequest(parent, resume, bytes, cancelled, progress);
  }

  /// The same, watched.
  ///
  /// @param stop asked often whether to stop
  /// @param watcher is told how far it is
  /// @return another request
  public BackupRequest watchedBy(BooleanSupplier stop, Progress watcher) {
    return new BackupRequest(parent, resume, bytesPerSecondMax, stop, watcher);
  }
}
