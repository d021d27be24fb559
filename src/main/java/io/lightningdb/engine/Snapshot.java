package io.lightningdb.engine;

import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.cursor.ReadMoment;
import java.time.Instant;

/// One moment of the database, which reads repeat at for as long as it is open.
///
/// *Thread-safe.* Obtained from [Database#snapshot]. While it is open, the versions that it sees are kept, so close it.
public final class Snapshot implements AutoCloseable {
  private final SnapshotRegistry.Registration registration;

  private final Moment moment;

  /// Whether everything that the snapshot sees is kept for it, or it has to look each time.
  enum Moment {
    PRESENT,
    PAST
  }

  Snapshot(SnapshotRegistry.Registration registration, Moment moment) {
    this.registration = registration;
    this.moment = moment;
  }

  boolean isPast() {
    return moment == Moment.PAST;
  }

  /// Number of the snapshot.
  ///
  /// @return unique while the database is open; the greater, the younger
  public long id() {
    return registration.id();
  }

  /// The newest version that the snapshot sees.
  ///
  /// @return number of a commit, or 0 for the empty database
  public long version() {
    return registration.version();
  }

  /// The moment of the snapshot: what had expired by then is not there.
  ///
  /// @return when it was opened, also if it shows a past version
  public Instant instant() {
    return Instant.ofEpochMilli(instantMillis());
  }

  ReadMoment moment() {
    return registration;
  }

  long instantMillis() {
    return registration.instantMillis();
  }

  /// Tells whether the snapshot can still be read.
  ///
  /// @return false once it was closed or ended
  public boolean isOpen() {
    return registration.isOpen();
  }

  void throwIfClosed() {
    if (!registration.isOpen()) {
      throw registration.wasEnded()
          ? new EngineException.SnapshotEnded(registration.id())
          : new EngineException.Closed("the snapshot");
    }
  }

  /// Ends the snapshot. Scans over it that are still open fail at their next step. Closing twice is allowed.
  @Override
  public void close() {
    registration.close();
  }
}
