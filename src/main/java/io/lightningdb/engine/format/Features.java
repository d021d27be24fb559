package io.lightningdb.engine.format;

import java.util.List;

/// Parts of format 3 that a file may have or not: a bit for each, in the u32 behind the number of its format.
/// `README.md` has the list.
///
/// A reader that does not know a bit that is set cannot read the file.
public final class Features {
  /// A file that has none.
  public static final int NONE = 0;

  // All bits that this engine reads.
  private static final int KNOWN = NONE;

  // From bit 0 on, for messages: bits that are reserved have names already.
  private static final List<String> NAMES =
      List.of(
          "operands",
          "values-apart",
          "values-in-log",
          "ingest",
          "encryption",
          "group",
          "derived",
          "dictionaries",
          "filters");

  private Features() {}

  /// Tells whether this engine reads a file with these features.
  ///
  /// @param features 32 bits, as they stand in the file
  /// @return false if a bit is set that it does not know
  public static boolean areReadable(int features) {
    return (features & ~KNOWN) == 0;
  }

  /// What cannot be read of a file, in words.
  ///
  /// @param features 32 bits, at least one of them unknown
  /// @return the lowest unknown bit and its name
  public static String unknown(int features) {
    int bit = Integer.numberOfTrailingZeros(features & ~KNOWN);
    String name = bit < NAMES.size() ? NAMES.get(bit) : "without a name so far";
    return "feature bit " + bit + " (" + name + ")";
  }
}
