package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.RecoveryReport;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/// `/actuator/lightning`: figures of the engine.
@Component
@Endpoint(id = "lightning")
class LightningEndpoint {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  LightningEndpoint(Database database) {
    this.database = database;
  }

  /// The engine at one moment.
  ///
  /// @param engine its figures
  /// @param recovery what its opening found in the log
  /// @param options what it was opened with
  record EngineDocument(EngineStats engine, RecoveryReport recovery, DatabaseOptions options) {}

  /// Tells the figures.
  ///
  /// @return the state of this moment
  @ReadOperation
  EngineDocument read() {
    return new EngineDocument(database.stats(), database.recovery(), database.options());
  }
}
