package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
      Gauge.builder("lightning.mode", mode, source -> source.state().mode() == each ? 1 : 0)
          .tag("mode", Words.of(each))
          .description("1 for the mode that operators have put the service into, 0 for the others")
          .register(registry);
    }
    TimeGauge.builder(
            "lightning.storage.failure.age",
            database,
            TimeUnit.MILLISECONDS,
            source -> source.writeFailureAge().orElse(Duration.ZERO).toMillis())
        .description("Time since the storage failure that refuses writes, 0 if there is none")
        .register(registry);
  }
}
