package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.memtable.Memtable.LeafCopy;

/// Walks every version in a frozen memtable, ascending by key and descending by version. *Confined to one thread.*
final class MemtableVersionCursor implements EntryCursor {
  private final Memtable memtable;
  private final EntryArena arena;
  private final long[] addresses = new long[Node.CAPACITY];

  // Of no use but that it has to be computed.
  @SuppressWarnings("UnusedVariable")
  private int touched;

  private LeafCopy leaf;
  private int index = -1;
  private long entry = EntryArena.NONE;
  private byte[] key = new byte[0];

  MemtableVersionCursor(Memtable memtable) {
    this.memtable = memtable;
    this.arena = memtable.arena();
    this.leaf = copyLeaf(new byte[0]);
  }

  private LeafCopy copyLeaf(byte[] lower) {
    LeafCopy copy = memtable.copyLeaf(lower, addresses);
    touched += arena.touch(addresses, copy.count());
    return copy;
  }

  @Override
  public boolean next() {
    long older = entry == EntryArena.NONE ? EntryArena.NONE : arena.previous(entry);
    if (older != EntryArena.NONE) {
      entry = older;
      return true;
    }
    while (++index >= leaf.count()) {
      byte[] upper = leaf.upper();
      if (upper == null) {
        index = leaf.count();
        return false;
      }
      leaf = copyLeaf(upper);
      index = -1;
    }
    entry = addresses[index];
    key = arena.key(entry);
    return true;
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
