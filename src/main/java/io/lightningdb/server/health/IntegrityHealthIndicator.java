package io.lightningdb.server.health;

import io.lightningdb.engine.IntegrityReport;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `integrity`: whether damage was met, by a read, the scrubber or the last check. Entries that are not
/// damaged are served all the same, so it is in no group.
@Component("integrityHealthIndicator")
class IntegrityHealthIndicator implements HealthIndicator {
  private static final int FAULTS_SHOWN_MAX = 10;

  private final IntegrityChecks checks;

  /// Called by Spring.
  ///
  /// @param checks knows the faults
  IntegrityHealthIndicator(IntegrityChecks checks) {
    this.checks = checks;
  }

  @Override
  public Health health() {
    List<IntegrityReport.Fault> faults = checks.faults();
    if (faults.isEmpty()) {
      return Health.up().withDetail("scrub", checks.scrub()).build();
    }
    return Health.down()
        .withDetail("scrub", checks.scrub())
        .withDetail("faults", faults.size())
        .withDetail("blocksQuarantined", checks.quarantine().size())
        .withDetail("first", faults.stream().limit(FAULTS_SHOWN_MAX).toList())
        .build();
  }
}
