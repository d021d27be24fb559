package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DiskStats;
import io.lightningdb.engine.EngineException;
import io.lightningdb.server.problem.Reason;
import io.lightningdb.server.settings.LightningProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `diskSpace`: whether writes of new data are accepted, or refused because so little of the disk is free that
/// the rest is kept for deletions, flushes and merges. Takes the place of Spring's own, which knows nothing of what the
/// engine does about it.
@Component("diskSpaceHealthIndicator")
class DiskSpaceHealthIndicator implements HealthIndicator {
  private final Database database;
  private final LightningProperties settings;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings names the directory
  DiskSpaceHealthIndicator(Database database, LightningProperties settings) {
    this.database = database;
    this.settings = settings;
  }

  @Override
  public Health health() {
    try {
      DiskStats disk = database.stats().disk();
      return (disk.reserveReached() ? Health.down() : Health.up())
          .withDetail("path", settings.directory().toAbsolutePath().toString())
          .withDetail("usableBytes", disk.usableBytes())
          .withDetail("ballastBytes", disk.ballastBytes())
          .withDetail("reserveBytes", disk.reserveBytes())
          .withDetail("resumeBytes", disk.resumeBytes())
          .withDetail("writesRefused", disk.writesRefused())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }
}
