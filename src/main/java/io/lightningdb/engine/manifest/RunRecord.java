package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.KeyRange;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// A run as the manifest knows it, or a part of one. Immutable.
///
/// Merges go through a range of keys step by step. What a step has merged no longer counts, so the bounds of its inputs
/// shrink until nothing is left of them and the file can go; a run that was merged in the middle is two parts of one
/// file.
///
/// @param fileId id of the file
/// @param place level and row
/// @param fileBytes size of the file
/// @param entries number of entries in the file
/// @param tombstones number of entries in the file that are deletions
/// @param leastVersion least version in the file
/// @param greatestVersion greatest version in the file
/// @param bounds keys that may be in it: what lies outside is not read, even if the file holds it
/// @param liveBytes how many bytes of the file lie inside the bounds: `fileBytes` for a whole run, else an estimate
///     below it
/// @param expiries when the entries of the file expire
public record RunRecord(
    long fileId,
    Place place,
    long fileBytes,
    long entries,
    long tombstones,
    long leastVersion,
    long greatestVersion,
    KeyRange bounds,
    long liveBytes,
    ExpirySummary expiries) {

  /// Checks that the part is not more than the whole.
  ///
  /// @throws IllegalArgumentException if it is
  public RunRecord {
    if (liveBytes < 1 || liveBytes > fileBytes) {
      throw new IllegalArgumentException(
          "%d bytes of the %d of run %d cannot be live".formatted(liveBytes, fileBytes, fileId));
    }
  }

  /// A whole run in which nothing expires.
  ///
  /// @param fileId id of the file
  /// @param place level and row
  /// @param fileBytes size of the file
  /// @param entries number of entries
  /// @param tombstones number of entries that are deletions
  /// @param leastVersion least version in it
  /// @param greatestVersion greatest version in it
  /// @param bounds keys that are in it
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
        fileBytes,
        ExpirySummary.NONE);
  }

  /// The same run with entries that expire.
  ///
  /// @param summary when they do
  /// @return a changed copy
  public RunRecord withExpiries(ExpirySummary summary) {
    return new RunRecord(
        fileId,
        place,
        fileBytes,
        entries,
        tombstones,
        leastVersion,
        greatestVersion,
        bounds,
        liveBytes,
        summary);
  }

  /// The part of the entries that has expired.
  ///
  /// @param millis the moment
  /// @return 0 to 1: a lower bound, at most an eighth of the expiring entries too low as a rule, and exact when all
  ///     have
  public double expiredShare(long millis) {
    return entries == 0 ? 0 : (double) expiries.expiredEntries(millis) / entries;
  }

  /// Tells whether no reader at a moment or later finds any entry of this run. Range deletions may be in it.
  ///
  /// @param millis the moment
  /// @return true if all its entries have expired
  public boolean isWhollyExpired(long millis) {
    return entries > 0 && expiries.entries() == entries && expiries.greatestMillis() <= millis;
  }

  /// Tells whether all that the file holds counts.
  ///
  /// @return false if parts of it were merged
  public boolean isWhole() {
    return liveBytes == fileBytes;
  }

  /// The share of the file that counts.
  ///
  /// @return above 0, up to 1
  public double liveShare() {
    return (double) liveBytes / fileBytes;
  }

  /// The same run elsewhere.
  ///
  /// @param newPlace level and row
  /// @return a changed copy
  public RunRecord at(Place newPlace) {
    return new RunRecord(
        fileId,
        newPlace,
        fileBytes,
        entries,
        tombstones,
        leastVersion,
        greatestVersion,
        bounds,
        liveBytes,
        expiries);
  }

  /// A part of the same run.
  ///
  /// @param part bounds inside these bounds, and not the same
  /// @param estimate bytes of the file inside them, as far as one knows
  /// @return a changed copy
  public RunRecord part(KeyRange part, long estimate) {
    long live = Math.clamp(estimate, 1, Math.max(1, fileBytes - 1));
    return new RunRecord(
        fileId,
        place,
        fileBytes,
        entries,
        tombstones,
        leastVersion,
        greatestVersion,
        part,
        live,
        expiries);
  }

  /// Size of the files of some runs, each counted once.
  ///
  /// @param runs parts or whole runs
  /// @return in bytes
  public static long fileBytes(Collection<RunRecord> runs) {
    Set<Long> counted = new HashSet<>();
    return runs.stream()
        .filter(run -> counted.add(run.fileId()))
        .mapToLong(RunRecord::fileBytes)
        .sum();
  }

  /// Where a run stands among the runs of its keyspace. Everything in a lower level is newer than everything of the
  /// same key in a higher one; within a level, everything in a greater row is newer. The runs of a row do not overlap.
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
