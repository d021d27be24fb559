package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.store.StoreSettings.Residence;

/// Reads of data that are four times larger than the memory that the process and its page cache may use.
final class ColdWorkloads {
  private static final int VALUE_BYTES = 1024;
  private static final int TIMES_MEMORY = 4;

  private ColdWorkloads() {}

  static void run(Scene scene) {
    long memory = scene.sizes().memoryBytes();
    if (memory == 0) {
      throw new IllegalStateException("memory has to be bounded: --cgroup");
    }
    long entries = TIMES_MEMORY * memory / VALUE_BYTES;
    try (Store store = scene.load(entries, VALUE_BYTES, Residence.LARGER_THAN_MEMORY)) {
      for (int threads = 1; threads <= 2; threads++) {
        scene.measureTime(
            store,
            Scene.slowOperations(
                named("uniform reads, larger than memory", threads),
                threads,
                ReadWorkloads.uniform(scene, entries, VALUE_BYTES)));
      }
    }
  }
}
