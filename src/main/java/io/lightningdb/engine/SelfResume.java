package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.compaction.DiskGuard;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Takes writes again without being asked after a failure that was only a want of the system, such as a full disk or
/// too many open files, once there may be enough: as [Database#resume] does, which relies on no file that was being
/// written then. *Confined to one thread at a time.*
///
/// It is tried at once first, then after a second, and each time after twice as long, up to a minute. While the disk
/// has less space than a try takes at least, there is none.
final class SelfResume implements Runnable {
  private static final long DELAY_NANOS_MIN = 1_000_000_000L;
  private static final long DELAY_NANOS_MAX = 60_000_000_000L;

  private final Core core;
  private final KeyspaceCatalog keyspaces;
  private final DiskGuard disk;
  private final Supplier<Optional<IOException>> failure;
  private final Consumer<IOException> resumption;

  private long delayNanos;
  private long dueNanos;

  /// Has not tried yet.
  ///
  /// @param failure why writes are refused
  /// @param resumption takes them again, or throws [EngineException.ReadOnly]
  SelfResume(
      Core core,
      KeyspaceCatalog keyspaces,
      DiskGuard disk,
      Supplier<Optional<IOException>> failure,
      Consumer<IOException> resumption) {
    this.core = core;
    this.keyspaces = keyspaces;
    this.disk = disk;
    this.failure = failure;
    this.resumption = resumption;
  }

  /// Tries it, if it is time. To be called about once a second.
  @Override
  public void run() {
    // The holder of the lock closes, resumes, or changes keyspaces: the next second comes.
    if (!isDue() || !keyspaces.lock().tryLock()) {
      return;
    }
    try {
      Optional<IOException> cause = failure.get();
      if (cause.isPresent()
          && !core.availability().isClosed()
          && core.failures().isPassing()
          && hasRoom()) {
        resumption.accept(cause.get());
        delayNanos = 0;
      }
    } catch (EngineException.ReadOnly _) {
      // As before; the failure that refuses writes stays the first one.
      delayNanos = Math.clamp(2 * delayNanos, DELAY_NANOS_MIN, DELAY_NANOS_MAX);
      dueNanos = now() + delayNanos;
    } finally {
      keyspaces.lock().unlock();
    }
  }

  private long now() {
    return core.environment().clock().nanoTime();
  }

  private boolean isDue() {
    return delayNanos == 0 || now() - dueNanos >= 0;
  }

  /// At least a segment is written, and runs of what memtables hold, which are smaller than those.
  private boolean hasRoom() {
    long least =
        core.options().logSegmentBytes() + core.memory().bytes(MemoryBudget.Part.MEMTABLES) / 4;
    long available = disk.state().availableBytes();
    return available == DiskGuard.UNKNOWN || available >= least;
  }
}
