package io.lightningdb.bench.storage;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineStats;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.KeyspaceStats;
import io.lightningdb.engine.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Overwrites a keyspace many times over in each layout, as fast as it goes, and prints what that has cost; then fills a large
/// keyspace and prints how long it takes to open.
@Command(name = "storage", description = "Measures what storage costs over time.")
public final class StorageCosts implements Callable<Integer> {
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;
  private static final long MIB = 1 << 20;
  private static final long MEMORY_BYTES = 32 * MIB;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(16 * MIB, Duration.ofMillis(100))
          .withMemtables(4 * MIB, 4)
          .withRunBytesTarget(8 * MIB);

  @Option(names = "--entries", defaultValue = "400000", description = "Entries to overwrite.")
  private int entries;

  @Option(names = "--open-entries", defaultValue = "10000000", description = "Entries to open.")
  private int large;

  /// Made by picocli.
  public StorageCosts() {}

  @Override
  public Integer call() throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%d entries of %d + %d bytes, half compressible, LZ4; overwritten with 10 x %d MiB, memtables of 4 MiB%n",
        entries,
        KEY_BYTES,
        VALUE_BYTES,
        MEMORY_BYTES / MIB);
    System.out.println(
        "| layout | keys | puts/s | written/byte | rows read/get, most | space/live | slowed, s | p99.9 ms | longest ms |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (Layout layout : List.of(Layout.READ_OPTIMIZED, Layout.BALANCED, Layout.WRITE_OPTIMIZED)) {
      overwrite(layout, Keys.UNIFORM, entries);
      overwrite(layout, Keys.ZIPFIAN, entries);
    }
    open(large);
    return 0;
  }

  /// Which keys are overwritten.
  private enum Keys {
    UNIFORM,
    ZIPFIAN;

    int next(SplittableRandom random, int entries) {
      if (this == UNIFORM) {
        return random.nextInt(entries);
      }
      // By inversion of the continuous distribution with exponent 0.99, spread over the keys.
      double rank = Math.pow(random.nextDouble() * (Math.pow(entries, 0.01) - 1) + 1, 100);
      return (int) Math.floorMod(((long) rank) * 0x9E3779B97F4A7C15L, (long) entries);
    }
  }

  private static byte[] key(int number) {
    byte[] key = new byte[KEY_BYTES];
    long mixed = number * 0x9E3779B97F4A7C15L;
    for (int i = 0; i < 8; i++) {
      key[i] = (byte) (mixed >>> (56 - 8 * i));
      key[8 + i] = (byte) (number >>> (56 - 8 * i));
    }
    return key;
  }

  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < VALUE_BYTES / 2; i++) {
      value[i] = (byte) random.nextInt();
    }
    return value;
  }

  private static void overwrite(Layout layout, Keys keys, int entries) throws IOException {
    Path directory = Files.createTempDirectory("lightningdb-costs");
    try (Database database = Database.open(directory, OPTIONS)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults().withLayout(layout));
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < entries; i++) {
        keyspace.put(key(i), value(random), Durability.LOGGED);
      }
      keyspace.compact();
      measure(database, keyspace, keys, entries);
    } finally {
      delete(directory);
    }
  }

  private static void measure(Database database, Keyspace keyspace, Keys keys, int entries) {
    EngineStats before = database.stats();
    SplittableRandom random = new SplittableRandom(2);
    int puts = (int) (10 * MEMORY_BYTES / (KEY_BYTES + VALUE_BYTES));
    long[] nanos = new long[puts];
    int rowsMost = 0;
    long start = System.nanoTime();
    for (int i = 0; i < puts; i++) {
      byte[] key = key(keys.next(random, entries));
      byte[] value = value(random);
      long at = System.nanoTime();
      keyspace.put(key, value, Durability.LOGGED);
      nanos[i] = System.nanoTime() - at;
      if (i % 10_000 == 0) {
        rowsMost = Math.max(rowsMost, rows(keyspace));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    EngineStats after = database.stats();
    long kept = keyspace.stats().runBytes();
    int rows = rows(keyspace);
    keyspace.compact();
    double written =
        after.flushBytes()
            - before.flushBytes()
            + after.compactionBytesWritten()
            - before.compactionBytesWritten();
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %,.0f | %.1f | %d, %d | %.2f | %.1f | %.2f | %.0f |%n",
        keyspace.options().layout(),
        keys,
        puts / seconds,
        written / ((double) puts * (KEY_BYTES + VALUE_BYTES)),
        rows,
        rowsMost,
        (double) kept / keyspace.stats().runBytes(),
        (after.writeWaitNanos() - before.writeWaitNanos()) / 1e9,
        nanos[(int) (puts * 0.999)] / 1e6,
        nanos[puts - 1] / 1e6);
  }

  private static int rows(Keyspace keyspace) {
    return keyspace.stats().levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum();
  }

  private static void open(int entries) throws IOException {
    Path directory = Files.createTempDirectory("lightningdb-costs");
    Path copy = Files.createTempDirectory("lightningdb-costs");
    DatabaseOptions options = DatabaseOptions.defaults();
    try {
      SplittableRandom random = new SplittableRandom(3);
      try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
        Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
        for (int i = 0; i < entries; i++) {
          keyspace.put(key(i), value(random), Durability.LOGGED);
        }
      }
      long start = System.nanoTime();
      try (Database database = Database.open(directory, options)) {
        byte[] found = database.keyspace("k").get(key(entries / 2));
        System.out.printf(
            Locale.ROOT,
            "opened %,d entries after a clean stop, and read one of %d bytes, in %.3f s%n",
            entries,
            found == null ? 0 : found.length,
            (System.nanoTime() - start) / 1e9);
        // Less than a memtable, so that nothing is flushed while the files are copied.
        long logged = 24 * MIB / (KEY_BYTES + VALUE_BYTES + 40);
        for (int i = 0; i < logged; i++) {
          database.keyspace("k").put(key(i), value(random), Durability.LOGGED);
        }
        database.keyspace("k").put(key(0), value(random), Durability.SYNCED);
        copy(directory, copy);
      }
      start = System.nanoTime();
      try (Database database = Database.open(copy, options)) {
        System.out.printf(
            Locale.ROOT,
            "opened it after a kill, with %,d commits to replay, in %.3f s%n",
            database.recovery().commitsReplayed(),
            (System.nanoTime() - start) / 1e9);
      }
    } finally {
      delete(directory);
      delete(copy);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
