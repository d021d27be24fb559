package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.memtable.Memtable.LeafCopy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks a memtable that may be written meanwhile, one copied leaf at a time. *Confined to one thread.*
///
/// Leaves have no links to their neighbours: the next leaf is found by the bound of the one before, which costs one
/// descent for up to 64 keys and stays right when leaves split.
final class MemtableCursor implements EntryCursor {
  private final Memtable memtable;
  private final EntryArena arena;
  private final ReadView view;
  private final long[] addresses = new long[Node.CAPACITY];

  private @Nullable LeafCopy leaf;
  private int index;
  private long entry = EntryArena.NONE;
  private byte[] key = new byte[0];

  MemtableCursor(Memtable memtable, ReadView view) {
    this.memtable = memtable;
    this.arena = memtable.arena();
    this.view = view;
  }

  @Override
  public boolean next() {
    while (view.isReverse() ? stepBack() : stepForward()) {
      entry = arena.newestUpTo(addresses[index], view.version());
      if (entry != EntryArena.NONE) {
        key = arena.key(entry);
        return inRange();
      }
    }
    return false;
  }

  private boolean inRange() {
    KeyRange range = view.range();
    return view.isReverse()
        ? Arrays.compareUnsigned(key, range.lower()) >= 0
        : range.isBelowUpper(key);
  }

  private boolean stepForward() {
    LeafCopy at = leaf;
    if (at == null) {
      at = memtable.copyLeaf(view.range().lower(), addresses);
      index = firstNotBelow(at, view.range().lower()) - 1;
    }
    while (++index >= at.count()) {
      byte[] upper = at.upper();
      if (upper == null || !view.range().isBelowUpper(upper)) {
        leaf = at;
        return false;
      }
      at = memtable.copyLeaf(upper, addresses);
      index = -1;
    }
    leaf = at;
    return true;
  }

  private boolean stepBack() {
    LeafCopy at = leaf;
    if (at == null) {
      byte[] upper = view.range().upper();
      at = memtable.copyLeafBelow(upper, addresses);
      index = upper == null ? at.count() : firstNotBelow(at, upper);
    }
    while (--index < 0) {
      if (at.lower().length == 0 || Arrays.compareUnsigned(at.lower(), view.range().lower()) <= 0) {
        leaf = at;
        return false;
      }
      at = memtable.copyLeafBelow(at.lower(), addresses);
      index = at.count();
    }
    leaf = at;
    return true;
  }

  /// Index of the first entry of the copy whose key is not less than `bound`.
  private int firstNotBelow(LeafCopy copy, byte[] bound) {
    int low = 0;
    int high = copy.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (arena.compareKey(bound, 0, bound.length, addresses[middle]) > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int kind() {
    return arena.kind(entry);
  }

  @Override
  public long version() {
    return arena.version(entry);
  }

  @Override
  public long expiryMillis() {
    return arena.expiryMillis(entry);
  }

  @Override
  public int valueLength() {
    return arena.valueLength(entry);
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    arena.copyValue(entry, target, offset);
  }
}
