package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/// Lists that rest, in metrics.
@Component
class CursorMetrics implements MeterBinder {
  private final Cursors cursors;

  /// Called by Spring.
  ///
  /// @param cursors the lists that rest
  CursorMetrics(Cursors cursors) {
    this.cursors = cursors;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Metric.CURSORS.register(registry, cursors, Cursors::size);
  }
}
