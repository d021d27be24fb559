package io.lightningdb.server.health;

import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/// Damage in metrics.
@Component
class IntegrityMetrics implements MeterBinder {
  private final IntegrityChecks checks;

  /// Called by Spring.
  ///
  /// @param checks knows damage
  IntegrityMetrics(IntegrityChecks checks) {
    this.checks = checks;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Metric.INTEGRITY_FAULTS.register(registry, checks, source -> source.faults().size());
  }
}
