package io.lightningdb.engine.cache;

import io.lightningdb.engine.cache.CallerMemory.Owner;
import io.lightningdb.engine.cache.CallerMemory.Use;
import io.lightningdb.engine.io.Deadline;
import org.jspecify.annotations.Nullable;

/// The memory that one caller holds, for as long as one request of it lasts. *Used by one thread at a time.*
///
/// Inside [#call], on the same thread, whatever the engine hands out takes its memory from the lease: values above
/// [#SMALL_BYTES] that are read, before they are copied. A caller without a lease owns the arrays that it gets, and
/// answers for them itself.
public final class MemoryLease implements AutoCloseable {
  /// Up to this size memory is not asked for: there are only so many requests at a time, and the budget leaves half of
  /// the heap to what is small.
  public static final int SMALL_BYTES = 64 << 10;

  private static final ScopedValue<MemoryLease> CURRENT = ScopedValue.newInstance();

  private final CallerMemory memory;
  private final long waitNanosMax;

  // Set before anything is taken.
  private volatile Owner owner = Owner.NONE;

  // Written under the lock of `memory`, by the thread that uses the lease or by one that hands the
  // turn on while this one waits.
  private volatile Held held = new Held(0, 0, 0);

  // Held, and not in use: for what is taken next. Confined to the thread that uses the lease.
  private long spareBytes;

  MemoryLease(CallerMemory memory, long waitNanosMax) {
    this.memory = memory;
    this.waitNanosMax = waitNanosMax;
  }

  /// Says for whom memory is taken, before any is.
  ///
  /// @param holder the caller whose request it is
  /// @throws IllegalStateException if the lease holds some already
  public void ownedBy(Owner holder) {
    if (bytes() > 0) {
      throw new IllegalStateException("the lease is somebody's already");
    }
    owner = holder;
  }

  /// For whom memory is taken.
  ///
  /// @return [Owner#NONE] unless [#ownedBy] was called
  public Owner owner() {
    return owner;
  }

  /// Tells whether another owner waits for memory while this lease holds some.
  ///
  /// @return as of now
  public boolean isWantedByOthers() {
    return bytes() > 0 && memory.isWantedByOthers(owner);
  }

  /// Does something for which this lease pays.
  ///
  /// @param <R> what it gives
  /// @param <X> what it may throw
  /// @param work what to do
  /// @return what the work gave
  /// @throws X if the work threw it
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /// The lease of what this thread does.
  ///
  /// @return null if none was asked for
  public static @Nullable MemoryLease current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /// Takes memory, after a wait if need be, though not beyond the deadline of the caller.
  ///
  /// @param use what it is for
  /// @param bytes how much is about to be allocated
  /// @throws MemoryRefusedException if there was none in time
  public void take(Use use, long bytes) {
    long reused = Math.min(Math.max(0, bytes), spareBytes);
    long more = bytes - reused;
    try {
      if (more <= 0 || memory.lend(this, use, more, Deadline.bound(waitNanosMax))) {
        spareBytes -= reused;
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    throw new MemoryRefusedException(memory.bytesMax(use), bytes);
  }

  /// Takes memory for a value that is about to be read, which may be decompressed on its way.
  ///
  /// @param valueBytes its size; a small one is not asked for
  public void takeForValue(long valueBytes) {
    if (valueBytes > SMALL_BYTES) {
      take(Use.OUTGOING, 2 * valueBytes);
    }
  }

  /// What is held.
  ///
  /// @return in bytes
  public long bytes() {
    return held.bytes();
  }

  /// What is held and in use.
  ///
  /// @return in bytes
  public long bytesInUse() {
    return bytes() - spareBytes;
  }

  /// Keeps what was taken since for what is taken next: a stream whose next value had to wait could not say so any
  /// more.
  ///
  /// @param bytesBefore what [#bytesInUse] was then
  public void spareTo(long bytesBefore) {
    spareBytes = bytes() - bytesBefore;
  }

  /// Gives back what was taken since.
  ///
  /// @param bytesBefore what [#bytes] was then
  public void giveBackTo(long bytesBefore) {
    long more = bytes() - bytesBefore;
    spareBytes = 0;
    if (more > 0) {
      memory.takeBack(this, more);
    }
  }

  /// Gives everything back. Closing twice is allowed.
  @Override
  public void close() {
    giveBackTo(0);
  }

  void addShared(Use use, long bytes) {
    held = held.plus(use, bytes);
  }

  void addLent(long bytes) {
    held = held.plusLent(bytes);
  }

  /// Takes up to so many bytes out of what was lent with the turn. Returns how many.
  long takeLent(long bytes) {
    long taken = Math.min(bytes, held.lentBytes());
    held = held.plusLent(-taken);
    return taken;
  }

  boolean isWithoutTurn() {
    return held.lentBytes() == 0;
  }

  /// Takes up to so many bytes out of a share. Returns how many.
  long takeShared(Use use, long bytes) {
    long taken = Math.min(bytes, held.bytes(use));
    held = held.plus(use, -taken);
    return taken;
  }

  /// What is held of each share, and with the turn. Immutable.
  private record Held(long incomingBytes, long outgoingBytes, long lentBytes) {
    long bytes() {
      return incomingBytes + outgoingBytes + lentBytes;
    }

    long bytes(Use use) {
      return switch (use) {
        case INCOMING -> incomingBytes;
        case OUTGOING -> outgoingBytes;
      };
    }

    Held plus(Use use, long bytes) {
      return switch (use) {
        case INCOMING -> new Held(incomingBytes + bytes, outgoingBytes, lentBytes);
        case OUTGOING -> new Held(incomingBytes, outgoingBytes + bytes, lentBytes);
      };
    }

    Held plusLent(long bytes) {
      return new Held(incomingBytes, outgoingBytes, lentBytes + bytes);
    }
  }
}
