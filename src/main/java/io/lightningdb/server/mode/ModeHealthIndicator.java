package io.lightningdb.server.mode;

import io.lightningdb.server.web.Words;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `mode`: whether operators let clients read and write.
@Component("modeHealthIndicator")
class ModeHealthIndicator implements HealthIndicator {
  private final ServiceMode mode;

  /// Called by Spring.
  ///
  /// @param mode what the service does
  ModeHealthIndicator(ServiceMode mode) {
    this.mode = mode;
  }

  @Override
  public Health health() {
    ServiceMode.State now = mode.state();
    Health.Builder health =
        (now.mode() == Mode.READ_WRITE ? Health.up() : Health.outOfService())
            .withDetail("mode", Words.of(now.mode()))
            .withDetail("reason", now.reason())
            .withDetail("since", now.since().toString())
            .withDetail("survivesRestart", now.survivesRestart());
    if (now.until() != null) {
      health.withDetail("until", now.until().toString());
    }
    return health.build();
  }
}
