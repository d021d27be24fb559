package io.lightningdb.engine.transaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// A cursor that remembers in the [ReadSet] of a transaction how far it has come, and what it found that the
/// transaction has not written itself. *Confined to one thread at a time.*
///
/// @param entries what it walks: what is committed, and over it what the transaction wrote
/// @param keys what it walks at most
/// @param direction in which it walks
/// @param walked takes note
/// @param lock that of the transaction, held while a note is taken
public record TrackedCursor(
    EntryCursor entries,
    KeyRange keys,
    ReadView.Direction direction,
    ReadSet.Walked walked,
    ReentrantLock lock)
    implements EntryCursor {
  @Override
  public boolean next() throws IOException {
    boolean found = entries.next();
    lock.lock();
    try {
      walked.reached(found ? reachedRange() : keys);
      if (found && entries.version() < WriteSet.OWN_VERSIONS) {
        walked.found(entries.key(), entries.expiryMillis());
      }
    } finally {
      lock.unlock();
    }
    return found;
  }

  private KeyRange reachedRange() {
    return direction == ReadView.Direction.FORWARD
        ? new KeyRange(keys.lower(), Keys.after(entries.key()))
        : new KeyRange(entries.key(), keys.upper());
  }

  @Override
  public byte[] key() {
    return entries.key();
  }

  @Override
  public int kind() {
    return entries.kind();
  }

  @Override
  public long version() {
    return entries.version();
  }

  @Override
  public long expiryMillis() {
    return entries.expiryMillis();
  }

  @Override
  public int valueLength() {
    return entries.valueLength();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    entries.copyValue(target, offset);
  }
}
