package io.lightningdb.server.web;

import io.lightningdb.engine.format.KeyRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bounds of a range of keys as people see them. Immutable.
///
/// @param first the least key of the range
/// @param last the greatest key of the range, or null if only `end` is known
/// @param end the least key behind the range, or null if `last` is known or there is no bound
public record ShownKeys(ShownKey first, @Nullable ShownKey last, @Nullable ShownKey end) {

  /// Shows a range.
  ///
  /// @param range any keys
  /// @return its bounds
  public static ShownKeys of(KeyRange range) {
    ShownKey first = ShownKey.of(range.lower());
    byte[] upper = range.upper();
    if (upper == null) {
      return new ShownKeys(first, null, null);
    }
    // The least key behind another is that key with a zero behind it.
    if (upper.length > 1 && upper[upper.length - 1] == 0) {
      return new ShownKeys(first, ShownKey.of(Arrays.copyOf(upper, upper.length - 1)), null);
    }
    return new ShownKeys(first, null, ShownKey.of(upper));
  }
}
