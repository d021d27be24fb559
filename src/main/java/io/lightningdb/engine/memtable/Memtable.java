package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.KeyHash;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.memtable.Node.Inner;
import io.lightningdb.engine.memtable.Node.Leaf;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A B+Tree in memory: one slot a key, older versions of the key chained behind the newest.
///
/// Writing is for the holder of the sequencer's lock. Reading is for anybody, without a lock; a reader that took its
/// read version before it came here sees every entry up to that version.
public final class Memtable {
  private static final int NODE_BYTES = 1200;

  // The memtable, its arena, its filter, their counters, and the table of the arena's chunks.
  private static final int OBJECT_BYTES = 440;
  private static final byte[] NOTHING = new byte[0];

  private final long bytesMax;
  private final EntryArena arena;
  private final KeyFilter filter = new KeyFilter();
  private final DeletedRanges deletedRanges = new DeletedRanges();
  private final MemoryAccount account;

  // Counted by the writer alone: a release is enough for readers, and far cheaper than an
  // exchange.
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong superseded = new AtomicLong();
  private final AtomicLong deletions = new AtomicLong();
  private final AtomicLong nodes = new AtomicLong(1);
  private final AtomicLong lastVersion = new AtomicLong();

  // Nodes that looking for changes has come by.
  private final LongAdder nodesSearched = new LongAdder();

  // Replaced by the writer, read by anybody.
  private volatile Node root = new Leaf(NOTHING, null);
  private volatile long firstVersion;

  // Guarded by the memtable itself, and told to the account; read by the writer without the lock.
  private volatile long charged;
  private boolean released;

  /// Makes an empty memtable that no account pays for.
  ///
  /// @param bytesMax size from which [#isFull] is true, in bytes
  public Memtable(long bytesMax) {
    this(bytesMax, MemoryAccount.NONE);
  }

  /// Makes an empty memtable.
  ///
  /// @param bytesMax size from which [#isFull] is true, in bytes
  /// @param account pays for it until it is released
  public Memtable(long bytesMax, MemoryAccount account) {
    this.bytesMax = bytesMax;
    this.arena = new EntryArena(bytesMax);
    this.account = account;
    charge();
  }

  private synchronized void charge() {
    long now = bytes();
    if (!released) {
      account.charge(now - charged);
    }
    charged = now;
  }

  /// One change of a key; key and value are ranges of one array, which is not kept.
  ///
  /// @param kind `PUT`, `PUT_EXPIRING` or `DELETE` of [io.lightningdb.engine.format.Operation]
  /// @param bytes holds key and value
  /// @param keyOffset index of the key
  /// @param keyLength its length
  /// @param valueOffset index of the value as it is stored, in front of which an expiring put has its moment
  /// @param valueLength its length
  public record Change(
      int kind, byte[] bytes, int keyOffset, int keyLength, int valueOffset, int valueLength) {}

  /// Makes a change. Within one version a later change replaces an earlier one of the same key.
  ///
  /// @param version of the commit, not less than any before
  /// @param change what changes
  /// @return where it is kept, for [#at]
  public long apply(long version, Change change) {
    Leaf leaf = leafForInsert(version, change);
    int index = leaf.search(arena, change.bytes(), change.keyOffset(), change.keyLength());
    long entry;
    if (index >= 0) {
      long newest = leaf.entries[index];
      boolean replaces = arena.version(newest) == version;
      long previous = replaces ? arena.previous(newest) : newest;
      entry = arena.add(version, previous, change);
      leaf.replace(index, entry, version);
      if (!replaces) {
        increment(superseded);
      }
    } else {
      entry = arena.add(version, EntryArena.NONE, change);
      filter.add(KeyHash.of(change.bytes(), change.keyOffset(), change.keyLength()));
      leaf.insert(-1 - index, Node.turned(arena.head(entry, leaf.prefixLength)), entry, version);
    }
    increment(entries);
    if (change.kind() == Operation.DELETE) {
      increment(deletions);
    }
    touch(version);
    return entry;
  }

  /// A change that was made.
  ///
  /// @param address where it is kept: what [#apply] returned
  /// @return its key and value where they are; nothing of them is copied
  public Change at(long address) {
    return arena.change(address);
  }

  private static void increment(AtomicLong counter) {
    counter.setRelease(counter.getPlain() + 1);
  }

  private void touch(long version) {
    if (firstVersion == 0) {
      firstVersion = version;
    }
    lastVersion.setRelease(version);
    if (charged != bytes()) {
      charge();
    }
  }

  /// Deletes a range: every entry in it of an earlier version.
  ///
  /// @param version of the commit
  /// @param range not empty
  public void deleteRange(long version, KeyRange range) {
    deletedRanges.add(range, version);
    touch(version);
  }

  /// Finds the leaf for a key and makes sure that it has room, splitting full nodes on the way down.
  private Leaf leafForInsert(long version, Change change) {
    Node node = root;
    if (node.isFull()) {
      node = splitRoot(node, version, change);
    }
    while (node instanceof Inner inner) {
      inner.newest = version;
      int index = inner.childIndex(change.bytes(), change.keyOffset(), change.keyLength());
      if (inner.children[index].isFull()) {
        splitChild(inner, index, change);
        index = inner.childIndex(change.bytes(), change.keyOffset(), change.keyLength());
      }
      node = inner.children[index];
    }
    return (Leaf) node;
  }

  private Node splitRoot(Node old, long version, Change change) {
    Inner grown = new Inner(NOTHING, null);
    grown.newest = version;
    grown.add(NOTHING, old);
    splitChild(grown, 0, change);
    increment(nodes);
    root = grown;
    return grown;
  }

  private void splitChild(Inner parent, int index, Change change) {
    Node child = parent.children[index];
    switch (child) {
      case Leaf leaf -> {
        int at = splitIndex(leaf, change);
        byte[] bound = Keys.separator(arena.key(leaf.entries[at - 1]), arena.key(leaf.entries[at]));
        parent.replaceChild(
            index,
            leaf.part(arena, 0, at, leaf.lower, bound),
            leaf.part(arena, at, leaf.count, bound, leaf.upper));
      }
      case Inner inner -> {
        int at = inner.count / 2;
        byte[] bound = inner.separators[at];
        parent.replaceChild(
            index,
            inner.part(0, at, inner.lower, bound),
            inner.part(at, inner.count, bound, inner.upper));
      }
    }
    increment(nodes);
  }

  /// Keys that arrive in ascending order leave full leaves behind them.
  private int splitIndex(Leaf leaf, Change change) {
    long last = leaf.entries[leaf.count - 1];
    boolean ascending =
        leaf.upper == null
            && arena.compareKey(change.bytes(), change.keyOffset(), change.keyLength(), last) > 0;
    return ascending ? leaf.count - 1 : leaf.count / 2;
  }

  private Leaf leafFor(byte[] key) {
    Node node = root;
    while (node instanceof Inner inner) {
      int seen = inner.beginRead();
      Node child = inner.children[inner.childIndex(key, 0, key.length)];
      if (inner.endRead(seen)) {
        node = child;
      }
    }
    return (Leaf) node;
  }

  /// Finds the newest entry of a key up to a version.
  ///
  /// @param <T> what is made of it
  /// @param key any key
  /// @param readVersion newest version that is seen
  /// @param covered version of the newest range deletion over the key, or 0
  /// @param moment tells what has expired
  /// @param projection makes the result
  /// @return the result, or null if this memtable has no such entry; its own range deletions are not looked at
  public <T> @Nullable T find(
      byte[] key, long readVersion, long covered, ReadMoment moment, Projection<T> projection) {
    if (!filter.mayContain(KeyHash.of(key))) {
      return null;
    }
    long entry = arena.newestUpTo(newestOf(key), readVersion);
    return entry == EntryArena.NONE ? null : arena.project(entry, covered, moment, projection);
  }

  private long newestOf(byte[] key) {
    Leaf leaf = leafFor(key);
    while (true) {
      int seen = leaf.beginRead();
      int index = leaf.search(arena, key, 0, key.length);
      long newest = index >= 0 ? leaf.entries[index] : EntryArena.NONE;
      if (leaf.endRead(seen)) {
        return newest;
      }
    }
  }

  /// Walks the keys of a view, each in its newest version that the view sees, deletions included.
  ///
  /// @param view what to show
  /// @return a cursor
  public EntryCursor cursor(ReadView view) {
    return new MemtableCursor(this, view);
  }

  /// Walks every version of every key, ascending by key, descending by version. For a memtable that is not written any
  /// more.
  ///
  /// @return a cursor
  public EntryCursor allVersions() {
    return new MemtableVersionCursor(this);
  }

  /// The addresses of a leaf's entries as they were at one moment.
  ///
  /// @param target gets the addresses; at least [Node#CAPACITY] long
  /// @return bounds and number of the entries
  LeafCopy copyLeaf(byte[] key, long[] target) {
    return copy(leafFor(key), target);
  }

  /// As [#copyLeaf], for the leaf that holds the keys just below `bound`.
  LeafCopy copyLeafBelow(byte @Nullable [] bound, long[] target) {
    Node node = root;
    while (node instanceof Inner inner) {
      int seen = inner.beginRead();
      int most = Math.min(inner.count, Node.CAPACITY);
      int index = bound == null ? most - 1 : inner.childIndex(bound, 0, bound.length);
      boolean startsAtBound =
          bound != null && index > 0 && java.util.Arrays.equals(inner.separators[index], bound);
      Node child = inner.children[startsAtBound ? index - 1 : index];
      if (inner.endRead(seen)) {
        node = child;
      }
    }
    return copy((Leaf) node, target);
  }

  private static LeafCopy copy(Leaf leaf, long[] target) {
    while (true) {
      int seen = leaf.beginRead();
      int count = leaf.count;
      long newest = leaf.newest;
      System.arraycopy(leaf.entries, 0, target, 0, Math.min(count, Node.CAPACITY));
      if (leaf.endRead(seen)) {
        return new LeafCopy(leaf.lower, leaf.upper, count, newest);
      }
    }
  }

  /// What a leaf was at one moment.
  ///
  /// @param lower its first key
  /// @param upper the first key behind it, or null if there is none
  /// @param count number of its entries
  /// @param newest no entry of it has a greater version
  record LeafCopy(byte[] lower, byte @Nullable [] upper, int count, long newest) {}

  /// Finds a change of a key in a range, range deletions apart. Parts of the tree without one are not looked into, so
  /// it costs as much as there are changes, however much there is of what came before.
  ///
  /// @param range the keys
  /// @param version changes up to it do not count
  /// @return the first key with a newer entry, or null if there is none
  public byte @Nullable [] firstNewerIn(KeyRange range, long version) {
    long[] addresses = new long[Node.CAPACITY];
    byte[] from = range.lower();
    while (from != null && range.isBelowUpper(from)) {
      Node node = untouchedOrLeaf(from, version);
      if (node instanceof Leaf found) {
        byte[] changed = newerIn(found, range, version, addresses);
        if (changed != null) {
          return changed;
        }
      }
      from = node.upper;
    }
    return null;
  }

  /// The largest part of the tree around a key that certainly holds nothing newer than a version; the leaf of the key
  /// if there is none.
  private Node untouchedOrLeaf(byte[] key, long version) {
    Node node = root;
    nodesSearched.increment();
    while (node instanceof Inner inner && inner.newest > version) {
      int seen = inner.beginRead();
      Node child = inner.children[inner.childIndex(key, 0, key.length)];
      if (inner.endRead(seen)) {
        node = child;
        nodesSearched.increment();
      }
    }
    return node;
  }

  private byte @Nullable [] newerIn(Leaf found, KeyRange range, long version, long[] addresses) {
    LeafCopy leaf = copy(found, addresses);
    int count = leaf.newest() > version ? leaf.count() : 0;
    for (int i = 0; i < count; i++) {
      if (arena.version(addresses[i]) > version) {
        byte[] key = arena.key(addresses[i]);
        if (range.contains(key)) {
          return key;
        }
      }
    }
    return null;
  }

  /// Nodes of the tree that all searches for changes so far have come by.
  ///
  /// @return a count
  public long nodesSearched() {
    return nodesSearched.sum();
  }

  EntryArena arena() {
    return arena;
  }

  /// The range deletions.
  ///
  /// @return all of them, those to come as well
  public DeletedRanges deletedRanges() {
    return deletedRanges;
  }

  /// Gives back what the account has paid: the memtable is used for what is still being read at most. Releasing twice
  /// is allowed.
  public synchronized void release() {
    if (!released) {
      released = true;
      account.charge(-charged);
    }
  }

  /// Tells whether nothing was ever changed here.
  ///
  /// @return true if there is neither an entry nor a range deletion
  public boolean isEmpty() {
    return lastVersion.get() == 0;
  }

  /// What a memtable takes that holds nothing.
  ///
  /// @return in bytes
  public static long bytesEmpty() {
    return OBJECT_BYTES
        + NODE_BYTES
        + HeapBytes.ofArray(EntryArena.CHUNK_BYTES_FIRST)
        + KeyFilter.bytesMin();
  }

  /// Tells whether it is time to freeze this memtable.
  ///
  /// @return true if it has reached its size
  public boolean isFull() {
    return bytes() >= bytesMax;
  }

  /// Memory held.
  ///
  /// @return in bytes, estimated for the nodes and the range deletions
  public long bytes() {
    return OBJECT_BYTES
        + arena.bytes()
        + nodes.get() * NODE_BYTES
        + filter.bytes()
        + deletedRanges.bytes();
  }

  /// Number of changes, range deletions not counted.
  ///
  /// @return a count of versions of entries
  public long entries() {
    return entries.get();
  }

  /// Number of changes that deleted a key.
  ///
  /// @return a count
  public long deletions() {
    return deletions.get();
  }

  /// Number of versions of entries that are not the newest of their key here.
  ///
  /// @return a count
  public long superseded() {
    return superseded.get();
  }

  /// Version of the first change.
  ///
  /// @return a version, 0 if there is none
  public long firstVersion() {
    return firstVersion;
  }

  /// Version of the last change.
  ///
  /// @return a version, 0 if there is none
  public long lastVersion() {
    return lastVersion.get();
  }
}
