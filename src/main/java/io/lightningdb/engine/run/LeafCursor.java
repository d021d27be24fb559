package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A place among the entries of a run, in the order in which they stand there. *Confined to one thread.*
final class LeafCursor {
  private final RunBlocks run;
  private final ReadPurpose purpose;
  private int number;
  private @Nullable Leaf leaf;
  private int slot;
  private @Nullable EntryHeader header;

  // Made when a leaf is read whose neighbours are likely to be read.
  private @Nullable ReadAhead ahead;

  /// Stands at an entry.
  LeafCursor(RunBlocks run, ReadPurpose purpose, int number, @Nullable Leaf leaf, int slot) {
    this.run = run;
    this.purpose = purpose;
    this.number = number;
    this.leaf = leaf;
    this.slot = slot;
  }

  /// Stands at the first entry whose key is not less than `key`, or behind the last one.
  static LeafCursor atOrAfter(RunBlocks run, ReadPurpose purpose, byte[] key) throws IOException {
    if (run.properties().leaves() == 0) {
      return new LeafCursor(run, purpose, 0, null, 0);
    }
    int number = run.leafFor(key);
    LeafCursor cursor = new LeafCursor(run, purpose, number, null, 0);
    Leaf leaf = purpose == ReadPurpose.SERVE ? run.leaf(number, purpose) : cursor.next(number);
    cursor.leaf = leaf;
    cursor.slot =
        run.reading(
            number,
            () -> {
              try {
                return leaf.firstNotBelow(key);
              } catch (IndexOutOfBoundsException e) {
                throw run.malformed(number, e);
              }
            });
    if (cursor.slot == leaf.count()) {
      cursor.slot--;
      cursor.forward();
    }
    return cursor;
  }

  /// Stands at the last entry.
  static LeafCursor atLast(RunBlocks run, ReadPurpose purpose) throws IOException {
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
  boolean forward() throws IOException {
    header = null;
    if (leaf != null && ++slot >= leaf.count()) {
      slot = 0;
      number++;
      leaf = number < run.properties().leaves() ? next(number) : null;
    }
    return leaf != null;
  }

  /// Goes to the entry before. Returns whether there is one.
  boolean back() throws IOException {
    header = null;
    if (leaf != null && --slot < 0) {
      number--;
      leaf = number >= 0 ? next(number) : null;
      slot = leaf == null ? 0 : leaf.count() - 1;
    }
    return leaf != null;
  }

  /// One of the leaves that the cursor walks through.
  private Leaf next(int next) throws IOException {
    ReadAhead asks = ahead;
    if (asks == null) {
      asks = run.readAhead(purpose);
      ahead = asks;
    }
    Leaf found = run.leaf(next, purpose, asks);
    if (purpose != ReadPurpose.MERGE) {
      return found;
    }
    try {
      return run.forMerge(next, found);
    } catch (IndexOutOfBoundsException e) {
      throw run.malformed(next, e);
    }
  }

  EntryHeader entry() throws IOException {
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

  boolean keyEquals(byte[] key) throws IOException {
    return leaf().keyEquals(entry(), key);
  }

  boolean keyEquals(Leaf other, EntryHeader otherEntry) throws IOException {
    return leaf().keyEquals(entry(), other, otherEntry);
  }

  int compareKey(byte[] key) throws IOException {
    return leaf().compareTo(key, entry());
  }

  byte[] key() throws IOException {
    return leaf().key(entry());
  }

  int leafNumber() {
    return number;
  }

  int slot() {
    return slot;
  }

  /// Goes from the newest entry of `key` to the newest one up to a version. Returns whether there is one.
  boolean toNewestUpTo(byte[] key, long readVersion) throws IOException {
    if (entry().version() <= readVersion) {
      return true;
    }
    forwardTo((at, entry) -> entry.version() <= readVersion || !at.keyEquals(entry, key));
    return isAtEntry() && keyEquals(key);
  }

  /// Goes behind all versions of the key of the current entry.
  void pastKey() throws IOException {
    Leaf firstLeaf = leaf();
    EntryHeader first = entry();
    if (forward() && keyEquals(firstLeaf, first)) {
      forwardTo((at, entry) -> !at.keyEquals(entry, firstLeaf, first));
    }
  }

  /// Tells, of entries that stand in order, those behind some place from those before it.
  @FunctionalInterface
  private interface Behind {
    boolean isBehind(Leaf leaf, EntryHeader entry);
  }

  /// Goes to the first entry behind a place that the current one is before, or behind the last. However many entries
  /// lie in between, few are looked at: strides double until they reach too far, and are halved then.
  private void forwardTo(Behind place) throws IOException {
    header = null;
    int before = number;
    int stride = 1;
    Leaf at = leaf();
    if (!isBehind(place, number, at, at.count() - 1)) {
      int last = run.properties().leaves() - 1;
      int end = number;
      do {
        before = end;
        if (before == last) {
          leaf = null;
          number = last + 1;
          slot = 0;
          return;
        }
        end = Math.min(last, before + stride);
        stride *= 2;
        at = run.leaf(end, purpose);
      } while (!isBehind(place, end, at, at.count() - 1));
      // In `end` there is such an entry, in `before` there is none.
      while (end - before > 1) {
        int middle = (before + end) >>> 1;
        Leaf candidate = run.leaf(middle, purpose);
        if (isBehind(place, middle, candidate, candidate.count() - 1)) {
          end = middle;
          at = candidate;
        } else {
          before = middle;
        }
      }
      number = end;
      leaf = at;
      slot = -1;
    }
    slot = firstBehind(place, at);
  }

  /// The first slot of a leaf, from the current one on, that lies behind a place; the last does.
  private int firstBehind(Behind place, Leaf at) throws IOException {
    int before = slot;
    int end = at.count() - 1;
    for (int stride = 1; before + stride < end; stride *= 2) {
      if (isBehind(place, number, at, before + stride)) {
        end = before + stride;
        break;
      }
      before += stride;
    }
    while (end - before > 1) {
      int middle = (before + end) >>> 1;
      if (isBehind(place, number, at, middle)) {
        end = middle;
      } else {
        before = middle;
      }
    }
    return end;
  }

  private boolean isBehind(Behind place, int leafNumber, Leaf at, int slotThere)
      throws IOException {
    try {
      return place.isBehind(at, at.entry(slotThere));
    } catch (IndexOutOfBoundsException e) {
      throw run.malformed(leafNumber, e);
    }
  }

  /// What a point read makes of the entry.
  <T> T project(long covered, ReadMoment moment, Projection<T> projection) throws IOException {
    return leaf().project(entry(), covered, moment, projection);
  }
}
