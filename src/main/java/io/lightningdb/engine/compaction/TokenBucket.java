package io.lightningdb.engine.compaction;

/// Bytes that may be written: they come in at a rate, gather up to a small store, and may be overdrawn by the last
/// writer. Time is told to it. *Confined to the holder of a lock.*
final class TokenBucket {
  private static final double STORE_SECONDS = 0.1;
  private static final double OVERDRAFT_SECONDS = 1;
  private static final double NANOS_PER_SECOND = 1e9;

  private final double bytesPerSecond;
  private double level;
  private long filledNanos;

  /// Makes a full bucket.
  ///
  /// @param bytesPerSecond the rate, above 0
  /// @param nowNanos the time
  TokenBucket(double bytesPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.level = store();
    this.filledNanos = nowNanos;
  }

  private double store() {
    return bytesPerSecond * STORE_SECONDS;
  }

  /// Lets what has come in since the last time be used.
  ///
  /// @param nowNanos the time
  /// @param speed how many times the rate it came in at, 1 or more
  /// @param usedBytes what those have taken meanwhile who never wait. They do not overdraw the bucket by more than a
  ///     second, so that a long time of theirs is not paid for afterwards
  void fill(long nowNanos, double speed, long usedBytes) {
    double seconds = (nowNanos - filledNanos) / NANOS_PER_SECOND;
    filledNanos = nowNanos;
    double floor = Math.min(level, -bytesPerSecond * OVERDRAFT_SECONDS);
    double filled = level + bytesPerSecond * speed * seconds - usedBytes;
    level = Math.clamp(filled, floor, store());
  }

  /// Takes what was written.
  ///
  /// @param bytes how much
  void take(long bytes) {
    level -= bytes;
  }

  /// How long to wait before more may be written.
  ///
  /// @param share how full the bucket has to be, 0 or more and below 1
  /// @param speed how many times the rate comes in
  /// @return in nanoseconds, 0 for not at all
  long nanosUntil(double share, double speed) {
    double missing = share * store() - level;
    return missing < 0 ? 0 : 1 + (long) (missing / (bytesPerSecond * speed) * NANOS_PER_SECOND);
  }
}
