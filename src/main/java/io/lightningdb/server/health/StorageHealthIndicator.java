package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.server.settings.LightningProperties;
import java.nio.file.Files;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `storage`: whether the database is open and its directory there, so that it can be read.
@Component("storageHealthIndicator")
class StorageHealthIndicator implements HealthIndicator {
  private final Database database;
  private final LightningProperties settings;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings names the directory
  StorageHealthIndicator(Database database, LightningProperties settings) {
    this.database = database;
    this.settings = settings;
  }

  @Override
  public Health health() {
    if (!Files.isReadable(settings.directory())) {
      return Health.down().withDetail("reason", "the data directory is not readable").build();
    }
    try {
      EngineStats stats = database.stats();
      return Health.up()
          .withDetail("visibleVersion", stats.visibleVersion())
          .withDetail("runs", stats.runs())
          .withDetail("runBytes", stats.runBytes())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", String.valueOf(e.getMessage())).build();
    }
  }
}
