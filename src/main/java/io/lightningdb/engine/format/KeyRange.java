package io.lightningdb.engine.format;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The keys from `lower` up to, but not including, `upper`. Immutable: the arrays are not changed.
public final class KeyRange {
  /// Every key.
  public static final KeyRange ALL = new KeyRange(new byte[0], null);

  private final byte[] lower;
  private final byte @Nullable [] upper;

  /// Makes a range. The arrays are not copied.
  ///
  /// @param lower the least key of the range
  /// @param upper the least key behind it, or null for no bound
  public KeyRange(byte[] lower, byte @Nullable [] upper) {
    this.lower = lower;
    this.upper = upper;
  }

  /// The lower bound.
  ///
  /// @return the least key of the range
  public byte[] lower() {
    return lower;
  }

  /// The upper bound.
  ///
  /// @return the least key behind the range, or null if it has no end
  public byte @Nullable [] upper() {
    return upper;
  }

  /// Tells whether no key can lie in the range.
  ///
  /// @return true if the bounds leave no room
  public boolean isEmpty() {
    return upper != null && Arrays.compareUnsigned(lower, upper) >= 0;
  }

  /// Tells whether a key lies in the range.
  ///
  /// @param key any key
  /// @return true if it does
  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(key, lower) >= 0 && isBelowUpper(key);
  }

  /// Tells whether a key lies before the end of the range.
  ///
  /// @param key any key
  /// @return true if it is less than the upper bound
  public boolean isBelowUpper(byte[] key) {
    return upper == null || Arrays.compareUnsigned(key, upper) < 0;
  }

  /// Tells whether two ranges share a key, provided neither is empty.
  ///
  /// @param other another range
  /// @return true if they overlap
  public boolean overlaps(KeyRange other) {
    return other.isBelowUpper(lower) && isBelowUpper(other.lower);
  }

  /// Tells whether all of the other range lies in this one.
  ///
  /// @param other another range
  /// @return true if it does
  public boolean covers(KeyRange other) {
    return Arrays.compareUnsigned(lower, other.lower) <= 0 && compareUpper(upper, other.upper) >= 0;
  }

  /// The keys that lie in both.
  ///
  /// @param other another range
  /// @return the common part, possibly empty
  public KeyRange intersect(KeyRange other) {
    byte[] newLower = Arrays.compareUnsigned(lower, other.lower) >= 0 ? lower : other.lower;
    return new KeyRange(newLower, compareUpper(upper, other.upper) <= 0 ? upper : other.upper);
  }

  /// The least range that holds both.
  ///
  /// @param other another range
  /// @return the hull
  public KeyRange hull(KeyRange other) {
    byte[] newLower = Arrays.compareUnsigned(lower, other.lower) <= 0 ? lower : other.lower;
    return new KeyRange(newLower, compareUpper(upper, other.upper) >= 0 ? upper : other.upper);
  }

  /// Compares upper bounds; no bound is the greatest.
  ///
  /// @param a an upper bound
  /// @param b an upper bound
  /// @return negative, zero or positive as `a` is less than, equal to or greater than `b`
  public static int compareUpper(byte @Nullable [] a, byte @Nullable [] b) {
    if (a == null) {
      return b == null ? 0 : 1;
    }
    return b == null ? -1 : Arrays.compareUnsigned(a, b);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange that
        && Arrays.equals(lower, that.lower)
        && Arrays.equals(upper, that.upper);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(lower) + Arrays.hashCode(upper);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return "[" + hex.formatHex(lower) + ", " + (upper == null ? "end" : hex.formatHex(upper)) + ")";
  }
}
