package io.lightningdb.engine.log;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.io.StorageFile;
import java.util.concurrent.atomic.AtomicLong;

/// A segment open for appending. Its last version is written under the sequencer's lock and read without it.
final class LogSegment {
  private final LogFormat.Identity identity;
  private final StorageFile file;
  private final long capacity;
  private final AtomicLong lastVersion;

  // Set when it was synced after its seal; confined to the thread that has the turn to sync.
  private boolean settled;

  /// Takes over an allocated file with its header in place.
  ///
  /// @param capacity bytes of the file
  /// @param lastVersion newest version in it or before it
  LogSegment(LogFormat.Identity identity, StorageFile file, long capacity, long lastVersion) {
    this.identity = identity;
    this.file = file;
    this.capacity = capacity;
    this.lastVersion = new AtomicLong(lastVersion);
  }

  LogFormat.Identity identity() {
    return identity;
  }

  String name() {
    return FileFormat.log(identity.sequence());
  }

  StorageFile file() {
    return file;
  }

  long capacity() {
    return capacity;
  }

  long lastVersion() {
    return lastVersion.get();
  }

  void lastVersion(long version) {
    lastVersion.setRelease(version);
  }

  /// Tells whether all of it is on stable storage and nothing will be written to it any more.
  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }

  /// Tells whether a record fits and still leaves room for a seal.
  boolean fits(long position, long bodyBytes) {
    return LogFormat.nextPosition(position, bodyBytes) + LogFormat.SEAL_BYTES <= capacity;
  }
}
