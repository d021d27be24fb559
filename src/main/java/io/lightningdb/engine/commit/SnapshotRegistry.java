package io.lightningdb.engine.commit;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.io.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The versions that open snapshots read at. *Thread-safe.*
///
/// A merge that asks for [#versions] after the newest entry it works on became visible may drop whatever none of them sees:
/// a snapshot taken later reads at a version that is at least as new.
public final class SnapshotRegistry {
  // A registration, its moment, its entry in the set, and the snapshot that an embedder holds.
  private static final long BYTES = 48 + 40 + HeapBytes.LINKED_HASH_ENTRY + 24;

  private final VisibleVersion visible;
  private final Clock clock;
  private final MemoryAccount account;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`; the snapshots are in the order in which they were opened.
  private final Set<Registration> open = new LinkedHashSet<>();
  private long lastId;

  // Guarded by `lock`: what all keyspaces ask for, one after the other. Null when it has to be
  // looked
  // for again.
  private @Nullable Oldest oldest = Oldest.NONE;
  private long searched;

  /// What is read at the earliest.
  ///
  /// @param version the least version; [Long#MAX_VALUE] if there is no snapshot
  /// @param instantMillis the earliest moment; [Long#MAX_VALUE] if there is no snapshot
  private record Oldest(long version, long instantMillis) {
    private static final Oldest NONE = new Oldest(Long.MAX_VALUE, Long.MAX_VALUE);

    private Oldest and(Registration registration) {
      boolean changes =
          registration.version() < version || registration.instantMillis() < instantMillis;
      return changes
          ? new Oldest(
              Math.min(version, registration.version()),
              Math.min(instantMillis, registration.instantMillis()))
          : this;
    }

    private boolean isWithout(Registration registration) {
      return registration.version() > version && registration.instantMillis() > instantMillis;
    }
  }

  /// Makes an empty registry.
  ///
  /// @param visible where snapshots take their version
  /// @param clock tells their age, and the moment that they read at
  /// @param account pays for the open snapshots
  public SnapshotRegistry(VisibleVersion visible, Clock clock, MemoryAccount account) {
    this.visible = visible;
    this.clock = clock;
    this.account = account;
  }

  /// Registers a snapshot of this moment, of nobody in particular.
  ///
  /// @return to be closed by the caller
  public Registration register() {
    return register("");
  }

  /// Registers a snapshot of this moment.
  ///
  /// @param owner who opens it
  /// @return to be closed by the caller
  public Registration register(String owner) {
    lock.lock();
    try {
      return add(visible.get(), owner);
    } finally {
      lock.unlock();
    }
  }

  /// Registers a snapshot of a past moment. Whether that moment can still be read is for the reader to find out, each time.
  ///
  /// @param version newest version that the snapshot sees
  /// @param owner who opens it
  /// @return to be closed by the caller
  public Registration registerAt(long version, String owner) {
    lock.lock();
    try {
      return add(version, owner);
    } finally {
      lock.unlock();
    }
  }

  private Registration add(long version, String owner) {
    Moment moment = new Moment(version, clock.millis(), clock.nanoTime());
    Registration registration = new Registration(this, ++lastId, owner, moment);
    open.add(registration);
    oldest = oldest == null ? null : oldest.and(registration);
    account.charge(registration.bytes());
    return registration;
  }

  /// The open snapshots.
  ///
  /// @return in the order in which they were opened
  public List<Registration> list() {
    lock.lock();
    try {
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }

  /// Ends the snapshot of somebody else: what only it sees need not be kept any longer.
  ///
  /// @param id number of the snapshot
  /// @return false if no such snapshot is open
  public boolean end(long id) {
    lock.lock();
    try {
      Optional<Registration> found = open.stream().filter(each -> each.id == id).findFirst();
      found.ifPresent(Registration::end);
      return found.isPresent();
    } finally {
      lock.unlock();
    }
  }

  private void remove(Registration registration) {
    lock.lock();
    try {
      if (open.remove(registration)) {
        oldest = oldest != null && oldest.isWithout(registration) ? oldest : null;
        account.charge(-registration.bytes());
      }
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
      searched += open.size();
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
      return Math.min(clock.millis(), oldest().instantMillis());
    } finally {
      lock.unlock();
    }
  }

  /// The least version that anybody reads at, now or later: a snapshot opened later reads at what is visible now, or at more.
  ///
  /// @return a version
  public long leastVersion() {
    lock.lock();
    try {
      return Math.min(visible.get(), oldest().version());
    } finally {
      lock.unlock();
    }
  }

  private Oldest oldest() {
    Oldest known = oldest;
    if (known == null) {
      known = Oldest.NONE;
      for (Registration registration : open) {
        known = known.and(registration);
        searched++;
      }
      oldest = known;
    }
    return known;
  }

  /// Snapshots that all searches for versions and for the oldest so far have looked at.
  ///
  /// @return a count
  public long searched() {
    lock.lock();
    try {
      return searched;
    } finally {
      lock.unlock();
    }
  }

  /// The moment at which a snapshot opened now would read.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  public long presentMillis() {
    return clock.millis();
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
      return open.isEmpty() ? 0 : open.iterator().next().ageNanos();
    } finally {
      lock.unlock();
    }
  }

  /// What is read, and since when.
  private record Moment(long version, long instantMillis, long openedNanos) {}

  /// An open snapshot. *Thread-safe.*
  public static final class Registration implements ReadMoment, AutoCloseable {
    private final SnapshotRegistry registry;
    private final long id;
    private final String owner;
    private final Moment moment;
    private volatile boolean closed;
    private volatile boolean ended;

    private Registration(SnapshotRegistry registry, long id, String owner, Moment moment) {
      this.registry = registry;
      this.id = id;
      this.owner = owner;
      this.moment = moment;
    }

    /// Number of the snapshot.
    ///
    /// @return unique while the database is open; the greater, the younger
    public long id() {
      return id;
    }

    /// Who opened it.
    ///
    /// @return empty if nobody said
    public String owner() {
      return owner;
    }

    /// Time since it was opened.
    ///
    /// @return in nanoseconds
    public long ageNanos() {
      return registry.clock.nanoTime() - moment.openedNanos();
    }

    /// The version read at.
    ///
    /// @return the newest version that the snapshot sees
    @Override
    public long version() {
      return moment.version();
    }

    /// The moment read at: when the snapshot was opened. What has expired by then is not there, at whatever version.
    ///
    /// @return milliseconds since 1970-01-01T00:00Z
    @Override
    public long instantMillis() {
      return moment.instantMillis();
    }

    /// Tells whether the snapshot is open.
    ///
    /// @return false once it was closed
    public boolean isOpen() {
      return !closed;
    }

    /// Tells whether somebody else ended the snapshot.
    ///
    /// @return true if its owner has not closed it before
    public boolean wasEnded() {
      return ended;
    }

    private long bytes() {
      return BYTES + HeapBytes.of(owner);
    }

    private void end() {
      ended = true;
      close();
    }

    /// Ends the snapshot. Closing twice is allowed.
    @Override
    public void close() {
      closed = true;
      registry.remove(this);
    }
  }
}
