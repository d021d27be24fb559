package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.VALUE_BYTES;
import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.workload.Lane.Operations;
import io.lightningdb.engine.Durability;
import java.util.function.LongSupplier;

/// Fills and overwrites. Each begins in an empty store, but for the overwrites, which follow the random fill at once.
final class WriteWorkloads {
  private static final int BATCH_ENTRIES = 1_000;
  private static final int SYNCED_THREADS_MAX = 8;

  private WriteWorkloads() {}

  static void sequential(Scene scene) {
    Lane lane =
        Scene.operations(named("sequential fill", 1), 1, fillInSequence(scene, VALUE_BYTES));
    scene.warmUp(scene.entries(), VALUE_BYTES, scene.entries(), lane);
    try (Store store = scene.open(Durability.LOGGED, scene.entries(), VALUE_BYTES)) {
      scene.measureCalls(store, scene.entries(), lane);
    }
  }

  private static Operations fillInSequence(Scene scene, int valueBytes) {
    return (session, _) -> {
      Data data = scene.data(valueBytes);
      LongSupplier numbers = consecutive();
      return () -> {
        long number = numbers.getAsLong();
        session.put(data.sequentialKey(number), data.value(number));
        return 1;
      };
    };
  }

  private static LongSupplier consecutive() {
    return new LongSupplier() {
      private long next;

      @Override
      public long getAsLong() {
        return next++;
      }
    };
  }

  static void random(Scene scene) {
    long entries = scene.entries();
    Lane fill = Scene.operations(named("random fill", 1), 1, fill(scene, VALUE_BYTES));
    scene.warmUp(entries, VALUE_BYTES, entries, fill);
    try (Store store = scene.open(Durability.LOGGED, entries, VALUE_BYTES)) {
      scene.measureCalls(store, entries, fill);
      for (int threads = 1; threads <= 2; threads++) {
        Operations overwrite = overwrite(scene, entries, VALUE_BYTES);
        Lane lane = Scene.operations(named("overwrite", threads), threads, overwrite);
        scene.measureCalls(store, entries / threads, lane);
      }
    }
  }

  /// Puts the entries of consecutive numbers, whose keys come in random order.
  static Operations fill(Scene scene, int valueBytes) {
    return (session, _) -> {
      Data data = scene.data(valueBytes);
      LongSupplier numbers = consecutive();
      return () -> {
        long number = numbers.getAsLong();
        session.put(data.key(number), data.value(number));
        return 1;
      };
    };
  }

  /// Puts entries that exist, drawn at random.
  static Operations overwrite(Scene scene, long entries, int valueBytes) {
    return (session, thread) -> {
      Data data = scene.data(valueBytes);
      LongSupplier numbers = Numbers.uniform(scene.seed(thread), entries);
      return () -> {
        long number = numbers.getAsLong();
        session.put(data.key(number), data.value(number));
        return 1;
      };
    };
  }

  static void batches(Scene scene) {
    Operations batches =
        (session, _) -> Scene.batches(session, scene.data(VALUE_BYTES), BATCH_ENTRIES);
    Lane lane = Scene.entries(named("batches of 1,000", 1), 1, batches);
    long calls = Math.max(1, scene.entries() / BATCH_ENTRIES);
    scene.warmUp(scene.entries(), VALUE_BYTES, calls, lane);
    try (Store store = scene.open(Durability.LOGGED, scene.entries(), VALUE_BYTES)) {
      scene.measureCalls(store, calls, lane);
    }
  }

  static void synced(Scene scene) {
    long entries = scene.entries();
    for (int threads : new int[] {1, SYNCED_THREADS_MAX}) {
      Operations puts = overwrite(scene, entries, VALUE_BYTES);
      try (Store store = scene.open(Durability.SYNCED, entries, VALUE_BYTES)) {
        scene.measureTime(
            store, Scene.slowOperations(named("SYNCED puts", threads), threads, puts));
      }
    }
  }
}
