package io.lightningdb.engine.backup;

/// Decides how long to wait so that a stream of bytes does not exceed a rate. *Confined to one thread.*
public final class RateLimit {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecondMax;
  private boolean started;
  private long freeNanos;

  /// Starts without bytes.
  ///
  /// @param bytesPerSecondMax the rate; 0 for no limit
  public RateLimit(long bytesPerSecondMax) {
    this.bytesPerSecondMax = bytesPerSecondMax;
  }

  /// Counts bytes that have gone by.
  ///
  /// @param bytes how many
  /// @param nowNanos the time
  /// @return how long to wait before the next, in nanoseconds
  public long take(long bytes, long nowNanos) {
    if (bytesPerSecondMax == 0) {
      return 0;
    }
    // Time in which nothing came is not saved up.
    long from = started && freeNanos - nowNanos > 0 ? freeNanos : nowNanos;
    started = true;
    freeNanos = from + (long) (bytes * NANOS_PER_SECOND / bytesPerSecondMax);
    return freeNanos - nowNanos;
  }
}
