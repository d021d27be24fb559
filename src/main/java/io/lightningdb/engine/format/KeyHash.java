package io.lightningdb.engine.format;

/// The hash of keys in point indexes. On disk: never change.
///
/// Multiply and fold, with the odd constants of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), xxHash64 and Mulvey's "rrmxmx"
/// finisher.
public final class KeyHash {
  private KeyHash() {}

  private static final long WORD = 0x9E3779B97F4A7C15L;
  private static final long LENGTH = 0xC2B2AE3D27D4EB4FL;
  private static final long FINISH = 0xD6E8FEB86659FD93L;

  /// Hashes a key.
  ///
  /// @param key any key
  /// @return 64 bits
  public static long of(byte[] key) {
    long hash = key.length * LENGTH;
    int at = 0;
    for (; at + 8 <= key.length; at += 8) {
      hash = (hash ^ LittleEndian.u64(key, at)) * WORD;
      hash ^= hash >>> 32;
    }
    if (at < key.length) {
      hash = (hash ^ rest(key, at)) * WORD;
      hash ^= hash >>> 32;
    }
    hash *= FINISH;
    hash ^= hash >>> 32;
    hash *= FINISH;
    return hash ^ (hash >>> 32);
  }

  private static long rest(byte[] key, int from) {
    long word = 0;
    for (int i = key.length - 1; i >= from; i--) {
      word = (word << 8) | (key[i] & 0xFF);
    }
    return word;
  }
}
