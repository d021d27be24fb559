package io.lightningdb.engine.cache;

/// A caller needs memory that others hold, and did not get it in time. Nothing was done; trying again later helps.
public final class MemoryRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long bytesMax;
  private final long bytes;

  /// Made by [MemoryLease].
  ///
  /// @param bytesMax what there is for all
  /// @param bytes what was asked for
  MemoryRefusedException(long bytesMax, long bytes) {
    super(
        "other requests hold the memory that this one needs: %d bytes, out of %d for all of them"
            .formatted(bytes, bytesMax));
    this.bytesMax = bytesMax;
    this.bytes = bytes;
  }

  /// What there is for all callers.
  ///
  /// @return in bytes
  public long bytesMax() {
    return bytesMax;
  }

  /// What was asked for.
  ///
  /// @return in bytes
  public long bytes() {
    return bytes;
  }
}
