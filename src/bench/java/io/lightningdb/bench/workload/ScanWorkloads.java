package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.VALUE_BYTES;
import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.EntrySink;
import io.lightningdb.bench.store.Session.Direction;
import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.workload.Lane.Operations;
import java.util.function.LongSupplier;

/// Scans of a settled store.
final class ScanWorkloads {
  static final int SHORT_SCAN = 100;

  private ScanWorkloads() {}

  static void run(Scene scene) {
    long entries = scene.entries();
    try (Store store = scene.load(entries, VALUE_BYTES)) {
      for (int threads = 1; threads <= 2; threads++) {
        Operations scans = fromRandomKeys(scene, entries);
        scene.measureTime(store, Scene.entries(named("scans of 100", threads), threads, scans));
      }
      scene.measureTime(store, full("full scan", entries, Direction.FORWARD));
      scene.measureTime(store, full("full reverse scan", entries, Direction.REVERSE));
    }
  }

  private static Operations fromRandomKeys(Scene scene, long entries) {
    return (session, thread) -> {
      Data data = scene.data(VALUE_BYTES);
      LongSupplier numbers = Numbers.uniform(scene.seed(thread), entries);
      EntrySink sink = new EntrySink();
      return () -> session.scan(data.key(numbers.getAsLong()), SHORT_SCAN, sink);
    };
  }

  /// Walks everything, again and again, and makes sure that it was everything.
  static Lane full(String workload, long entries, Direction direction) {
    Operations scans =
        (session, _) -> {
          EntrySink sink = new EntrySink();
          return () -> {
            int found = session.scanAll(direction, sink);
            if (found != entries) {
              throw new IllegalStateException(
                  "a full scan met " + found + " entries instead of " + entries);
            }
            return found;
          };
        };
    return Scene.entries(named(workload, 1), 1, scans);
  }
}
