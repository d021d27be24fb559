package io.lightningdb.engine.format;

import java.util.ArrayList;
import java.util.List;

/// When the expiring entries of a run expire, in short. Immutable.
///
/// Point `i` is a moment by which at least `i` eighths of them have expired. The first point is when the first one
/// expires, the last point when the last one does; those between may be later than need be.
///
/// @param entries number of expiring entries
/// @param points [#POINTS] moments, ascending; none if there are no such entries
public record ExpirySummary(long entries, List<Long> points) {
  /// Number of points.
  public static final int POINTS = 9;

  private static final int PARTS = POINTS - 1;

  /// Nothing expires.
  public static final ExpirySummary NONE = new ExpirySummary(0, List.of());

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if they contradict themselves
  public ExpirySummary {
    points = List.copyOf(points);
    boolean valid = entries >= 0 && points.size() == (entries == 0 ? 0 : POINTS);
    for (int i = 0; valid && i < points.size(); i++) {
      valid = ExpiryTime.isLegal(points.get(i)) && (i == 0 || points.get(i) >= points.get(i - 1));
    }
    if (!valid) {
      throw new IllegalArgumentException(
          entries + " expiring entries cannot have the points " + points);
    }
  }

  /// When the first entry expires.
  ///
  /// @return a moment; [ExpiryTime#NEVER] if nothing expires
  public long leastMillis() {
    return entries == 0 ? ExpiryTime.NEVER : points.getFirst();
  }

  /// When the last of the expiring entries expires.
  ///
  /// @return a moment; [ExpiryTime#NEVER] if nothing expires
  public long greatestMillis() {
    return entries == 0 ? ExpiryTime.NEVER : points.getLast();
  }

  /// How many entries have expired.
  ///
  /// @param millis the moment
  /// @return a lower bound, exact at the ends
  public long expiredEntries(long millis) {
    int reached = 0;
    while (reached < points.size() && points.get(reached) <= millis) {
      reached++;
    }
    return switch (reached) {
      case 0 -> 0;
      case 1 -> 1;
      case POINTS -> entries;
      // Without overflow: the part that divides, and the rest.
      default ->
          Math.max(1, entries / PARTS * (reached - 1) + entries % PARTS * (reached - 1) / PARTS);
    };
  }

  /// Encodes the summary.
  ///
  /// @param out gets the bytes
  public void write(ByteWriter out) {
    out.varint(entries);
    long last = 0;
    for (long point : points) {
      out.varint(point - last);
      last = point;
    }
  }

  /// Decodes a summary.
  ///
  /// @param in starts with one
  /// @return the summary
  /// @throws IllegalArgumentException if its numbers are out of range
  public static ExpirySummary read(ByteReader in) {
    long entries = in.varintUpTo(Long.MAX_VALUE);
    List<Long> points = new ArrayList<>();
    long last = 0;
    for (int i = 0; entries > 0 && i < POINTS; i++) {
      last += in.varintUpTo(ExpiryTime.MILLIS_MAX);
      points.add(last);
    }
    return new ExpirySummary(entries, points);
  }
}
