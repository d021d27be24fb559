package io.lightningdb.engine;

import java.util.List;

/// Figures of one keyspace at one moment.
///
/// @param entries upper estimate of the number of live entries: versions and deletions that merges have not yet removed
///     count too
/// @param expiringEntries entries in runs that will expire or have expired
/// @param expiredEntries about how many of these, at least, have expired and wait for a merge
/// @param memtableBytes bytes held by its memtables
/// @param memtablesFrozen memtables that wait for their flush
/// @param runBytes bytes of its run files
/// @param runs number of its run files
/// @param mergesUnderWay merges begun and not done yet
/// @param levels rows and runs by level, from the newest level to the oldest
public record KeyspaceStats(
    long entries,
    long expiringEntries,
    long expiredEntries,
    long memtableBytes,
    int memtablesFrozen,
    long runBytes,
    int runs,
    int mergesUnderWay,
    List<Level> levels) {

  /// Copies the list.
  public KeyspaceStats {
    levels = List.copyOf(levels);
  }

  /// Bytes of run files that merges have taken over already; they are free once all of the file is.
  ///
  /// @return in bytes, estimated
  public long deadBytes() {
    return Math.max(0, runBytes - levels.stream().mapToLong(Level::bytes).sum());
  }

  /// One level of a keyspace.
  ///
  /// @param level its number, 0 for flushed memtables
  /// @param rows number of rows, each of which a read may have to look into
  /// @param runs number of runs and parts of runs
  /// @param bytes bytes of theirs that were not merged yet, estimated for parts
  public record Level(int level, int rows, int runs, long bytes) {}
}
