package io.lightningdb.server.mode;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/// The mode in metrics.
@Component
class ModeMetrics implements MeterBinder {
  private final ServiceMode mode;

  /// Called by Spring.
  ///
  /// @param mode what the service does
  ModeMetrics(ServiceMode mode) {
    this.mode = mode;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Mode each : Mode.values()) {
      Metric.MODE.register(
          registry, mode, source -> source.state().mode() == each ? 1 : 0, Words.of(each));
    }
  }
}
