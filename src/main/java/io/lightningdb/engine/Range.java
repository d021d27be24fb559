package io.lightningdb.engine;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import org.jspecify.annotations.Nullable;

/// A half-open range of keys, `start <= key < end`, and the direction to walk it. Immutable; keys are compared as
/// unsigned bytes.
public final class Range {
  private static final Range ALL = new Range(KeyRange.ALL, false);

  private final KeyRange keys;
  private final boolean reversed;

  private Range(KeyRange keys, boolean reversed) {
    this.keys = keys;
    this.reversed = reversed;
  }

  /// Every key, ascending.
  ///
  /// @return the whole keyspace
  public static Range all() {
    return ALL;
  }

  /// The keys that start with `prefix`, ascending.
  ///
  /// @param prefix any bytes; an empty prefix means every key
  /// @return the range
  public static Range prefix(byte[] prefix) {
    return new Range(new KeyRange(prefix.clone(), Keys.afterPrefix(prefix)), false);
  }

  /// The keys at or after `start`, ascending.
  ///
  /// @param start the first key that may be in the range
  /// @return the range
  public static Range from(byte[] start) {
    return new Range(new KeyRange(start.clone(), null), false);
  }

  /// The keys at or after `start` and before `end`, ascending; none where `end` is not after `start`.
  ///
  /// @param start the first key that may be in the range
  /// @param end the first key after the range, or null for no bound
  /// @return the range
  public static Range between(byte[] start, byte @Nullable [] end) {
    return new Range(new KeyRange(start.clone(), end == null ? null : end.clone()), false);
  }

  /// The same keys in the other direction.
  ///
  /// @return the range, turned round
  public Range reversed() {
    return new Range(keys, !reversed);
  }

  /// Tells the direction.
  ///
  /// @return true if keys are walked from the last to the first
  public boolean isReversed() {
    return reversed;
  }

  /// Tells whether a key lies in the range.
  ///
  /// @param key any key
  /// @return true if it does
  public boolean contains(byte[] key) {
    return keys.contains(key);
  }

  KeyRange keys() {
    return keys;
  }
}
