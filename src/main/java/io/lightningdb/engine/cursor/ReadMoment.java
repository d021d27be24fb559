package io.lightningdb.engine.cursor;

/// The moment that a point read reads at. *Thread-safe.*
public interface ReadMoment {

  /// The newest version that is seen.
  ///
  /// @return a version; of a read in the present, a newer one each time
  long version();

  /// What has expired by then is not there. Asked for only by reads that meet an entry that expires.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  long instantMillis();

  /// A moment that stays the same.
  ///
  /// @param version the newest version that is seen
  /// @param instantMillis what has expired by then is not there
  /// @return the moment
  static ReadMoment of(long version, long instantMillis) {
    return new Fixed(version, instantMillis);
  }

  /// A moment that stays the same.
  ///
  /// @param version the newest version that is seen
  /// @param instantMillis what has expired by then is not there
  record Fixed(long version, long instantMillis) implements ReadMoment {}
}
