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

/// `/actuator/compaction`: how flushes and merges keep up with writes, and what each keyspace looks like.
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

  /// Flushes and merges at one moment.
  ///
  /// @param flushesBehind how far flushes are behind, 0 to 1: above 0 writes are slowed down, at 1 they wait
  /// @param mergesBehind how far merges are behind, likewise
  /// @param writeWaits writes that waited since the start
  /// @param writeWaitMillis time they waited, in milliseconds
  /// @param done what was done since the start
  /// @param keyspaces each keyspace, by name
  record CompactionDocument(
      double flushesBehind,
      double mergesBehind,
      long writeWaits,
      long writeWaitMillis,
      Done done,
      List<KeyspaceRuns> keyspaces) {}

  /// What was done since the start.
  ///
  /// @param flushes memtables flushed
  /// @param flushBytes bytes of the runs they became
  /// @param merges merges of runs
  /// @param mergeBytesRead bytes of runs read by merges
  /// @param mergeBytesWritten bytes of runs written by merges
  /// @param runsMoved runs that went to another level without being rewritten
  /// @param runsDropped runs that went because nobody could see anything of them
  record Done(
      long flushes,
      long flushBytes,
      long merges,
      long mergeBytesRead,
      long mergeBytesWritten,
      long runsMoved,
      long runsDropped) {
    private static Done of(EngineStats stats) {
      return new Done(
          stats.flushes(),
          stats.flushBytes(),
          stats.merges(),
          stats.mergeBytesRead(),
          stats.mergeBytesWritten(),
          stats.runsMoved(),
          stats.runsDropped());
    }
  }

  /// The runs of a keyspace.
  ///
  /// @param name its name
  /// @param layout how eagerly its runs are merged
  /// @param layoutInForce the same, or what the layout `auto` has come to
  /// @param memtablesFrozen memtables that wait for their flush
  /// @param mergesUnderWay merges begun and not done yet
  /// @param rows rows of runs, each of which a read may have to look into
  /// @param runs number of its run files
  /// @param runBytes bytes of its run files
  /// @param deadBytes bytes of them that merges have taken over already
  /// @param levels rows, runs and bytes by level
  record KeyspaceRuns(
      String name,
      String layout,
      String layoutInForce,
      int memtablesFrozen,
      int mergesUnderWay,
      int rows,
      int runs,
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
          Words.of(keyspace.layoutInForce()),
          stats.memtablesFrozen(),
          stats.mergesUnderWay(),
          stats.levels().stream().mapToInt(KeyspaceStats.Level::rows).sum(),
          stats.runs(),
          stats.runBytes(),
          stats.deadBytes(),
          stats.levels());
    }
  }

  /// Tells how flushes and merges stand.
  ///
  /// @return the state of this moment
  @ReadOperation
  CompactionDocument read() {
    EngineStats stats = database.stats();
    return new CompactionDocument(
        stats.flushesBehind(),
        stats.mergesBehind(),
        stats.writeWaits(),
        Duration.ofNanos(stats.writeWaitNanos()).toMillis(),
        Done.of(stats),
        database.keyspaces().stream().flatMap(KeyspaceRuns::of).toList());
  }
}
