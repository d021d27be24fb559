package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Range;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A range of keys as a test means it, which tells by itself which keys belong to it.
///
/// @param form how the bounds are meant
/// @param start the prefix, or the first key that may belong
/// @param end the first key behind the range, or null
/// @param reversed true to walk from the last key to the first
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record KeySpan(Form form, byte[] start, byte @Nullable [] end, boolean reversed) {

  /// How the bounds are meant.
  public enum Form {
    /// Every key.
    ALL,
    /// Keys that start with `start`.
    PREFIX,
    /// Keys at or after `start`.
    FROM,
    /// Keys at or after `start` and before `end`.
    BETWEEN
  }

  /// Every key, ascending.
  ///
  /// @return the span
  public static KeySpan all() {
    return new KeySpan(Form.ALL, new byte[0], null, false);
  }

  /// The keys at or after `start` and before `end`, ascending.
  ///
  /// @param start the first key that may belong
  /// @param end the first key behind the span, or null
  /// @return the span
  public static KeySpan between(byte[] start, byte @Nullable [] end) {
    return new KeySpan(Form.BETWEEN, start, end, false);
  }

  boolean isEmpty() {
    return form == Form.BETWEEN && end != null && Arrays.compareUnsigned(start, end) >= 0;
  }

  boolean contains(byte[] key) {
    return switch (form) {
      case ALL -> true;
      case PREFIX ->
          key.length >= start.length && Arrays.equals(key, 0, start.length, start, 0, start.length);
      case FROM -> Arrays.compareUnsigned(key, start) >= 0;
      case BETWEEN ->
          Arrays.compareUnsigned(key, start) >= 0
              && (end == null || Arrays.compareUnsigned(key, end) < 0);
    };
  }

  /// The same range as the engine takes it.
  ///
  /// @return a range
  public Range toRange() {
    Range range =
        switch (form) {
          case ALL -> Range.all();
          case PREFIX -> Range.prefix(start);
          case FROM -> Range.from(start);
          case BETWEEN -> Range.between(start, end);
        };
    return reversed ? range.reversed() : range;
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return "%s[%s, %s)%s"
        .formatted(
            form,
            hex.formatHex(start),
            end == null ? "" : hex.formatHex(end),
            reversed ? " reversed" : "");
  }
}
