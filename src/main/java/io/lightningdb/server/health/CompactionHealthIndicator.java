package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.server.problem.Reason;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `compaction`: whether flushes and merges keep up. It is down while they are so far behind that writes wait.
/// In no group: neither a restart nor fewer clients that read would help.
@Component("compactionHealthIndicator")
class CompactionHealthIndicator implements HealthIndicator {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  CompactionHealthIndicator(Database database) {
    this.database = database;
  }

  @Override
  public Health health() {
    try {
      EngineStats stats = database.stats();
      boolean keepsUp = Math.max(stats.flushBacklog(), stats.compactionBacklog()) < 1;
      return (keepsUp ? Health.up() : Health.down())
          .withDetail("flushBacklog", stats.flushBacklog())
          .withDetail("compactionBacklog", stats.compactionBacklog())
          .withDetail("compactionsRunning", stats.compactionsRunning())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }
}
