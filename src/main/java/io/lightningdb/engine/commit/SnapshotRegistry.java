package io.lightningdb.engine.commit;

import io.lightningdb.engine.io.Clock;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The versions that open snapshots read at. *Thread-safe.*
///
/// A merge that asks for [#versions] after the newest entry it works on became visible may drop whatever none of them sees:
/// a snapshot taken later reads at a version that is at least as new.
public final class SnapshotRegistry {
  private final VisibleVersion visible;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`; in the order in which they were opened.
  private final Set<Registration> open = new LinkedHashSet<>();

  /// Makes an empty registry.
  ///
  /// @param visible where snapshots take their version
  /// @param clock tells their age, and the moment that they read at
  public SnapshotRegistry(VisibleVersion visible, Clock clock) {
    this.visible = visible;
    this.clock = clock;
  }

  /// Registers a snapshot of this moment.
  ///
  /// @return to be closed by the caller
  public Registration register() {
    lock.lock();
    try {
      Registration registration =
          new Registration(this, visible.get(), clock.millis(), clock.nanoTime());
      open.add(registration);
      return registration;
    } finally {
      lock.unlock();
    }
  }

  /// Registers a snapshot of a past moment. Whether that moment can still be read is for the reader to find out, each time.
  ///
  /// @param version newest version that the snapshot sees
  /// @return to be closed by the caller
  public Registration registerAt(long version) {
    lock.lock();
    try {
      Registration registration = new Registration(this, version, clock.millis(), clock.nanoTime());
      open.add(registration);
      return registration;
    } finally {
      lock.unlock();
    }
  }

  private void remove(Registration registration) {
    lock.lock();
    try {
      open.remove(registration);
    } finally {
      lock.unlock();
    }
  }

  /// The versions of the open snapshots.
  ///
  /// @return ascending, without repetition
  public long[] versions() {
    lock.lock();
    try {
      return open.stream().mapToLong(Registration::version).distinct().sorted().toArray();
    } finally {
      lock.unlock();
    }
  }

  /// The earliest moment that anybody reads at, now or later: what has expired by then is gone for everybody, as long as the
  /// clock does not go back.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  public long oldestInstantMillis() {
    lock.lock();
    try {
      long oldest = clock.millis();
      for (Registration registration : open) {
        oldest = Math.min(oldest, registration.instantMillis);
      }
      return oldest;
    } finally {
      lock.unlock();
    }
  }

  /// Number of open snapshots.
  ///
  /// @return a count
  public int count() {
    lock.lock();
    try {
      return open.size();
    } finally {
      lock.unlock();
    }
  }

  /// Age of the oldest open snapshot.
  ///
  /// @return in nanoseconds, 0 if there is none
  public long oldestNanos() {
    lock.lock();
    try {
      return open.isEmpty() ? 0 : clock.nanoTime() - open.iterator().next().openedNanos;
    } finally {
      lock.unlock();
    }
  }

  /// An open snapshot. *Thread-safe.*
  public static final class Registration implements AutoCloseable {
    private final SnapshotRegistry registry;
    private final long version;
    private final long instantMillis;
    private final long openedNanos;
    private volatile boolean closed;

    private Registration(
        SnapshotRegistry registry, long version, long instantMillis, long openedNanos) {
      this.registry = registry;
      this.version = version;
      this.instantMillis = instantMillis;
      this.openedNanos = openedNanos;
    }

    /// The version read at.
    ///
    /// @return the newest version that the snapshot sees
    public long version() {
      return version;
    }

    /// The moment read at: when the snapshot was opened. What has expired by then is not there, at whatever version.
    ///
    /// @return milliseconds since 1970-01-01T00:00Z
    public long instantMillis() {
      return instantMillis;
    }

    /// Tells whether the snapshot is open.
    ///
    /// @return false once it was closed
    public boolean isOpen() {
      return !closed;
    }

    /// Ends the snapshot. Closing twice is allowed.
    @Override
    public void close() {
      closed = true;
      registry.remove(this);
    }
  }
}
