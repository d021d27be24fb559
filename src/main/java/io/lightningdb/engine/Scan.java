package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.View;
import io.lightningdb.engine.transaction.WriteSet;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Walks the entries of a range at one snapshot. *Confined to one thread at a time.*
///
/// A scan keeps the files that it reads in existence, so close it. It starts before its first entry; [#key], [#value] and
/// [#version] belong to the entry that the last successful [#next] went to.
public final class Scan implements AutoCloseable {
  /// What an open scan takes, about: a leaf and an entry of each of a few runs.
  private static final long BYTES = 32 << 10;

  private final Engine engine;
  private final View view;
  private final EntryCursor cursor;
  private final Snapshot snapshot;
  private final Ownership ownership;
  private boolean atEntry;
  private boolean ended;
  private boolean closed;

  /// Whether a scan closes its snapshot.
  enum Ownership {
    OWNED,
    BORROWED
  }

  private Scan(
      Engine engine, View view, EntryCursor cursor, Snapshot snapshot, Ownership ownership) {
    this.engine = engine;
    this.view = view;
    this.cursor = cursor;
    this.snapshot = snapshot;
    this.ownership = ownership;
    engine.account(MemoryBudget.Part.SCANS).charge(BYTES);
  }

  static Scan open(
      Engine engine, KeyspaceStore store, Range range, Snapshot snapshot, Ownership ownership) {
    try {
      store.accessCounts().scan();
      View view = snapshot.isPast() ? store.pinAt(snapshot.version()) : store.pin();
      boolean done = false;
      try {
        ReadView.Direction direction =
            range.isReversed() ? ReadView.Direction.REVERSE : ReadView.Direction.FORWARD;
        EntryCursor cursor =
            view.cursor(
                new ReadView(
                    range.keys(), direction, snapshot.version(), snapshot.instantMillis()));
        done = true;
        return new Scan(engine, view, cursor, snapshot, ownership);
      } finally {
        if (!done) {
          view.unpin();
        }
      }
    } catch (IOException e) {
      throw engine.failures().ofRead(e);
    }
  }

  /// A scan over a cursor and a view that the caller has made; the scan unpins the view.
  static Scan of(Engine engine, View view, EntryCursor cursor, Snapshot snapshot) {
    return new Scan(engine, view, cursor, snapshot, Ownership.BORROWED);
  }

  /// Goes to the next entry.
  ///
  /// @return false if there is none
  /// @throws EngineException.Corruption if what has to be read is damaged
  /// @throws EngineException.Closed if the scan, its snapshot or the database was closed
  public boolean next() {
    throwIfClosed();
    try {
      atEntry = !ended && cursor.next();
      ended = !atEntry;
    } catch (IOException e) {
      atEntry = false;
      throw engine.failures().ofRead(e);
    }
    // The view keeps what the snapshot sees for as long as it is pinned, but a closed snapshot is a
    // mistake to hear of.
    throwIfClosed();
    return atEntry;
  }

  private void throwIfClosed() {
    if (closed) {
      throw new EngineException.Closed("the scan");
    }
    engine.throwIfClosed();
    snapshot.throwIfClosed();
  }

  private void throwIfNotAtEntry() {
    throwIfClosed();
    if (!atEntry) {
      throw new IllegalStateException(
          "the scan is at no entry: next() was not called or was false");
    }
  }

  /// The key.
  ///
  /// @return the caller's own array
  public byte[] key() {
    throwIfNotAtEntry();
    return cursor.key().clone();
  }

  /// The value, copied now.
  ///
  /// @return the caller's own array
  public byte[] value() {
    throwIfNotAtEntry();
    byte[] value = new byte[cursor.valueLength()];
    try {
      cursor.copyValue(value, 0);
    } catch (InternalError e) {
      throw engine.failures().ofRead(MappedFault.of("under a scan", e));
    }
    return value;
  }

  /// Length of the value.
  ///
  /// @return in bytes
  public int valueBytes() {
    throwIfNotAtEntry();
    return cursor.valueLength();
  }

  /// The commit that wrote the entry.
  ///
  /// @return its version; 0 if it was written by the transaction that scans
  public long version() {
    throwIfNotAtEntry();
    long version = cursor.version();
    return version >= WriteSet.OWN_VERSIONS ? 0 : version;
  }

  /// When the entry expires.
  ///
  /// @return the moment, or null if it does not
  public @Nullable Instant expiresAt() {
    throwIfNotAtEntry();
    return Expiry.instant(cursor.expiryMillis());
  }

  /// The entry as a whole.
  ///
  /// @return the caller's own
  public Entry entry() {
    return new Entry(value(), version(), cursor.expiryMillis());
  }

  /// Ends the scan. Closing twice is allowed.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      view.unpin();
      engine.account(MemoryBudget.Part.SCANS).charge(-BYTES);
      if (ownership == Ownership.OWNED) {
        snapshot.close();
      }
    }
  }
}
