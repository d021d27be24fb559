package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// The mode in metrics.
@Component
class ModeMetrics implements MeterBinder {
  private final ServiceMode mode;
  private final Database database;

  /// Called by Spring.
  ///
  /// @param mode what the service does
  /// @param database knows of storage failures
  ModeMetrics(ServiceMode mode, Database database) {
    this.mode = mode;
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Mode each : Mode.values()) {
      Metric.MODE.register(
          registry, mode, source -> source.state().mode() == each ? 1 : 0, Words.of(each));
    }
    Metric.STORAGE_FAILURE_AGE.register(
        registry,
        database,
        source -> source.writeFailureAge().orElse(Duration.ZERO).toMillis() / 1000.0);
  }
}
