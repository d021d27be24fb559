package io.lightningdb.engine.backup;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A row of commits in the archive, or one that is missing there for good. Immutable.
///
/// @param timeline the life of the database that made them
/// @param first version of the first
/// @param last version of the last, not less than the first
/// @param isGap whether the commits are missing
public record ArchiveRange(long timeline, long first, long last, boolean isGap) {
  /// Prefixes of the names of all pieces, and of all gaps.
  static final String PIECE = "archive-";

  static final String GAP = "gap-";

  private static final Pattern NAME =
      Pattern.compile("(archive|gap)-([0-9a-f]{8})-([0-9a-f]{16})-([0-9a-f]{16})");
  private static final int TIMELINE_SHIFT = 32;

  /// Checks the order.
  ///
  /// @throws IllegalArgumentException if the last comes before the first
  public ArchiveRange {
    if (first > last || first < 1) {
      throw new IllegalArgumentException("first=" + first + ", last=" + last);
    }
  }

  /// The life of a database that a state belongs to.
  ///
  /// @param nextFileId the file id that comes next
  /// @return 0 for the first, greater for each restore
  public static long timeline(long nextFileId) {
    return nextFileId >>> TIMELINE_SHIFT;
  }

  /// Prefixes of the names of a life's objects.
  static String prefix(long timeline, boolean gaps) {
    return (gaps ? GAP : PIECE) + HexFormat.of().toHexDigits((int) timeline) + "-";
  }

  String object() {
    HexFormat hex = HexFormat.of();
    return prefix(timeline, isGap) + hex.toHexDigits(first) + "-" + hex.toHexDigits(last);
  }

  static Optional<ArchiveRange> ofObject(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = HexFormat.fromHexDigitsToLong(matcher.group(3));
    long last = HexFormat.fromHexDigitsToLong(matcher.group(4));
    long timeline = HexFormat.fromHexDigitsToLong(matcher.group(2));
    return first < 1 || first > last
        ? Optional.empty()
        : Optional.of(new ArchiveRange(timeline, first, last, matcher.group(1).equals("gap")));
  }

  @Override
  public String toString() {
    return first == last ? "commit " + first : "commits " + first + " to " + last;
  }
}
