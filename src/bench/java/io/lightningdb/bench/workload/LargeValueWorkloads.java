package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.Session.Direction;
import io.lightningdb.bench.store.Store;
import io.lightningdb.engine.Durability;

/// Values larger than a leaf, in stores of a few times the bytes that as many small entries have.
final class LargeValueWorkloads {
  private static final int KIB = 1024;
  private static final long ENTRIES_MIN = 100;

  private LargeValueWorkloads() {}

  static void of4KiB(Scene scene) {
    run(scene, 4 * KIB, scene.entries() / 16);
  }

  static void of64KiB(Scene scene) {
    run(scene, 64 * KIB, scene.entries() / 256);
  }

  private static void run(Scene scene, int valueBytes, long wanted) {
    long entries = Math.max(ENTRIES_MIN, wanted);
    String size = " of " + valueBytes / KIB + " KiB";
    Lane fill =
        Scene.slowOperations(
            named("random fill" + size, 1), 1, WriteWorkloads.fill(scene, valueBytes));
    scene.warmUp(entries, valueBytes, entries, fill);
    try (Store store = scene.open(Durability.LOGGED, entries, valueBytes)) {
      scene.measureCalls(store, entries, fill);
    }
    try (Store store = scene.load(entries, valueBytes)) {
      scene.measureTime(
          store,
          Scene.slowOperations(
              named("uniform reads" + size, 1),
              1,
              ReadWorkloads.uniform(scene, entries, valueBytes)));
      scene.measureTime(store, ScanWorkloads.full("full scan" + size, entries, Direction.FORWARD));
    }
  }
}
