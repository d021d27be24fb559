package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.RecoveryReport;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Words;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/// `/actuator/lightning`: figures of the engine.
@Component
@Endpoint(id = "lightning")
class LightningEndpoint {
  private final Database database;
  private final String preset;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings names the preset
  LightningEndpoint(Database database, LightningProperties settings) {
    this.database = database;
    this.preset = Words.of(settings.preset());
  }

  /// The engine at one moment.
  ///
  /// @param engine its figures
  /// @param recovery what its opening found in the log
  /// @param preset where defaults of the options come from
  /// @param options what it was opened with
  record EngineDocument(
      EngineStats engine, RecoveryReport recovery, String preset, DatabaseOptions options) {}

  /// Tells the figures.
  ///
  /// @return the state of this moment
  @ReadOperation
  EngineDocument read() {
    return new EngineDocument(database.stats(), database.recovery(), preset, database.options());
  }
}
