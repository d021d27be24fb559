package io.lightningdb.bench.workload;

import com.sun.management.ThreadMXBean;
import io.lightningdb.bench.store.Session;
import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.workload.Measurement.Latency;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// Runs lanes side by side and times them.
final class Meter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  private Meter() {}

  /// Runs lanes at the same time.
  ///
  /// @param store what they work on
  /// @param extent how much each thread does
  /// @param lanes what they do
  /// @return one measurement a lane
  static List<Measurement> measure(Store store, Extent extent, List<Lane> lanes) {
    int threads = lanes.stream().mapToInt(Lane::threads).sum();
    CyclicBarrier start = new CyclicBarrier(threads);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<List<Future<Timed>>> running = new ArrayList<>();
      // Counted over all lanes: threads with the same number would draw the same keys in the same
      // order, and whoever is behind would find in the processor's caches what the other left
      // there.
      int started = 0;
      for (Lane lane : lanes) {
        List<Future<Timed>> ofLane = new ArrayList<>();
        for (int i = 0; i < lane.threads(); i++) {
          int thread = started++;
          ofLane.add(executor.submit(() -> run(store, extent, lane, thread, start)));
        }
        running.add(ofLane);
      }
      return collect(lanes, running, extent);
    }
  }

  /// What one thread did.
  private record Timed(
      long calls, long units, long startNanos, long endNanos, long allocated, Histogram latency) {}

  private static Timed run(Store store, Extent extent, Lane lane, int thread, CyclicBarrier start)
      throws InterruptedException, BrokenBarrierException {
    try (Session session = store.session()) {
      Lane.Operation operation = lane.operations().prepare(session, thread);
      start.await();
      return time(operation, extent, lane.timing());
    } catch (RuntimeException e) {
      // The others would wait for this thread, or go on without it: there is nothing to measure.
      start.reset();
      throw e;
    }
  }

  private static Timed time(Lane.Operation operation, Extent extent, Lane.Timing timing) {
    Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long startNanos = System.nanoTime();
    long endNanos = startNanos + extent.time().toNanos();
    long units = 0;
    long calls = 0;
    while (calls < extent.calls()) {
      if (timing.includes(calls)) {
        long before = System.nanoTime();
        if (before - endNanos >= 0) {
          break;
        }
        units += operation.run();
        latency.recordValue(System.nanoTime() - before);
      } else {
        units += operation.run();
      }
      calls++;
    }
    long stopNanos = System.nanoTime();
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
    return new Timed(calls, units, startNanos, stopNanos, allocated, latency);
  }

  private static List<Measurement> collect(
      List<Lane> lanes, List<List<Future<Timed>>> running, Extent extent) {
    List<Measurement> measurements = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      List<Timed> timed = running.get(i).stream().map(Meter::await).toList();
      measurements.add(measurement(lanes.get(i), timed, extent));
    }
    return measurements;
  }

  private static Timed await(Future<Timed> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a measured thread failed", e.getCause());
    }
  }

  private static Measurement measurement(Lane lane, List<Timed> timed, Extent extent) {
    long units = timed.stream().mapToLong(Timed::units).sum();
    long allocated = timed.stream().mapToLong(Timed::allocated).sum();
    // Differences of the clock are compared, for its readings may be negative.
    long origin = timed.getFirst().startNanos();
    long first = timed.stream().mapToLong(t -> t.startNanos() - origin).min().orElseThrow();
    long last = timed.stream().mapToLong(t -> t.endNanos() - origin).max().orElseThrow();
    Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
    timed.forEach(t -> latency.add(t.latency()));
    return new Measurement(
        lane.workload(),
        lane.unit(),
        units,
        (last - first) / NANOS_PER_SECOND,
        extent.isTime() || timed.stream().allMatch(t -> t.calls() == extent.calls()),
        allocated / (double) Math.max(1, units),
        latency(latency));
  }

  private static Latency latency(Histogram nanos) {
    return new Latency(
        nanos.getValueAtPercentile(50) / NANOS_PER_MICRO,
        nanos.getValueAtPercentile(99) / NANOS_PER_MICRO,
        nanos.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
        nanos.getMaxValue() / NANOS_PER_MICRO);
  }
}
