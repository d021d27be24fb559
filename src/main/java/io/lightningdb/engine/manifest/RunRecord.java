package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.KeyRange;

/// A run as the manifest knows it. Immutable.
///
/// @param fileId id of the file
/// @param place level and row
/// @param fileBytes size of the file
/// @param entries number of entries
/// @param tombstones number of entries that are deletions
/// @param leastVersion least version in it
/// @param greatestVersion greatest version in it
/// @param bounds keys that may be in it: what lies outside is not read, even if the file holds it
/// @param expiries when its entries expire
public record RunRecord(
    long fileId,
    Place place,
    long fileBytes,
    long entries,
    long tombstones,
    long leastVersion,
    long greatestVersion,
    KeyRange bounds,
    ExpirySummary expiries) {

  /// A run in which nothing expires.
  ///
  /// @param fileId as above
  /// @param place as above
  /// @param fileBytes as above
  /// @param entries as above
  /// @param tombstones as above
  /// @param leastVersion as above
  /// @param greatestVersion as above
  /// @param bounds as above
  public RunRecord(
      long fileId,
      Place place,
      long fileBytes,
      long entries,
      long tombstones,
      long leastVersion,
      long greatestVersion,
      KeyRange bounds) {
    this(
        fileId,
        place,
        fileBytes,
        entries,
        tombstones,
        leastVersion,
        greatestVersion,
        bounds,
        ExpirySummary.NONE);
  }

  /// The part of the entries that has expired.
  ///
  /// @param millis the moment
  /// @return 0 to 1: a lower bound, at most an eighth of the expiring entries too low as a rule, and exact when all have
  public double expiredShare(long millis) {
    return entries == 0 ? 0 : (double) expiries.expiredEntries(millis) / entries;
  }

  /// Tells whether nobody who reads at a moment or later finds any entry of this run. Range deletions may be in it.
  ///
  /// @param millis the moment
  /// @return true if all its entries have expired
  public boolean isWhollyExpired(long millis) {
    return entries > 0 && expiries.entries() == entries && expiries.greatestMillis() <= millis;
  }

  /// Where a run stands among the runs of its keyspace. Everything in a lower level is newer than everything of the same
  /// key in a higher one; within a level, everything in a greater row is newer. The runs of a row do not overlap.
  ///
  /// @param level 0 for flushed memtables
  /// @param row number of the row, unique in the database
  public record Place(int level, long row) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int levels = Integer.compare(level, other.level);
      return levels != 0 ? levels : Long.compare(other.row, row);
    }
  }
}
