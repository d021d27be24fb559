package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.View;
import io.lightningdb.engine.transaction.WriteSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Walks the entries of a range at one snapshot. *Confined to one thread at a time.*
///
/// A scan keeps the files that it reads in existence, so close it. It starts before its first entry; [#key], [#value]
/// and [#version] belong to the entry that the last successful [#next] went to.
public final class Scan implements AutoCloseable {
  // Objects of the scan and of its snapshot; the place in a memtable; the place in a row beside its
  // leaves.
  private static final long BYTES = 2048;
  private static final long MEMTABLE_BYTES = 1024;
  private static final long ROW_BYTES = 2048;

  // Entries between two looks at the clock.
  private static final int ENTRIES_PER_QUESTION = 128;

  private final Engine engine;
  private final View view;
  private final EntryCursor cursor;
  private final Snapshot snapshot;
  private final Ownership ownership;
  private final long bytes;
  private final @Nullable Deadline deadline = Deadline.current();
  private int untilAsked = ENTRIES_PER_QUESTION;
  private boolean atEntry;
  private boolean ended;
  private boolean closed;

  /// Whether a scan closes its snapshot.
  enum Ownership {
    OWNED,
    BORROWED
  }

  private Scan(Engine engine, Source source, Snapshot snapshot, Ownership ownership) {
    this.engine = engine;
    this.view = source.view();
    this.cursor = source.cursor();
    this.snapshot = snapshot;
    this.ownership = ownership;
    this.bytes = bytes(view, engine.catalog().optionsOf(source.store()).leafBytes());
    engine.memory().account(MemoryBudget.Part.SCANS).charge(bytes);
  }

  /// What a scan walks.
  ///
  /// @param store the keyspace
  /// @param view pinned; the scan unpins it
  /// @param cursor walks it
  record Source(KeyspaceStore store, View view, EntryCursor cursor) {}

  /// What a scan holds at most: of each row the leaf that it shows an entry of and the one that it goes on in. Leaves
  /// of one entry that is larger than a leaf should be are not counted, nor those of runs from before the size of
  /// leaves was changed.
  ///
  /// @param view what it walks
  /// @param leafBytes size of a leaf, in bytes
  /// @return in bytes
  static long bytes(View view, int leafBytes) {
    return BYTES
        + MEMTABLE_BYTES * (1 + view.frozen().size())
        + (ROW_BYTES + 2L * leafBytes) * view.rows().size();
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
                new ReadView(range.keys(), direction, snapshot.version(), snapshot.instantMillis()),
                store.gaps());
        done = true;
        return new Scan(engine, new Source(store, view, cursor), snapshot, ownership);
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
  static Scan of(Engine engine, Source source, Snapshot snapshot) {
    return new Scan(engine, source, snapshot, Ownership.BORROWED);
  }

  /// Goes to the next entry.
  ///
  /// @return false if there is none
  /// @throws EngineException.Corruption if what has to be read is damaged
  /// @throws EngineException.Closed if the scan, its snapshot or the database was closed
  /// @throws EngineException.DeadlineExceeded if the [Deadline] in which the scan was opened is past; asked every 128
  ///     entries, and every 1,024 that are left out because they are deleted or expired
  public boolean next() {
    throwIfClosed();
    if (deadline != null) {
      throwIfLate(deadline);
    }
    try {
      atEntry = !ended && cursor.next();
      ended = !atEntry;
    } catch (DeadlineException e) {
      atEntry = false;
      throw new EngineException.DeadlineExceeded("a scan", e.timeout());
    } catch (IOException e) {
      atEntry = false;
      throw engine.failures().ofRead(e);
    } catch (UncheckedIOException e) {
      atEntry = false;
      throw engine.failures().ofRead(e);
    }
    // The view keeps what the snapshot sees for as long as it is pinned, but a closed snapshot is a
    // mistake to hear of.
    throwIfClosed();
    return atEntry;
  }

  private void throwIfLate(Deadline wanted) {
    if (--untilAsked == 0) {
      untilAsked = ENTRIES_PER_QUESTION;
      if (wanted.isPast()) {
        throw new EngineException.DeadlineExceeded("a scan", wanted.timeout());
      }
    }
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
    byte[] key = new byte[keyBytes()];
    copyKey(key, 0);
    return key;
  }

  /// Length of the key.
  ///
  /// @return in bytes
  public int keyBytes() {
    throwIfNotAtEntry();
    return cursor.keyLength();
  }

  /// Copies the key to where the caller wants it, which may be the same array for each entry.
  ///
  /// @param target gets [#keyBytes] bytes
  /// @param offset index of the first
  /// @throws IndexOutOfBoundsException if there is no room for them
  public void copyKey(byte[] target, int offset) {
    throwIfNotAtEntry();
    try {
      cursor.copyKey(target, Objects.checkFromIndexSize(offset, cursor.keyLength(), target.length));
    } catch (UncheckedIOException e) {
      throw engine.failures().ofRead(e);
    }
  }

  /// The value, copied now. Who has a [MemoryLease] gets a large one when there is memory for it.
  ///
  /// @return the caller's own array
  public byte[] value() {
    MemoryLease lease = MemoryLease.current();
    if (lease != null) {
      lease.takeForValue(valueBytes());
    }
    byte[] value = new byte[valueBytes()];
    copyValue(value, 0);
    return value;
  }

  /// Length of the value.
  ///
  /// @return in bytes
  public int valueBytes() {
    throwIfNotAtEntry();
    return cursor.valueLength();
  }

  /// Copies the value to where the caller wants it, which may be the same array for each entry.
  ///
  /// @param target gets [#valueBytes] bytes
  /// @param offset index of the first
  /// @throws IndexOutOfBoundsException if there is no room for them
  public void copyValue(byte[] target, int offset) {
    throwIfNotAtEntry();
    try {
      cursor.copyValue(
          target, Objects.checkFromIndexSize(offset, cursor.valueLength(), target.length));
    } catch (UncheckedIOException e) {
      throw engine.failures().ofRead(e);
    }
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
      engine.memory().account(MemoryBudget.Part.SCANS).charge(-bytes);
      if (ownership == Ownership.OWNED) {
        snapshot.close();
      }
    }
  }
}
