package io.lightningdb.engine.format;

/// Facts that later engines may add at the end of a structure: each a number, a length and bytes, ascending by number.
public final class Attributes {
  /// From this number on, engines that do not know an attribute do without it.
  static final int OPTIONAL_MIN = 64;

  private Attributes() {}

  /// Passes the attributes up to the end of what holds them. This engine knows none.
  ///
  /// @param in stands in front of the first one, or at the end
  /// @throws IllegalArgumentException if one of them has to be known, or the bytes are no attributes
  public static void pass(ByteReader in) {
    long before = -1;
    while (in.hasMore()) {
      long number = in.varintUpTo(Integer.MAX_VALUE);
      if (number <= before) {
        throw new IllegalArgumentException("attribute " + number + " is out of order");
      }
      if (number < OPTIONAL_MIN) {
        throw new IllegalArgumentException("attribute " + number + " is unknown");
      }
      in.bytes(Integer.MAX_VALUE);
      before = number;
    }
  }
}
