package io.lightningdb.engine;

import java.time.Duration;

/// What transactions may use up. Immutable.
///
/// @param openMax most transactions open at a time, 1 to 1,000,000
/// @param bytesMax most that one may keep of its writes, its locks and, if serializable, its reads, in bytes, 1 KiB to
///     64 MiB
/// @param ageMax greatest age that one may ask for, 1 ms to 1 day
/// @param lockWaitMax longest wait for a lock, up to 1 hour
public record TransactionLimits(int openMax, int bytesMax, Duration ageMax, Duration lockWaitMax) {
  /// Greatest value of `openMax`.
  public static final int OPEN_MAX = 1_000_000;

  private static final TransactionLimits DEFAULTS =
      new TransactionLimits(10_000, 10 << 20, Duration.ofMinutes(5), Duration.ofSeconds(10));

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if a limit is out of range
  public TransactionLimits {
    boolean valid =
        openMax >= 1
            && openMax <= OPEN_MAX
            && bytesMax >= 1024
            && bytesMax <= 64 << 20
            && ageMax.toMillis() >= 1
            && ageMax.compareTo(Duration.ofDays(1)) <= 0
            && !lockWaitMax.isNegative()
            && lockWaitMax.compareTo(Duration.ofHours(1)) <= 0;
    if (!valid) {
      throw new IllegalArgumentException(
          "transactions: openMax=%d has to be 1..1000000, bytesMax=%d 1024..%d, ageMax=%s 1 ms..1 day, lockWaitMax=%s up to 1 hour"
              .formatted(openMax, bytesMax, 64 << 20, ageMax, lockWaitMax));
    }
  }

  /// 10,000 transactions, 10 MiB each, 5 minutes, waits of 10 seconds.
  ///
  /// @return the defaults
  public static TransactionLimits defaults() {
    return DEFAULTS;
  }
}
