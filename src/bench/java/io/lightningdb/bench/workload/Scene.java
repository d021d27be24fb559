package io.lightningdb.bench.workload;

import io.lightningdb.bench.store.Session;
import io.lightningdb.bench.store.Store;
import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.store.StoreSettings;
import io.lightningdb.bench.store.StoreSettings.Residence;
import io.lightningdb.bench.workload.Lane.Operations;
import io.lightningdb.bench.workload.Lane.Timing;
import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a family needs: a place for stores, the sizes, and somewhere to leave its measurements.
public final class Scene {
  static final int VALUE_BYTES = 100;

  private static final int BATCH_ENTRIES = 1_000;
  private static final int ENTRY_OVERHEAD_BYTES = 16;

  private final StoreKind kind;
  private final Sizes sizes;
  private final Path directory;
  private final List<Measurement> measurements = new ArrayList<>();
  private int stores;

  /// How much is done.
  ///
  /// @param entries of a store with small values
  /// @param seed of keys, values and their order
  /// @param measured how long workloads take that are as long as they are allowed to be
  /// @param warmUp how long those run before
  /// @param patience after which a workload with a fixed number of calls is cut short
  /// @param compression of what is on disk
  /// @param cacheBytes block cache of the stores that have one outside the heap
  /// @param memoryBytes what the process may use, if it is bounded and the data shall not fit, else 0
  public record Sizes(
      long entries,
      long seed,
      Duration measured,
      Duration warmUp,
      Duration patience,
      Compression compression,
      long cacheBytes,
      long memoryBytes) {}

  /// Prepares a scene.
  ///
  /// @param kind the store
  /// @param sizes how much is done
  /// @param directory exists and is empty
  public Scene(StoreKind kind, Sizes sizes, Path directory) {
    this.kind = kind;
    this.sizes = sizes;
    this.directory = directory;
  }

  Sizes sizes() {
    return sizes;
  }

  long entries() {
    return sizes.entries();
  }

  /// Everything measured so far.
  ///
  /// @return in the order of measuring
  public List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  /// Data of one thread. Threads and workloads differ in which numbers they draw, not in what belongs to a number.
  Data data(int valueBytes) {
    return new Data(sizes.seed(), valueBytes);
  }

  /// A seed for the draws of a thread.
  long seed(int thread) {
    return sizes.seed() + 1_000_003L * (thread + 1);
  }

  /// Opens an empty store.
  Store open(Durability durability, long entries, int valueBytes) {
    return open(durability, entries, valueBytes, Residence.IN_MEMORY);
  }

  Store open(Durability durability, long entries, int valueBytes, Residence residence) {
    try {
      Path place = Files.createDirectory(directory.resolve("store-" + stores++));
      return open(place, durability, entries, valueBytes, residence);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Store open(
      Path place, Durability durability, long entries, int valueBytes, Residence residence)
      throws IOException {
    long bytes = entries * (Data.KEY_BYTES + valueBytes + ENTRY_OVERHEAD_BYTES);
    return kind.open(
        new StoreSettings(
            place, durability, sizes.compression(), bytes, sizes.cacheBytes(), residence));
  }

  /// Opens a store, gives it the entries 0 to `entries` in batches, and lets it settle.
  Store load(long entries, int valueBytes) {
    return load(entries, valueBytes, Residence.IN_MEMORY);
  }

  Store load(long entries, int valueBytes, Residence residence) {
    Store store = open(Durability.LOGGED, entries, valueBytes, residence);
    try (Session session = store.session()) {
      Data data = data(valueBytes);
      int batchEntries = batchEntries(valueBytes);
      Lane.Operation batch = batches(session, data, batchEntries);
      long done = 0;
      while (done + batchEntries <= entries) {
        done += batch.run();
      }
      for (long number = done; number < entries; number++) {
        session.put(data.key(number), data.value(number));
      }
    }
    store.settle();
    return store;
  }

  /// Batches of small values have 1,000 entries, those of large ones about a megabyte.
  private static int batchEntries(int valueBytes) {
    return Math.clamp((1 << 20) / valueBytes, 1, BATCH_ENTRIES);
  }

  /// Puts consecutive numbers in batches.
  static Lane.Operation batches(Session session, Data data, int batchEntries) {
    byte[][] keys = new byte[batchEntries][];
    byte[][] values = new byte[batchEntries][];
    return new Lane.Operation() {
      private long next;

      @Override
      public int run() {
        for (int i = 0; i < batchEntries; i++) {
          keys[i] = data.key(next).clone();
          values[i] = data.value(next).clone();
          next++;
        }
        session.putAll(keys, values);
        return batchEntries;
      }
    };
  }

  /// Measures a fixed number of calls a thread.
  void measureCalls(Store store, long calls, Lane lane) {
    Extent extent = new Extent(calls, sizes.patience());
    measurements.addAll(Meter.measure(store, extent, List.of(lane)));
  }

  /// Measures for a fixed time, after having done the same to warm up.
  void measureTime(Store store, Lane... lanes) {
    List<Lane> together = List.of(lanes);
    Meter.measure(store, Extent.of(sizes.warmUp()), together);
    measurements.addAll(Meter.measure(store, Extent.of(sizes.measured()), together));
  }

  /// Does what is measured next to a store that is thrown away, again and again until the time for it is over. One that flushes and
  /// merges in the background has done so many times then: otherwise the compiler would share the processors with what is measured.
  ///
  /// @param entries room for which the store has
  /// @param valueBytes size of their values
  /// @param calls of a thread each time
  /// @param lane what is done
  void warmUp(long entries, int valueBytes, long calls, Lane lane) {
    long end = System.nanoTime() + 2 * sizes.warmUp().toNanos();
    try (Scratch place = Scratch.in(directory);
        Store store =
            open(place.directory(), Durability.LOGGED, entries, valueBytes, Residence.IN_MEMORY)) {
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        Meter.measure(store, new Extent(calls, Duration.ofNanos(left)), List.of(lane));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A lane of single operations.
  static Lane operations(String workload, int threads, Operations operations) {
    return new Lane(workload, "operations", threads, Timing.EVERY_16TH, operations);
  }

  /// A lane whose calls are long enough to be timed each.
  static Lane slowOperations(String workload, int threads, Operations operations) {
    return new Lane(workload, "operations", threads, Timing.EVERY, operations);
  }

  /// A lane whose calls each handle many entries.
  static Lane entries(String workload, int threads, Operations operations) {
    return new Lane(workload, "entries", threads, Timing.EVERY, operations);
  }

  /// The name of a workload with its number of threads.
  static String named(String workload, int threads) {
    return workload + (threads == 1 ? ", 1 thread" : ", " + threads + " threads");
  }
}
