package io.lightningdb.engine.format;

/// The hash of keys in point indexes. On disk: never change.
///
/// Multiply and fold, with the odd constants of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), xxHash64 and Mulvey's
/// "rrmxmx" finisher.
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
    return of(key, 0, key.length);
  }

  /// Hashes a key that is a range of an array.
  ///
  /// @param bytes holds the key
  /// @param offset index of its first byte
  /// @param length its length
  /// @return 64 bits
  public static long of(byte[] bytes, int offset, int length) {
    long hash = length * LENGTH;
    int at = offset;
    int end = offset + length;
    for (; at + 8 <= end; at += 8) {
      hash = (hash ^ LittleEndian.u64(bytes, at)) * WORD;
      hash ^= hash >>> 32;
    }
    if (at < end) {
      hash = (hash ^ rest(bytes, at, end)) * WORD;
      hash ^= hash >>> 32;
    }
    hash *= FINISH;
    hash ^= hash >>> 32;
    hash *= FINISH;
    return hash ^ (hash >>> 32);
  }

  private static long rest(byte[] bytes, int from, int to) {
    long word = 0;
    for (int i = to - 1; i >= from; i--) {
      word = (word << 8) | (bytes[i] & 0xFF);
    }
    return word;
  }
}
