package io.lightningdb.engine.manifest;

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
public record RunRecord(
    long fileId,
    Place place,
    long fileBytes,
    long entries,
    long tombstones,
    long leastVersion,
    long greatestVersion,
    KeyRange bounds) {

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
