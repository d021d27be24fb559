package io.lightningdb.server.admin;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceStats;
import io.lightningdb.server.settings.LightningProperties;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Tells what lies on disk: `/v1/admin/storage`.
@RestController
class StorageController {
  private final Database database;
  private final LightningProperties settings;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings names the directory
  StorageController(Database database, LightningProperties settings) {
    this.database = database;
    this.settings = settings;
  }

  /// What lies on disk.
  ///
  /// @param directory the data directory
  /// @param diskFreeBytes bytes that may still be written to its disk
  /// @param log the write-ahead log
  /// @param runFiles number of run files
  /// @param runBytes bytes of run files
  /// @param keyspaces runs by keyspace and level
  record StorageDocument(
      String directory,
      long diskFreeBytes,
      Log log,
      int runFiles,
      long runBytes,
      List<KeyspaceLevels> keyspaces) {}

  /// The write-ahead log.
  ///
  /// @param segments number of segment files
  /// @param bytes bytes allocated to them
  record Log(int segments, long bytes) {}

  /// The runs of a keyspace.
  ///
  /// @param name its name
  /// @param runFiles number of its run files
  /// @param runBytes bytes of its run files
  /// @param levels the same by level
  record KeyspaceLevels(
      String name, int runFiles, long runBytes, List<KeyspaceStats.Level> levels) {}

  /// Describes the storage.
  ///
  /// @return the state of this moment
  @GetMapping(path = "/v1/admin/storage", produces = MediaType.APPLICATION_JSON_VALUE)
  StorageDocument storage() {
    EngineStats stats = database.stats();
    return new StorageDocument(
        settings.dataDirectory(),
        settings.directory().toFile().getUsableSpace(),
        new Log(stats.logSegments(), stats.logBytes()),
        stats.runFiles(),
        stats.runBytes(),
        database.keyspaces().stream().flatMap(StorageController::levels).toList());
  }

  private static Stream<KeyspaceLevels> levels(Keyspace keyspace) {
    try {
      KeyspaceStats stats = keyspace.stats();
      return Stream.of(
          new KeyspaceLevels(keyspace.name(), stats.runFiles(), stats.runBytes(), stats.levels()));
    } catch (EngineException.KeyspaceNotFound _) {
      // Dropped a moment ago.
      return Stream.empty();
    }
  }
}
