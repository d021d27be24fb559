package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceStats;
import io.lightningdb.server.web.Words;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/// `/actuator/compaction`: how flushes and compactions keep up with writes, and what each keyspace looks like.
@Component
@Endpoint(id = "compaction")
class CompactionEndpoint {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  CompactionEndpoint(Database database) {
    this.database = database;
  }

  /// Flushes and compactions at one moment.
  ///
  /// @param flushBacklog how far flushes are behind, 0 to 1: above 0 writes are slowed down, at 1 they wait
  /// @param compactionBacklog how far compactions are behind, likewise
  /// @param writeWaits writes that waited since the start
  /// @param writeWaitMillis time they waited, in milliseconds
  /// @param done what was done since the start
  /// @param keyspaces each keyspace, by name
  record CompactionDocument(
      double flushBacklog,
      double compactionBacklog,
      long writeWaits,
      long writeWaitMillis,
      Done done,
      List<KeyspaceRuns> keyspaces) {}

  /// What was done since the start.
  ///
  /// @param flushes memtables flushed
  /// @param flushBytes bytes of the runs they became
  /// @param compactions compactions of runs
  /// @param compactionBytesRead bytes of runs read by compactions
  /// @param compactionBytesWritten bytes of runs written by compactions
  /// @param runFilesMoved run files that went to another level without being rewritten
  /// @param runFilesDropped run files that went because no reader could see anything of them
  record Done(
      long flushes,
      long flushBytes,
      long compactions,
      long compactionBytesRead,
      long compactionBytesWritten,
      long runFilesMoved,
      long runFilesDropped) {
    private static Done of(EngineStats stats) {
      return new Done(
          stats.flushes(),
          stats.flushBytes(),
          stats.compactions(),
          stats.compactionBytesRead(),
          stats.compactionBytesWritten(),
          stats.runFilesMoved(),
          stats.runFilesDropped());
    }
  }

  /// The runs of a keyspace.
  ///
  /// @param name its name
  /// @param layout how eagerly its runs are merged
  /// @param effectiveLayout the same, or what the layout `auto` has come to
  /// @param memtablesFrozen memtables that wait for their flush
  /// @param compactionsRunning compactions begun and not done yet
  /// @param sortedRuns sorted runs, each of which a read may have to look into
  /// @param runFiles number of its run files
  /// @param runBytes bytes of its run files
  /// @param deadBytes bytes of them that compactions have taken over already
  /// @param levels sorted runs, run files and bytes by level
  record KeyspaceRuns(
      String name,
      String layout,
      String effectiveLayout,
      int memtablesFrozen,
      int compactionsRunning,
      int sortedRuns,
      int runFiles,
      long runBytes,
      long deadBytes,
      List<KeyspaceStats.Level> levels) {
    private static Stream<KeyspaceRuns> of(Keyspace keyspace) {
      try {
        return Stream.of(of(keyspace, keyspace.stats()));
      } catch (EngineException.KeyspaceNotFound _) {
        // Dropped a moment ago.
        return Stream.empty();
      }
    }

    private static KeyspaceRuns of(Keyspace keyspace, KeyspaceStats stats) {
      return new KeyspaceRuns(
          keyspace.name(),
          Words.of(keyspace.options().layout()),
          Words.of(keyspace.effectiveLayout()),
          stats.memtablesFrozen(),
          stats.compactionsRunning(),
          stats.levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum(),
          stats.runFiles(),
          stats.runBytes(),
          stats.deadBytes(),
          stats.levels());
    }
  }

  /// Tells how flushes and compactions stand.
  ///
  /// @return the state of this moment
  @ReadOperation
  CompactionDocument read() {
    EngineStats stats = database.stats();
    return new CompactionDocument(
        stats.flushBacklog(),
        stats.compactionBacklog(),
        stats.writeWaits(),
        Duration.ofNanos(stats.writeWaitNanos()).toMillis(),
        Done.of(stats),
        database.keyspaces().stream().flatMap(KeyspaceRuns::of).toList());
  }
}
