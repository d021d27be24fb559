package io.lightningdb.engine.memtable;

import java.util.Arrays;

/// Tells of most keys that a memtable does not have them, without a walk through its tree.
///
/// A Bloom filter whose bits for one key lie in one word (Putze, Sanders and Singler, "Cache-, Hash- and
/// Space-Efficient Bloom Filters", WEA 2007), so that a look takes one load. It grows by parts, each for eight times
/// the keys of the one before and never changed in size (Almeida et al., "Scalable Bloom Filters", 2007): nothing is
/// ever entered again, so no put waits for that.
///
/// One thread adds. Any thread reads, without a lock: a reader that took its read version before it came here sees the
/// bits of every key up to that version, since a bit is set before the commit is made visible and never taken back.
final class KeyFilter {
  private static final int BITS_PER_KEY = 12;
  private static final int WORDS_FIRST = 16;
  private static final int GROWTH = 8;

  // 32 MiB: for more keys than a memtable of 1 GiB holds but for the smallest ones.
  private static final int WORDS_MAX = WORDS_FIRST << 18;

  // Replaced when it grows; a part is in place before any of its keys is visible.
  private volatile long[][] parts = {new long[WORDS_FIRST]};

  // Of all parts: every put asks.
  private volatile long bytes = bytesMin();

  // Confined to the writer: how many more keys the last part is for.
  private int room = keysOf(WORDS_FIRST);

  private static int keysOf(int words) {
    return (int) ((long) words * Long.SIZE / BITS_PER_KEY);
  }

  /// Adds a key.
  ///
  /// @param hash of the key
  void add(long hash) {
    if (room == 0) {
      grow();
    }
    room--;
    long[] last = parts[parts.length - 1];
    last[word(hash, last.length)] |= bits(hash);
  }

  private void grow() {
    long[][] all = parts;
    int words = Math.min(all[all.length - 1].length * GROWTH, WORDS_MAX);
    long[][] grown = Arrays.copyOf(all, all.length + 1);
    grown[all.length] = new long[words];
    parts = grown;
    bytes = bytes() + (long) words * Long.BYTES;
    room = keysOf(words);
  }

  /// Tells whether a key may have been added.
  ///
  /// @param hash of the key
  /// @return false if it certainly was not
  boolean mayContain(long hash) {
    long bits = bits(hash);
    for (long[] part : parts) {
      if ((part[word(hash, part.length)] & bits) == bits) {
        return true;
      }
    }
    return false;
  }

  /// Memory held.
  ///
  /// @return in bytes
  long bytes() {
    return bytes;
  }

  /// Memory held while there are few keys.
  ///
  /// @return in bytes
  static long bytesMin() {
    return (long) WORDS_FIRST * Long.BYTES;
  }

  /// By the upper half of the hash: the lengths are powers of two.
  private static int word(long hash, int length) {
    return (int) (hash >>> 32) & (length - 1);
  }

  /// Four bits by the lower half of the hash, some of which may be the same.
  private static long bits(long hash) {
    return 1L << hash | 1L << (hash >>> 6) | 1L << (hash >>> 12) | 1L << (hash >>> 18);
  }
}
