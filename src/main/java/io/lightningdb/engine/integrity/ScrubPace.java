package io.lightningdb.engine.integrity;

import java.time.Duration;

/// How fast and how often everything on disk is verified again. Immutable.
///
/// @param bytesPerSecond what is read in a second, in bytes: at least 64 KiB, or 0 for no scrubbing at all. While
///     flushes and merges are behind, an eighth of it
/// @param interval time from the begin of one pass over everything to the begin of the next, one minute to a year; a
///     pass that takes longer is followed by the next at once
public record ScrubPace(long bytesPerSecond, Duration interval) {
  /// The least rate above 0.
  public static final long BYTES_PER_SECOND_MIN = 64 << 10;

  private static final Duration INTERVAL_MIN = Duration.ofMinutes(1);
  private static final Duration INTERVAL_MAX = Duration.ofDays(366);

  /// No scrubbing.
  public static final ScrubPace OFF = new ScrubPace(0, Duration.ofDays(7));

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming what is out of range, its value and the range
  public ScrubPace {
    if (bytesPerSecond != 0 && bytesPerSecond < BYTES_PER_SECOND_MIN) {
      throw new IllegalArgumentException(
          "bytesPerSecond=%d is neither 0 nor at least %d"
              .formatted(bytesPerSecond, BYTES_PER_SECOND_MIN));
    }
    if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "interval=%s is outside %s..%s".formatted(interval, INTERVAL_MIN, INTERVAL_MAX));
    }
  }

  /// Tells whether anything is to be scrubbed.
  ///
  /// @return false if the rate is 0
  public boolean isOn() {
    return bytesPerSecond > 0;
  }
}
