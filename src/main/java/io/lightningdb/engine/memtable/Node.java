package io.lightningdb.engine.memtable;

import io.lightningdb.engine.format.Keys;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A node of the memtable's tree.
///
/// All keys of a node lie in
/// `[lower, upper)`, for good, so they share the first `prefixLength` bytes; `heads` are the eight bytes behind these,
/// with the highest bit turned so that signed comparison orders them.
///
/// One thread changes nodes. Readers take no lock: they read the sequence number, then the content, then the number
/// again, and start over if it is odd or has changed (a seqlock; see Boehm, "Can seqlocks get along with programming
/// language memory models?", MSPC 2012). What they read in between may be torn and is used for nothing but comparing,
/// which is safe for any content. A node that was split is left as it was: it still holds everything a reader can see
/// that came to it before the split.
abstract sealed class Node {
  static final int CAPACITY = 64;

  private static final int BLOCK = 8;

  private static final VarHandle SEQUENCE;

  static {
    try {
      SEQUENCE = MethodHandles.lookup().findVarHandle(Node.class, "sequence", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final byte[] lower;
  final byte @Nullable [] upper;
  final int prefixLength;
  final long[] heads = new long[CAPACITY];
  int count;

  // Odd while the writer changes the node. `beginChange` pairs with `endRead`, `endChange` with
  // `beginRead`.
  @SuppressWarnings("UnusedVariable") // Accessed through SEQUENCE.
  private int sequence;

  private Node(byte[] lower, byte @Nullable [] upper) {
    this.lower = lower;
    this.upper = upper;
    this.prefixLength = upper == null ? 0 : Keys.commonPrefix(lower, upper);
  }

  /// Starts a read. Waits while the writer is changing the node, which takes it some nanoseconds.
  final int beginRead() {
    int seen = (int) SEQUENCE.getAcquire(this);
    while ((seen & 1) != 0) {
      Thread.onSpinWait();
      seen = (int) SEQUENCE.getAcquire(this);
    }
    return seen;
  }

  /// Ends a read. Returns whether all of it saw one state of the node.
  final boolean endRead(int seen) {
    VarHandle.loadLoadFence();
    return (int) SEQUENCE.getOpaque(this) == seen;
  }

  final void beginChange() {
    SEQUENCE.setOpaque(this, (int) SEQUENCE.get(this) + 1);
    VarHandle.storeStoreFence();
  }

  final void endChange() {
    SEQUENCE.setRelease(this, (int) SEQUENCE.get(this) + 1);
  }

  final boolean isFull() {
    return count == CAPACITY;
  }

  static long turned(long head) {
    return head ^ Long.MIN_VALUE;
  }

  /// First index in `[from, to)` whose head is not less than `head`.
  ///
  /// Counts instead of halving: first the blocks that lie below, by their last heads, then the heads of one block. None
  /// of these loads waits for another, and there is no branch to guess wrong; halving does both at each step.
  static int firstNotLess(long[] heads, int from, int to, long head) {
    int low = from;
    for (int last = from + BLOCK - 1; last < to; last += BLOCK) {
      low += heads[last] < head ? BLOCK : 0;
    }
    int end = Math.min(low + BLOCK, to);
    int below = 0;
    for (int i = low; i < end; i++) {
      below += heads[i] < head ? 1 : 0;
    }
    return low + below;
  }

  /// A node of entries: `entries[i]` is the address of the newest entry of the i-th key.
  static final class Leaf extends Node {
    final long[] entries = new long[CAPACITY];

    // No entry has a greater version.
    long newest;

    Leaf(byte[] lower, byte @Nullable [] upper) {
      super(lower, upper);
    }

    /// Place of a key: its index, or `-1 - index` where it belongs.
    int search(EntryArena arena, byte[] bytes, int keyOffset, int keyLength) {
      int most = Math.min(count, CAPACITY);
      long head = turned(Keys.head(bytes, keyOffset + prefixLength, keyOffset + keyLength));
      int low = firstNotLess(heads, 0, most, head);
      int high = most;
      while (low < high && heads[low] == head) {
        int order = arena.compareKey(bytes, keyOffset, keyLength, entries[low]);
        if (order == 0) {
          return low;
        }
        if (order < 0) {
          return -1 - low;
        }
        low = firstEqualNotBelow(arena, bytes, keyOffset, keyLength, low + 1, high);
      }
      return -1 - low;
    }

    /// Among keys with the same head: the first from `low` on that is not less than the key.
    private int firstEqualNotBelow(
        EntryArena arena, byte[] bytes, int keyOffset, int keyLength, int low, int high) {
      int from = low;
      int to = high;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (arena.compareKey(bytes, keyOffset, keyLength, entries[middle]) > 0) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    void insert(int index, long head, long entry, long version) {
      beginChange();
      newest = version;
      System.arraycopy(heads, index, heads, index + 1, count - index);
      System.arraycopy(entries, index, entries, index + 1, count - index);
      heads[index] = head;
      entries[index] = entry;
      count++;
      endChange();
    }

    void replace(int index, long entry, long version) {
      beginChange();
      newest = version;
      entries[index] = entry;
      endChange();
    }

    /// A new leaf with the entries `from` to `to` of this one, and bounds of its own.
    Leaf part(EntryArena arena, int from, int to, byte[] partLower, byte @Nullable [] partUpper) {
      Leaf part = new Leaf(partLower, partUpper);
      part.newest = newest;
      System.arraycopy(entries, from, part.entries, 0, to - from);
      part.count = to - from;
      if (part.prefixLength == prefixLength) {
        // Mostly so, and it spares a look at each key, somewhere in memory.
        System.arraycopy(heads, from, part.heads, 0, part.count);
      } else {
        for (int i = 0; i < part.count; i++) {
          part.heads[i] = turned(arena.head(part.entries[i], part.prefixLength));
        }
      }
      return part;
    }
  }

  /// A node of children: `children[i]` holds the keys from `separators[i]` up to the next separator. The first
  /// separator is the node's lower bound.
  static final class Inner extends Node {
    final byte[][] separators = new byte[CAPACITY][];
    final Node[] children = new Node[CAPACITY];

    // No entry below has a greater version. Raised on the way down, before the entry is there.
    long newest;

    Inner(byte[] lower, byte @Nullable [] upper) {
      super(lower, upper);
    }

    /// Index of the child whose range holds a key.
    int childIndex(byte[] bytes, int keyOffset, int keyLength) {
      int most = Math.min(count, CAPACITY);
      long head = turned(Keys.head(bytes, keyOffset + prefixLength, keyOffset + keyLength));
      int low = firstNotLess(heads, 1, most, head);
      int high = low;
      while (high < most && heads[high] == head) {
        high++;
      }
      while (low < high) {
        int middle = (low + high) >>> 1;
        byte[] separator = separators[middle];
        // Null only for a reader whose view is torn; it will start over.
        boolean notAbove =
            separator != null
                && Arrays.compareUnsigned(
                        bytes, keyOffset, keyOffset + keyLength, separator, 0, separator.length)
                    >= 0;
        if (notAbove) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low - 1;
    }

    void add(byte[] separator, Node child) {
      heads[count] = turned(Keys.head(separator, prefixLength));
      separators[count] = separator;
      children[count] = child;
      count++;
    }

    /// Puts two nodes in the place of one.
    void replaceChild(int index, Node left, Node right) {
      beginChange();
      int moved = count - index - 1;
      System.arraycopy(heads, index + 1, heads, index + 2, moved);
      System.arraycopy(separators, index + 1, separators, index + 2, moved);
      System.arraycopy(children, index + 1, children, index + 2, moved);
      children[index] = left;
      children[index + 1] = right;
      separators[index + 1] = right.lower;
      heads[index + 1] = turned(Keys.head(right.lower, prefixLength));
      count++;
      endChange();
    }

    /// A new node with the children `from` to `to` of this one, and bounds of its own.
    Inner part(int from, int to, byte[] partLower, byte @Nullable [] partUpper) {
      Inner part = new Inner(partLower, partUpper);
      part.newest = newest;
      for (int i = from; i < to; i++) {
        part.add(separators[i], children[i]);
      }
      return part;
    }
  }
}
