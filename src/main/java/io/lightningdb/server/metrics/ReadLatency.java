package io.lightningdb.server.metrics;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.latency.LatencyHistogram;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Times what requests read from the engine, and traces it where that is wanted: here it costs nothing that anybody could notice, in
/// the engine it would. *Thread-safe.*
@Component
public final class ReadLatency {
  private final LatencyHistogram gets = new LatencyHistogram();
  private final LatencyHistogram scans = new LatencyHistogram();

  // Null where no traces are wanted.
  private final @Nullable Tracer tracer;

  /// Called by Spring.
  ///
  /// @param tracer makes spans, where traces are wanted
  ReadLatency(ObjectProvider<Tracer> tracer) {
    this.tracer = tracer.getIfAvailable();
  }

  /// Reads an entry.
  ///
  /// @param <T> what is found
  /// @param read finds it
  /// @return what it found
  public <T extends @Nullable Object> T get(Supplier<T> read) {
    return traced("engine get", () -> timed(gets, read));
  }

  /// Reads a page of entries.
  ///
  /// @param <T> what is found
  /// @param read finds it
  /// @return what it found
  public <T extends @Nullable Object> T scan(Supplier<T> read) {
    return traced("engine scan", () -> timed(scans, read));
  }

  private <T extends @Nullable Object> T traced(String name, Supplier<T> read) {
    if (tracer == null || tracer.currentSpan() == null) {
      return read.get();
    }
    Span span = tracer.nextSpan().name(name).start();
    try {
      return read.get();
    } finally {
      span.end();
    }
  }

  private static <T extends @Nullable Object> T timed(LatencyHistogram latency, Supplier<T> read) {
    long start = Clock.SYSTEM.nanoTime();
    T found = read.get();
    latency.record(Clock.SYSTEM.nanoTime() - start);
    return found;
  }

  /// How long reads of an entry took.
  ///
  /// @return all since the start
  public LatencyHistogram.Snapshot gets() {
    return gets.snapshot();
  }

  /// How long reads of a page took.
  ///
  /// @return all since the start
  public LatencyHistogram.Snapshot scans() {
    return scans.snapshot();
  }
}
