package io.lightningdb.server.mode;

import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.Gauge;
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
      Gauge.builder("lightning.mode", mode, source -> source.state().mode() == each ? 1 : 0)
          .tag("mode", Words.of(each))
          .description("1 for the mode that operators have put the service into, 0 for the others")
          .register(registry);
    }
  }
}
