package io.lightningdb.engine.format;

/// The moments at which entries can expire: milliseconds since 1970-01-01T00:00Z. An entry has expired at a moment if
/// its own is that one or an earlier one.
public final class ExpiryTime {
  private ExpiryTime() {}

  /// Stands for an entry that never expires. Not on disk: such an entry is a plain put.
  public static final long NEVER = Long.MAX_VALUE;

  /// A moment at which nothing has expired.
  public static final long BEFORE_ALL = 0;

  /// The first moment.
  public static final long MILLIS_MIN = 1;

  /// The last moment: the end of the year 9999.
  public static final long MILLIS_MAX = 253_402_300_799_999L;

  /// Bytes of the moment in front of the value of an expiring put.
  public static final int BYTES = Long.BYTES;

  /// Tells whether an expiring put may have a moment.
  ///
  /// @param millis any number
  /// @return false if it is out of range
  public static boolean isLegal(long millis) {
    return millis >= MILLIS_MIN && millis <= MILLIS_MAX;
  }
}
