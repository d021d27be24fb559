package io.lightningdb.server.connection;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the connections that the service closes, and says so: a line a second at most, with the number of those
/// before it. No line has a path, a key or anything else that a client has sent. *Thread-safe.*
final class ConnectionEnds {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionEnds.class);
  private static final long LINE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Map<ConnectionEnd, Counter> counters = new EnumMap<>(ConnectionEnd.class);
  private final AtomicLong nextLineNanos = new AtomicLong(Clock.SYSTEM.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  /// Starts at 0.
  ///
  /// @param meters takes the counters
  ConnectionEnds(MeterRegistry meters) {
    for (ConnectionEnd end : ConnectionEnd.values()) {
      counters.put(end, Metric.CONNECTIONS_CLOSED.counter(meters, end.label()));
    }
  }

  /// Counts a connection.
  ///
  /// @param end why it is closed
  /// @param address of the client
  /// @param what happened, as a sentence
  void add(ConnectionEnd end, String address, String what) {
    Objects.requireNonNull(counters.get(end)).increment();
    long now = Clock.SYSTEM.nanoTime();
    long next = nextLineNanos.get();
    if (now - next < 0 || !nextLineNanos.compareAndSet(next, now + LINE_NANOS)) {
      unsaid.incrementAndGet();
      return;
    }
    long before = unsaid.getAndSet(0);
    LOG.warn(
        "Closed a connection of {} ({}): {}{}",
        address,
        end.label(),
        what,
        before == 0 ? "" : " " + before + " more were closed since the last such line.");
  }
}
