package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.integrity.ScrubStats;
import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/// Damage and the scrubber in metrics.
@Component
class IntegrityMetrics implements MeterBinder {
  private static final double MILLIS_PER_SECOND = 1000;

  private final IntegrityChecks checks;
  private final Database database;

  /// Called by Spring.
  ///
  /// @param checks knows damage
  /// @param database the open database
  IntegrityMetrics(IntegrityChecks checks, Database database) {
    this.checks = checks;
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Metric.INTEGRITY_FAULTS.register(registry, checks, source -> source.faults().size());
    Metric.QUARANTINED_BLOCKS.register(registry, database, source -> source.quarantine().size());
    Metric.SCRUB_READ.register(registry, database, scrub(ScrubStats::bytesRead));
    Metric.SCRUB_DAMAGED.register(registry, database, scrub(ScrubStats::blocksDamaged));
    Metric.SCRUB_PASSES.register(registry, database, scrub(ScrubStats::passesCompleted));
    Metric.SCRUB_PASS_DONE.register(registry, database, scrub(IntegrityMetrics::done));
    Metric.SCRUB_COMPLETED.register(registry, database, scrub(IntegrityMetrics::completed));
  }

  private static ToDoubleFunction<Database> scrub(ToDoubleFunction<ScrubStats> value) {
    return database -> value.applyAsDouble(database.scrubStats());
  }

  private static double done(ScrubStats stats) {
    return stats.running() && stats.passBytesAll() > 0
        ? (double) stats.passBytes() / stats.passBytesAll()
        : 1;
  }

  private static double completed(ScrubStats stats) {
    return stats.completedMillis() / MILLIS_PER_SECOND;
  }
}
