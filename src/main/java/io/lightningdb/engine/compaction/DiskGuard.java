package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Watches how full the disk is, and tells when the reserve is reached that is kept for what gives space back.
/// *Thread-safe.*
///
/// [#look] is to be called every second and whenever a log segment, a flush or a step of a merge has taken space, so
/// that less than the reserve is written between two looks, however fast writes come. The reserve is reached when less
/// than it is there, and no longer when a quarter more is: in between all stays as it is, so that the answer does not
/// change with every file that comes and goes. Where memtables hold so much that their flush and a step of a merge
/// would take more than the reserve, as much as they take is kept instead: what was acknowledged must find room.
///
/// A part of the reserve, as much as a step of a merge takes, is held in a file, the [Ballast], so that others cannot
/// take it. What gives space back claims what it takes ([#claim]), and has the ballast given up if nothing else is
/// free.
public final class DiskGuard {
  /// Free bytes where the file system does not tell.
  public static final long UNKNOWN = -1;

  private final Storage storage;
  private final long reserveBytes;
  private final long mergeBytes;
  private final LongSupplier unflushedBytes;
  private final Ballast ballast;
  private final ReentrantLock lock = new ReentrantLock();

  // Replaced under `lock`, so that an older look never replaces a newer one.
  private volatile State state;

  // Guarded by `lock`: while there are any, the ballast is not made again of what they need.
  private int claims;

  /// The disk at one moment.
  ///
  /// @param usableBytes free bytes, or [#UNKNOWN]
  /// @param ballastBytes bytes held for what gives space back
  /// @param reached whether new data is to be refused
  /// @param keptBytes bytes that are kept, free or held
  public record State(long usableBytes, long ballastBytes, boolean reached, long keptBytes) {

    /// From which space on, free or held, new data is taken again.
    ///
    /// @return in bytes
    public long resumeBytes() {
      return keptBytes + keptBytes / 4;
    }

    /// What there is, free or held.
    ///
    /// @return in bytes, or [#UNKNOWN]
    public long availableBytes() {
      return usableBytes == UNKNOWN ? UNKNOWN : usableBytes + ballastBytes;
    }
  }

  /// Makes a guard that has not looked yet.
  ///
  /// @param storage what it looks at
  /// @param reserveBytes what is kept free or held, in bytes; 0 for nothing
  /// @param mergeBytes what a step of a merge takes, in bytes; not more than the reserve. As much is held
  /// @param unflushedBytes tells what memtables hold, in bytes
  public DiskGuard(
      Storage storage, long reserveBytes, long mergeBytes, LongSupplier unflushedBytes) {
    this.storage = storage;
    this.reserveBytes = reserveBytes;
    this.mergeBytes = mergeBytes;
    this.unflushedBytes = unflushedBytes;
    this.ballast = new Ballast(storage, ballastBytesWanted());
    this.state = new State(UNKNOWN, ballast.bytes(), false, reserveBytes);
  }

  /// Looks at the disk. Where it does not tell, the last answer stands.
  public void look() {
    lock.lock();
    try {
      long usable = storage.usableBytes();
      State next = new State(usable, ballast.bytes(), false, keptBytes());
      long needed = state.reached() ? next.resumeBytes() : next.keptBytes();
      boolean reached = next.availableBytes() < needed;
      state = new State(usable, next.ballastBytes(), reached, next.keptBytes());
    } catch (IOException _) {
      // The next writer is told what is wrong with the disk.
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

  /// Space that is about to be taken, until it is closed.
  @FunctionalInterface
  public interface Claim extends AutoCloseable {
    @Override
    void close();
  }

  /// Makes space for what is going to give more back: if less is free, the ballast is given up for as long as it takes.
  ///
  /// @param bytes what it takes at most
  /// @return to be closed when it is done, successful or not
  public Claim claim(long bytes) {
    lock.lock();
    try {
      claims++;
      look();
      if (state.usableBytes() != UNKNOWN && state.usableBytes() < bytes) {
        ballast.release();
        look();
      }
    } catch (IOException _) {
      // Then there is only as much as there is.
    } finally {
      lock.unlock();
    }
    return this::release;
  }

  private void release() {
    lock.lock();
    try {
      claims--;
    } finally {
      lock.unlock();
    }
    look();
  }

  /// Tells whether [#refillBallast] has anything to do.
  ///
  /// @return true if there is space for more ballast than there is
  public boolean isBallastWanted() {
    State now = state;
    return now.usableBytes() != UNKNOWN && ballast.isRefillWanted(now.usableBytes());
  }

  /// Holds as much as there should be for what gives space back, unless that is being used. May take as long as it
  /// takes to write so much. Where it fails, it is to be tried again later.
  public void refillBallast() {
    lock.lock();
    try {
      look();
      if (claims == 0 && state.usableBytes() != UNKNOWN) {
        ballast.refill(state.usableBytes());
      }
    } catch (IOException _) {
      // Others were faster. What keeps the ballast from being made is no failure of anything that
      // was acknowledged; the gauge shows what there is.
    } finally {
      lock.unlock();
    }
    look();
  }

  /// How much should be held for what gives space back.
  ///
  /// @return in bytes; 0 if there is no reserve
  public long ballastBytesWanted() {
    return reserveBytes == 0 ? 0 : mergeBytes;
  }

  /// What a step of a merge may take, which writes before it gives space back.
  ///
  /// @return in bytes, not more than a step takes at most; 0 if merges have to wait
  public long mergeRoomBytes() {
    look();
    State now = state;
    if (reserveBytes == 0 || now.usableBytes() == UNKNOWN) {
      return mergeBytes;
    }
    long room = Math.min(mergeBytes, now.availableBytes());
    return room < mergeBytesLeast() ? 0 : room;
  }

  /// Looks whether there is space for a step of a merge, be it a small one.
  ///
  /// @return false if merges have to wait
  public boolean hasRoomForMerge() {
    return mergeRoomBytes() > 0;
  }

  /// What is kept, free or held.
  ///
  /// @return in bytes; 0 for nothing
  public long reserveBytes() {
    return reserveBytes;
  }

  /// What has to be there before a step of a merge, which is the smaller the less there is.
  ///
  /// @return in bytes
  public long mergeBytesLeast() {
    return mergeBytes / 8;
  }

  /// What a step of a merge takes where there is enough.
  ///
  /// @return in bytes
  public long mergeBytes() {
    return mergeBytes;
  }
}
