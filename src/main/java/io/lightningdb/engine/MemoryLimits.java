package io.lightningdb.engine;

/// How much memory a database may use. Immutable.
///
/// Memtables of all keyspaces together are flushed early from a fifth of it on, and writes wait when they take two
/// fifths; transactions take a fifth at most. Files are mapped, and not counted.
///
/// @param bytesMax what all parts together may take, in bytes, at least 4 MiB
/// @param cacheBytesMax most of it that may hold decompressed blocks, in bytes; 0 for no cache. The cache gets what the
///     other parts leave of `bytesMax` in any case
public record MemoryLimits(long bytesMax, long cacheBytesMax) {
  private static final long BYTES_MIN = 4L << 20;

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException naming the limit that is out of range, its value and the range
  public MemoryLimits {
    if (bytesMax < BYTES_MIN) {
      throw new IllegalArgumentException(
          "memory bytesMax=" + bytesMax + " is less than " + BYTES_MIN);
    }
    if (cacheBytesMax < 0) {
      throw new IllegalArgumentException("cacheBytesMax=" + cacheBytesMax + " is negative");
    }
  }

  /// Half of the greatest heap of this JVM, and a cache of any size within it.
  ///
  /// @return the defaults
  public static MemoryLimits defaults() {
    return new MemoryLimits(
        Math.max(BYTES_MIN, Runtime.getRuntime().maxMemory() / 2), Long.MAX_VALUE);
  }

  /// These limits with another bound of the cache.
  ///
  /// @param bytes in bytes; 0 for no cache
  /// @return a changed copy
  public MemoryLimits withCacheBytesMax(long bytes) {
    return new MemoryLimits(bytesMax, bytes);
  }
}
