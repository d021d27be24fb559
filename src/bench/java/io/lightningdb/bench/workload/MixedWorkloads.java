package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.VALUE_BYTES;
import static io.lightningdb.bench.workload.Scene.named;

import io.lightningdb.bench.store.Session.Direction;
import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.workload.Lane.Operations;
import java.util.function.LongSupplier;

/// A writer beside a reader, and what deleting leaves behind.
final class MixedWorkloads {
  private MixedWorkloads() {}

  static void writerAndReader(Scene scene) {
    long entries = scene.entries();
    try (Store store = scene.load(entries, VALUE_BYTES)) {
      scene.measureTime(
          store,
          Scene.operations(
              "overwrites beside a reader",
              1,
              WriteWorkloads.overwrite(scene, entries, VALUE_BYTES)),
          Scene.operations(
              "uniform reads beside a writer",
              1,
              ReadWorkloads.uniform(scene, entries, VALUE_BYTES)));
    }
  }

  static void deletes(Scene scene) {
    long half = scene.entries() / 2;
    Deletes deletes = new Deletes();
    try (Store store = scene.load(2 * half, VALUE_BYTES)) {
      scene.measureCalls(
          store, half, Scene.operations(named("delete half", 1), 1, deletes.operations(scene)));
      scene.measureTime(
          store,
          Scene.operations(
              named("uniform reads, half deleted", 1), 1, deletes.reads(scene, 2 * half)));
      long left = 2 * half - deletes.done;
      scene.measureTime(
          store, ScanWorkloads.full("full scan, half deleted", left, Direction.FORWARD));
    }
  }

  /// Deletes the entries with odd numbers, and knows how many it has deleted, for it may be cut short.
  private static final class Deletes {
    private volatile long done;

    private Operations operations(Scene scene) {
      return (session, _) -> {
        Data data = scene.data(VALUE_BYTES);
        return () -> {
          long number = 2 * done + 1;
          session.delete(data.key(number));
          done = number / 2 + 1;
          return 1;
        };
      };
    }

    private Operations reads(Scene scene, long entries) {
      return (session, thread) -> {
        Data data = scene.data(VALUE_BYTES);
        LongSupplier numbers = Numbers.uniform(scene.seed(thread), entries);
        long below = 2 * done;
        return () -> {
          long number = numbers.getAsLong();
          byte[] found = session.get(data.key(number));
          if (number % 2 == 0 || number > below) {
            data.check(number, found);
          } else if (found != null) {
            throw new IllegalStateException("wrong answer for key " + number + ", deleted");
          }
          return 1;
        };
      };
    }
  }
}
