package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.KeyRange;

/// Which entries a cursor shows.
///
/// @param range the keys
/// @param direction the order in which they come
/// @param version newest version that is seen
/// @param instantMillis the moment of the read: what has expired by then is not seen
public record ReadView(KeyRange range, Direction direction, long version, long instantMillis) {

  /// The order of keys.
  public enum Direction {
    /// From the least key to the greatest.
    FORWARD,
    /// From the greatest key to the least.
    REVERSE
  }

  /// Tells whether the keys come in descending order.
  ///
  /// @return true for [Direction#REVERSE]
  public boolean isReverse() {
    return direction == Direction.REVERSE;
  }

  /// The same view of fewer keys.
  ///
  /// @param bounds the keys left
  /// @return a view of what lies in both
  public ReadView within(KeyRange bounds) {
    return bounds.covers(range)
        ? this
        : new ReadView(range.intersect(bounds), direction, version, instantMillis);
  }
}
