package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;

/// Space of the disk that the engine holds in a file of its own, so that what gives space back finds some when others
/// have filled the disk to the last byte. *Guarded by its own monitor.*
///
/// The file is deleted for as long as the space is needed, and made again as soon as there is space for it.
final class Ballast {
  // Left to others when the ballast takes back what it has given up: a few blocks of the manifest.
  private static final long LEFT_BYTES_MAX = 1 << 20;

  private final Storage storage;
  private final long bytesWanted;
  private volatile long bytes;

  // What it had was given up, so that it comes first when there is space again.
  private boolean owed;

  /// Finds what an earlier process has left.
  ///
  /// @param bytesWanted how much to hold; 0 for nothing
  Ballast(Storage storage, long bytesWanted) {
    this.storage = storage;
    this.bytesWanted = bytesWanted;
    this.bytes = found();
    this.owed = bytes > 0;
  }

  private long found() {
    try {
      return storage.list().stream()
          .filter(file -> file.name().equals(FileFormat.BALLAST))
          .mapToLong(Storage.FileEntry::bytes)
          .findFirst()
          .orElse(0);
    } catch (IOException _) {
      // Deleted before it is made again, if it is there.
      return 0;
    }
  }

  /// What it holds.
  ///
  /// @return in bytes
  long bytes() {
    return bytes;
  }

  /// Tells whether [#refill] has anything to do.
  ///
  /// @param usableBytes what is free now
  boolean isRefillWanted(long usableBytes) {
    return target(usableBytes) != bytes;
  }

  private synchronized long target(long usableBytes) {
    if (bytes >= bytesWanted) {
      return bytesWanted;
    }
    long all = bytes + usableBytes;
    // Others have as much as it holds, but for what was held before, of which it leaves a little.
    long possible = owed ? all - Math.min(LEFT_BYTES_MAX, bytesWanted / 16) : all / 2;
    if (possible >= bytesWanted) {
      return bytesWanted;
    }
    // In steps, lest it is made again for every block that comes free.
    long stepBytes = Math.max(1, bytesWanted / 8);
    return Math.max(bytes, possible / stepBytes * stepBytes);
  }

  /// Gives the space up.
  ///
  /// @throws IOException if the file cannot be deleted
  synchronized void release() throws IOException {
    if (bytes > 0) {
      // Whatever comes of it: there is nothing to be relied on any more.
      bytes = 0;
      owed = true;
      storage.delete(FileFormat.BALLAST);
    }
  }

  /// Holds as much as it should, as far as there is space.
  ///
  /// @param usableBytes what is free now
  /// @throws IOException if there is less; then it holds nothing
  synchronized void refill(long usableBytes) throws IOException {
    long target = target(usableBytes);
    if (target == bytes) {
      return;
    }
    if (storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.BALLAST))) {
      storage.delete(FileFormat.BALLAST);
    }
    bytes = 0;
    if (target > 0) {
      storage.allocate(FileFormat.BALLAST, target);
      bytes = target;
    }
    owed &= bytes < bytesWanted;
  }
}
