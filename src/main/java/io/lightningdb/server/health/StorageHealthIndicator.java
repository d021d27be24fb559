package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.server.problem.Reason;
import io.lightningdb.server.settings.LightningProperties;
import java.nio.file.Files;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `storage`: whether the database is open and its directory there, so that it can be read; and, as a detail,
/// files that others than its user may use.
@Component("storageHealthIndicator")
class StorageHealthIndicator implements HealthIndicator {
  private final Database database;
  private final LightningProperties settings;
  private final ModesAtStart modes;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings names the directory
  /// @param modes files that others may use
  StorageHealthIndicator(Database database, LightningProperties settings, ModesAtStart modes) {
    this.database = database;
    this.settings = settings;
    this.modes = modes;
  }

  @Override
  public Health health() {
    if (!Files.isReadable(settings.directory())) {
      return Health.down().withDetail("reason", "the data directory is not readable").build();
    }
    try {
      EngineStats stats = database.stats();
      Health.Builder health =
          Health.up()
              .withDetail("visibleVersion", stats.visibleVersion())
              .withDetail("runFiles", stats.runFiles())
              .withDetail("runBytes", stats.runBytes());
      if (!modes.wider().isEmpty()) {
        health.withDetail("usableByOthers", modes.wider());
      }
      database
          .shortage()
          .ifPresent(shortage ->
              health
                  .withDetail("waitsFor", shortage.resource().text())
                  .withDetail("refused", shortage.cause())
                  .withDetail("refusedForMillis", shortage.age().toMillis()));
      return health.build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }
}
