package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.server.problem.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `log`: whether writes are accepted. After a write or sync that failed they are refused until they are
/// resumed, or the next start.
@Component("logHealthIndicator")
class LogHealthIndicator implements HealthIndicator {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  LogHealthIndicator(Database database) {
    this.database = database;
  }

  @Override
  public Health health() {
    try {
      Optional<IOException> failure = database.writeFailure();
      if (failure.isPresent()) {
        return Health.down()
            .withDetail("reason", Reason.of(failure.get()))
            .withDetail("ageMillis", database.writeFailureAge().orElse(Duration.ZERO).toMillis())
            .build();
      }
      EngineStats stats = database.stats();
      return Health.up()
          .withDetail("segments", stats.logSegments())
          .withDetail("bytes", stats.logBytes())
          .withDetail("visibleVersion", stats.visibleVersion())
          .withDetail("durableVersion", stats.durableVersion())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }
}
