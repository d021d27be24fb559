package io.lightningdb.server.metrics;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.integrity.ScrubStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/// Metrics of the scrubber.
@Component
class IntegrityMetrics implements MeterBinder {
  private static final double MILLIS_PER_SECOND = 1000;

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  IntegrityMetrics(Database database) {
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("lightning.scrub.read", database, scrub(ScrubStats::bytesRead))
        .description("Bytes of files that the scrubber has read and verified")
        .baseUnit("bytes")
        .register(registry);
    FunctionCounter.builder("lightning.scrub.damaged", database, scrub(ScrubStats::blocksDamaged))
        .description("Damaged places that the scrubber has met, again in each pass")
        .register(registry);
    FunctionCounter.builder("lightning.scrub.passes", database, scrub(ScrubStats::passesCompleted))
        .description("Passes of the scrubber over everything that were completed")
        .register(registry);
    Gauge.builder("lightning.scrub.pass.done", database, scrub(IntegrityMetrics::done))
        .description("How much of the pass under way is done, 1 if none is under way")
        .baseUnit("ratio")
        .register(registry);
    Gauge.builder(
            "lightning.scrub.completed.timestamp", database, scrub(IntegrityMetrics::completed))
        .description(
            "Moment at which a pass of the scrubber was last completed, since 1970, 0 for never")
        .baseUnit("seconds")
        .register(registry);
  }

  private static ToDoubleFunction<Database> scrub(ToDoubleFunction<ScrubStats> value) {
    return database -> value.applyAsDouble(database.scrubStats());
  }

  private static double done(ScrubStats stats) {
    return stats.underWay() && stats.passBytesAll() > 0
        ? (double) stats.passBytes() / stats.passBytesAll()
        : 1;
  }

  private static double completed(ScrubStats stats) {
    return stats.completedMillis() / MILLIS_PER_SECOND;
  }
}
