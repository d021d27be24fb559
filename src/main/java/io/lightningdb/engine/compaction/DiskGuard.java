package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Watches how full the disk is, and tells when the reserve is reached that is kept for what gives space back. *Thread-safe.*
///
/// [#look] is to be called every second and whenever a log segment, a flush or a step of a merge has taken space, so that less than
/// the reserve is written between two looks, however fast writes come. The reserve is reached when less than it is free, and no
/// longer when a quarter more is: in between all stays as it is, so that the answer does not change with every file that comes
/// and goes. Where memtables hold so much that their flush and a step of a merge would take more than the reserve, as much as they
/// take is kept free instead: what was acknowledged must find room.
public final class DiskGuard {
  /// Free bytes where the file system does not tell.
  public static final long UNKNOWN = -1;

  private final Storage storage;
  private final long reserveBytes;
  private final long mergeBytes;
  private final LongSupplier unflushedBytes;
  private final ReentrantLock lock = new ReentrantLock();

  // Replaced under `lock`, so that an older look never replaces a newer one.
  private volatile State state;

  /// The disk at one moment.
  ///
  /// @param usableBytes free bytes, or [#UNKNOWN]
  /// @param reached whether new data is to be refused
  /// @param keptBytes bytes that are kept free
  public record State(long usableBytes, boolean reached, long keptBytes) {

    /// From which free space on new data is taken again.
    ///
    /// @return in bytes
    public long resumeBytes() {
      return keptBytes + keptBytes / 4;
    }
  }

  /// Makes a guard that has not looked yet.
  ///
  /// @param storage what it looks at
  /// @param reserveBytes what is kept free, in bytes; 0 for nothing
  /// @param mergeBytes what has to be free before a step of a merge, in bytes; not more than the reserve
  /// @param unflushedBytes tells what memtables hold, in bytes
  public DiskGuard(
      Storage storage, long reserveBytes, long mergeBytes, LongSupplier unflushedBytes) {
    this.storage = storage;
    this.reserveBytes = reserveBytes;
    this.mergeBytes = mergeBytes;
    this.unflushedBytes = unflushedBytes;
    this.state = new State(UNKNOWN, false, reserveBytes);
  }

  /// Looks at the disk. Where it does not tell, the last answer stands.
  public void look() {
    lock.lock();
    try {
      long usable = storage.usableBytes();
      State next = new State(usable, false, keptBytes());
      long needed = state.reached() ? next.resumeBytes() : next.keptBytes();
      state = new State(usable, usable < needed, next.keptBytes());
    } catch (IOException _) {
      // Whoever writes next is told what is wrong with the disk.
    } finally {
      lock.unlock();
    }
  }

  private long keptBytes() {
    return reserveBytes == 0 ? 0 : Math.max(reserveBytes, mergeBytes + unflushedBytes.getAsLong());
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

  /// What has to be free before a step of a merge.
  ///
  /// @return in bytes
  public long mergeBytes() {
    return mergeBytes;
  }
}
