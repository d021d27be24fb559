package io.lightningdb.server.metrics;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.latency.LatencyHistogram;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Times what requests read from the engine: here it costs nothing that anybody could notice, in the engine it would. *Thread-safe.*
@Component
public final class ReadLatency {
  private final LatencyHistogram gets = new LatencyHistogram();
  private final LatencyHistogram scans = new LatencyHistogram();

  /// Called by Spring.
  ReadLatency() {}

  /// Reads an entry.
  ///
  /// @param <T> what is found
  /// @param read finds it
  /// @return what it found
  public <T extends @Nullable Object> T get(Supplier<T> read) {
    return timed(gets, read);
  }

  /// Reads a page of entries.
  ///
  /// @param <T> what is found
  /// @param read finds it
  /// @return what it found
  public <T extends @Nullable Object> T scan(Supplier<T> read) {
    return timed(scans, read);
  }

  private static <T extends @Nullable Object> T timed(LatencyHistogram latency, Supplier<T> read) {
    long start = Clock.SYSTEM.nanoTime();
    T found = read.get();
    latency.record(Clock.SYSTEM.nanoTime() - start);
    return found;
  }

  LatencyHistogram.Snapshot gets() {
    return gets.snapshot();
  }

  LatencyHistogram.Snapshot scans() {
    return scans.snapshot();
  }
}
