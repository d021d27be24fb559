package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.VALUE_BYTES;
import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.workload.Lane.Operations;
import java.util.function.LongSupplier;

/// Reads of single keys from a settled store, by one and by two threads.
final class ReadWorkloads {
  private static final long HOT_KEYS = 1_000;

  private ReadWorkloads() {}

  /// Draws the numbers of the keys that a thread reads.
  @FunctionalInterface
  private interface Draw {
    LongSupplier numbers(long seed);
  }

  static void run(Scene scene) {
    long entries = scene.entries();
    long hot = Math.min(HOT_KEYS, entries);
    try (Store store = scene.load(entries, VALUE_BYTES)) {
      measure(scene, store, "uniform reads", seed -> Numbers.uniform(seed, entries));
      measure(scene, store, "Zipfian reads", seed -> Numbers.zipfian(seed, entries));
      measure(scene, store, "reads of 1,000 hot keys", seed -> Numbers.uniform(seed, hot));
      measure(scene, store, "reads of one key", _ -> () -> 0);
      measure(scene, store, "absent reads", absent(scene));
    }
  }

  private static void measure(Scene scene, Store store, String workload, Draw draw) {
    measure(scene, store, workload, present(scene, VALUE_BYTES, draw));
  }

  private static void measure(Scene scene, Store store, String workload, Operations reads) {
    for (int threads = 1; threads <= 2; threads++) {
      scene.measureTime(store, Scene.operations(named(workload, threads), threads, reads));
    }
  }

  private static Operations present(Scene scene, int valueBytes, Draw draw) {
    return (session, thread) -> {
      Data data = scene.data(valueBytes);
      LongSupplier numbers = draw.numbers(scene.seed(thread));
      return () -> {
        long number = numbers.getAsLong();
        data.check(number, session.get(data.key(number)));
        return 1;
      };
    };
  }

  /// Reads of entries that exist, drawn at random.
  static Operations uniform(Scene scene, long entries, int valueBytes) {
    return present(scene, valueBytes, seed -> Numbers.uniform(seed, entries));
  }

  private static Operations absent(Scene scene) {
    return (session, thread) -> {
      Data data = scene.data(VALUE_BYTES);
      LongSupplier numbers = Numbers.uniform(scene.seed(thread), scene.entries());
      return () -> {
        long number = Data.ABSENT + numbers.getAsLong();
        if (session.get(data.key(number)) != null) {
          throw new IllegalStateException("wrong answer for key " + number + ", never written");
        }
        return 1;
      };
    };
  }
}
