package io.lightningdb.engine;

import java.util.List;

/// Figures of one keyspace at one moment.
///
/// @param entries upper estimate of the number of live entries: versions and deletions that compactions have not yet
///     removed count too
/// @param expiringEntries entries in runs that will expire or have expired
/// @param expiredEntries about how many of these, at least, have expired and wait for a compaction
/// @param memtableBytes bytes held by its memtables
/// @param memtablesFrozen memtables that wait for their flush
/// @param runBytes bytes of its run files
/// @param runFiles number of its run files
/// @param compactionsRunning compactions begun and not done yet
/// @param levels sorted runs and run files by level, from the newest level to the oldest
public record KeyspaceStats(
    long entries,
    long expiringEntries,
    long expiredEntries,
    long memtableBytes,
    int memtablesFrozen,
    long runBytes,
    int runFiles,
    int compactionsRunning,
    List<Level> levels) {

  /// Copies the list.
  public KeyspaceStats {
    levels = List.copyOf(levels);
  }

  /// Bytes of run files that compactions have taken over already; they are free once all of the file is.
  ///
  /// @return in bytes, estimated
  public long deadBytes() {
    return Math.max(0, runBytes - levels.stream().mapToLong(Level::bytes).sum());
  }

  /// One level of a keyspace.
  ///
  /// @param level its number, 0 for flushed memtables
  /// @param sortedRuns number of sorted runs, each of which a read may have to look into
  /// @param runFiles number of run files and parts of them
  /// @param bytes bytes of theirs that were not merged yet, estimated for parts
  public record Level(int level, int sortedRuns, int runFiles, long bytes) {}
}
