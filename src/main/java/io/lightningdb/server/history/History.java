package io.lightningdb.server.history;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.metrics.ReadLatency;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Takes the samples of the history. *Thread-safe.*
@Component
final class History implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);

  private final Supplier<Reading> figures;
  private final MemoryAccount account;
  private final HistoryRing ring = new HistoryRing();
  private final Instant since;

  private final ReentrantLock sampling = new ReentrantLock();

  // Guarded by `sampling`.
  private @Nullable Reading before;
  private boolean failing;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param reads times what requests read
  /// @param meters has the figures of requests and connections, and takes that of the history itself
  @Autowired
  History(Database database, ReadLatency reads, MeterRegistry meters) {
    this(
        () -> Reading.of(database, reads, meters),
        database.memoryAccount(),
        Instant.ofEpochMilli(database.steadyMillis()));
    Metric.HISTORY.register(meters, this, _ -> HistoryRing.BYTES);
  }

  /// Samples whatever figures there are.
  ///
  /// @param figures reads them
  /// @param account pays for the history
  /// @param since when it begins
  History(Supplier<Reading> figures, MemoryAccount account, Instant since) {
    this.figures = figures;
    this.account = account;
    this.since = since;
    account.charge(HistoryRing.BYTES);
  }

  /// When the history begins at the earliest.
  ///
  /// @return the start of the service
  Instant since() {
    return since;
  }

  /// Takes a sample, unless one is being taken: the scheduler does not wait for the last one. Whatever goes wrong leaves a gap.
  @Scheduled(fixedRate = HistoryRing.INTERVAL_MILLIS)
  void sample() {
    if (sampling.tryLock()) {
      try {
        takeSample();
      } finally {
        sampling.unlock();
      }
    }
  }

  private void takeSample() {
    try {
      Reading now = figures.get();
      ring.add(now.millis(), now.since(before));
      before = now;
      failing = false;
    } catch (EngineException.Closed _) {
      // The service stops.
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warn("The history has a gap: its figures cannot be read", e);
      }
      failing = true;
    }
  }

  /// Reads the end of the history.
  ///
  /// @param slots number of samples
  /// @param pointsMax most values of a series
  /// @return the values
  HistoryRing.Part read(int slots, int pointsMax) {
    return ring.read(slots, pointsMax);
  }

  @Override
  public void destroy() {
    account.charge(-HistoryRing.BYTES);
  }
}
