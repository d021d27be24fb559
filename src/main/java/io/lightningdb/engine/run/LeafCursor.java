package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import org.jspecify.annotations.Nullable;

/// A place among the entries of a run, in the order in which they stand there. *Confined to one thread.*
final class LeafCursor {
  private final RunReader run;
  private final ReadPurpose purpose;
  private int number;
  private @Nullable Leaf leaf;
  private int slot;
  private @Nullable EntryHeader header;

  // Made when a leaf is read whose neighbours are likely to be read.
  private @Nullable ReadAhead ahead;

  /// Stands at an entry.
  LeafCursor(RunReader run, ReadPurpose purpose, int number, @Nullable Leaf leaf, int slot) {
    this.run = run;
    this.purpose = purpose;
    this.number = number;
    this.leaf = leaf;
    this.slot = slot;
  }

  /// Stands at the first entry whose key is not less than `key`, or behind the last one.
  static LeafCursor atOrAfter(RunReader run, ReadPurpose purpose, byte[] key)
      throws CorruptionException {
    if (run.properties().leaves() == 0) {
      return new LeafCursor(run, purpose, 0, null, 0);
    }
    int number = run.leafFor(key);
    LeafCursor cursor = new LeafCursor(run, purpose, number, null, 0);
    Leaf leaf = purpose == ReadPurpose.SERVE ? run.leaf(number, purpose) : cursor.next(number);
    cursor.leaf = leaf;
    try {
      cursor.slot = leaf.firstNotBelow(key);
    } catch (IndexOutOfBoundsException e) {
      throw run.malformed(number, e);
    }
    if (cursor.slot == leaf.count()) {
      cursor.slot--;
      cursor.forward();
    }
    return cursor;
  }

  /// Stands at the last entry.
  static LeafCursor atLast(RunReader run, ReadPurpose purpose) throws CorruptionException {
    int leaves = run.properties().leaves();
    if (leaves == 0) {
      return new LeafCursor(run, purpose, 0, null, 0);
    }
    Leaf leaf = run.leaf(leaves - 1, purpose);
    return new LeafCursor(run, purpose, leaves - 1, leaf, leaf.count() - 1);
  }

  boolean isAtEntry() {
    return leaf != null;
  }

  Leaf leaf() {
    if (leaf == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return leaf;
  }

  /// Number of the leaf.
  int number() {
    return number;
  }

  /// Goes to the next entry. Returns whether there is one.
  boolean forward() throws CorruptionException {
    header = null;
    if (leaf != null && ++slot >= leaf.count()) {
      slot = 0;
      number++;
      leaf = number < run.properties().leaves() ? next(number) : null;
    }
    return leaf != null;
  }

  /// Goes to the entry before. Returns whether there is one.
  boolean back() throws CorruptionException {
    header = null;
    if (leaf != null && --slot < 0) {
      number--;
      leaf = number >= 0 ? next(number) : null;
      slot = leaf == null ? 0 : leaf.count() - 1;
    }
    return leaf != null;
  }

  /// One of the leaves that the cursor walks through.
  private Leaf next(int next) throws CorruptionException {
    ReadAhead asks = ahead;
    if (asks == null) {
      asks = run.readAhead(purpose);
      ahead = asks;
    }
    return run.leaf(next, purpose, asks);
  }

  EntryHeader entry() throws CorruptionException {
    EntryHeader found = header;
    if (found == null) {
      try {
        found = leaf().entry(slot);
      } catch (IndexOutOfBoundsException e) {
        throw run.malformed(number, e);
      }
      header = found;
    }
    return found;
  }

  boolean keyEquals(byte[] key) throws CorruptionException {
    return leaf().keyEquals(entry(), key);
  }

  boolean keyEquals(Leaf other, EntryHeader otherEntry) throws CorruptionException {
    return leaf().keyEquals(entry(), other, otherEntry);
  }

  int compareKey(byte[] key) throws CorruptionException {
    return leaf().compareTo(key, entry());
  }

  byte[] key() throws CorruptionException {
    return leaf().key(entry());
  }

  int leafNumber() {
    return number;
  }

  int slot() {
    return slot;
  }

  void copyValue(byte[] target, int offset) {
    EntryHeader at = header;
    if (at == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    leaf().copyValue(at, target, offset);
  }

  /// Goes from the newest entry of `key` to the newest one up to a version. Returns whether there is one.
  boolean toNewestUpTo(byte[] key, long readVersion) throws CorruptionException {
    while (entry().version() > readVersion) {
      if (!forward() || !keyEquals(key)) {
        return false;
      }
    }
    return true;
  }

  /// What a point read makes of the entry.
  <T> T project(long covered, ReadMoment moment, Projection<T> projection)
      throws CorruptionException {
    return leaf().project(entry(), covered, moment, projection);
  }
}
