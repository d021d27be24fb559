package io.lightningdb.server.mode;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `maintenance`: whether operators let clients read at all.
@Component("maintenanceHealthIndicator")
class MaintenanceHealthIndicator implements HealthIndicator {
  private final ServiceMode mode;

  /// Called by Spring.
  ///
  /// @param mode what the service does
  MaintenanceHealthIndicator(ServiceMode mode) {
    this.mode = mode;
  }

  @Override
  public Health health() {
    ServiceMode.State now = mode.state();
    return now.mode() == Mode.MAINTENANCE
        ? Health.outOfService().withDetail("reason", now.reason()).build()
        : Health.up().build();
  }
}
