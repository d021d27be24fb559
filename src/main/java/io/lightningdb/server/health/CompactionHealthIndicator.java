package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.server.problem.Reason;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `compaction`: whether flushes and merges keep up. It is down while they are so far behind that writes wait. In no group:
/// neither a restart nor fewer clients that read would help.
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
      boolean keepsUp = Math.max(stats.flushesBehind(), stats.mergesBehind()) < 1;
      return (keepsUp ? Health.up() : Health.down())
          .withDetail("flushesBehind", stats.flushesBehind())
          .withDetail("mergesBehind", stats.mergesBehind())
          .withDetail("mergesUnderWay", stats.mergesUnderWay())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }
}
