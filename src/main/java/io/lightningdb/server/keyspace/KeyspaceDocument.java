package io.lightningdb.server.keyspace;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceStats;
import java.util.List;

/// A keyspace as JSON.
///
/// @param name its name
/// @param options how it stores its entries
/// @param statistics how much it holds
record KeyspaceDocument(String name, OptionsDocument options, Statistics statistics) {

  /// How much a keyspace holds.
  ///
  /// @param entries upper estimate of the number of entries: replaced and deleted ones count until they are merged away
  /// @param expiringEntries entries in runs that will expire or have expired
  /// @param expiredEntries how many of these have expired and wait for a compaction, at least
  /// @param bytes bytes of its memtables and runs
  /// @param memtableBytes bytes held by its memtables
  /// @param memtablesFrozen memtables that wait for their flush
  /// @param runFiles number of its run files
  /// @param runBytes bytes of its run files
  /// @param sortedRunsPerRead sorted runs that a read may have to look into: 1 or less is a B+Tree, more is an LSM tree
  /// @param levels sorted runs and run files by level
  record Statistics(
      long entries,
      long expiringEntries,
      long expiredEntries,
      long bytes,
      long memtableBytes,
      int memtablesFrozen,
      int runFiles,
      long runBytes,
      int sortedRunsPerRead,
      List<KeyspaceStats.Level> levels) {}

  /// Describes a keyspace.
  ///
  /// @param keyspace any keyspace
  /// @return its JSON form at this moment
  static KeyspaceDocument of(Keyspace keyspace) {
    KeyspaceStats stats = keyspace.stats();
    int sortedRuns = stats.levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum();
    Statistics statistics =
        new Statistics(
            stats.entries(),
            stats.expiringEntries(),
            stats.expiredEntries(),
            stats.memtableBytes() + stats.runBytes(),
            stats.memtableBytes(),
            stats.memtablesFrozen(),
            stats.runFiles(),
            stats.runBytes(),
            sortedRuns,
            stats.levels());
    return new KeyspaceDocument(
        keyspace.name(), OptionsDocument.of(keyspace.options()), statistics);
  }
}
