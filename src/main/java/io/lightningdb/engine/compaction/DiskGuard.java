package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// Watches how full the disk is, and tells when the reserve is reached that is kept for what gives space back. *Thread-safe.*
///
/// [#look] is to be called every second and whenever a log segment, a flush or a step of a merge has taken space, so that less than
/// the reserve is written between two looks, however fast writes come. The reserve is reached when less than it is free, and no
/// longer when a quarter more is: in between all stays as it is, so that the answer does not change with every file that comes
/// and goes.
public final class DiskGuard {
  /// Free bytes where the file system does not tell.
  public static final long UNKNOWN = -1;

  private final Storage storage;
  private final long reserveBytes;
  private final long mergeBytes;
  private final ReentrantLock lock = new ReentrantLock();

  // Replaced under `lock`, so that an older look never replaces a newer one.
  private volatile State state = new State(UNKNOWN, false);

  /// The disk at one moment.
  ///
  /// @param usableBytes free bytes, or [#UNKNOWN]
  /// @param reached whether new data is to be refused
  public record State(long usableBytes, boolean reached) {}

  /// Makes a guard that has not looked yet.
  ///
  /// @param storage what it looks at
  /// @param reserveBytes what is kept free, in bytes; 0 for nothing
  /// @param mergeBytes what has to be free before a step of a merge, in bytes; not more than the reserve
  public DiskGuard(Storage storage, long reserveBytes, long mergeBytes) {
    this.storage = storage;
    this.reserveBytes = reserveBytes;
    this.mergeBytes = mergeBytes;
  }

  /// Looks at the disk. Where it does not tell, the last answer stands.
  public void look() {
    lock.lock();
    try {
      long usable = storage.usableBytes();
      long needed = state.reached() ? resumeBytes() : reserveBytes;
      state = new State(usable, usable < needed);
    } catch (IOException _) {
      // Whoever writes next is told what is wrong with the disk.
    } finally {
      lock.unlock();
    }
  }

  /// What the last look found.
  ///
  /// @return the state
  public State state() {
    return state;
  }

  /// Looks whether there is space for a step of a merge, which writes before it gives space back.
  ///
  /// @return false if merges have to wait
  public boolean hasRoomForMerge() {
    look();
    State now = state;
    return reserveBytes == 0 || now.usableBytes() == UNKNOWN || now.usableBytes() >= mergeBytes;
  }

  /// What is kept free.
  ///
  /// @return in bytes; 0 for nothing
  public long reserveBytes() {
    return reserveBytes;
  }

  /// From which free space on new data is taken again.
  ///
  /// @return in bytes
  public long resumeBytes() {
    return reserveBytes + reserveBytes / 4;
  }

  /// What has to be free before a step of a merge.
  ///
  /// @return in bytes
  public long mergeBytes() {
    return mergeBytes;
  }
}
