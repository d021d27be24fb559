package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.UnixOperatingSystemMXBean;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.WriteBatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// A program that does the same again and again to a fixed set of keys, and says after each round what it holds.
///
/// Arguments: the directory and the number of rounds. Each round prints a line: bytes of live heap, bytes of mapped database files,
/// open file descriptors, threads.
public final class SteadyProcess {
  private static final int KEYS = 2000;
  private static final int OVERWRITES = 5;

  private SteadyProcess() {}

  /// Runs it.
  ///
  /// @param arguments directory, number of rounds
  /// @throws IOException if the figures of the process cannot be read
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Random random = new Random(1);
    DatabaseOptions options = Variant.TINY.withMemtables(256 << 10, 4);
    try (Database database = Database.open(directory, options)) {
      for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
        workOnce(database, random);
        System.out.println(sample(directory));
      }
    }
    System.out.println("ok");
  }

  private static byte[] key(int number) {
    return "key-%06d".formatted(number).getBytes(US_ASCII);
  }

  private static void workOnce(Database database, Random random) {
    Keyspace kept = database.keyspace("kept", KeyspaceOptions.defaults());
    Keyspace dropped = database.keyspace("dropped", KeyspaceOptions.defaults());
    try (Snapshot snapshot = database.snapshot()) {
      overwrite(database, kept, dropped, random);
      kept.get(key(random.nextInt(KEYS)), snapshot);
    }
    read(kept, random);
    transact(database, kept, random);
    database.dropKeyspace("dropped");
    kept.compact();
    read(kept, random);
  }

  private static void overwrite(Database database, Keyspace kept, Keyspace dropped, Random random) {
    byte[] value = new byte[100];
    for (int i = 0; i < OVERWRITES * KEYS; i++) {
      random.nextBytes(value);
      byte[] key = key(i % KEYS);
      WriteBatch batch = new WriteBatch().put(kept, key, value).put(dropped, key, value);
      database.write(batch, Durability.LOGGED);
    }
    database.write(
        new WriteBatch().deleteRange(kept, Range.between(key(100), key(200))), Durability.LOGGED);
  }

  private static void read(Keyspace keyspace, Random random) {
    for (int i = 0; i < KEYS; i++) {
      keyspace.get(key(random.nextInt(KEYS)));
    }
    try (Scan scan = keyspace.scan(Range.all())) {
      for (int i = 0; i < KEYS / 2 && scan.next(); i++) {
        scan.value();
      }
    }
  }

  private static void transact(Database database, Keyspace keyspace, Random random) {
    for (int i = 0; i < 200; i++) {
      try (Transaction transaction = database.begin(TransactionOptions.defaults())) {
        transaction.get(keyspace, key(random.nextInt(KEYS)));
        transaction.put(keyspace, key(random.nextInt(KEYS)), new byte[50]);
        if (i % 3 != 0) {
          transaction.commit();
        }
      }
    }
  }

  private static String sample(Path directory) throws IOException {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : 0;
    return "%d %d %d %d"
        .formatted(
            memory.getHeapMemoryUsage().getUsed(),
            mappedBytes(directory),
            descriptors,
            ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static long mappedBytes(Path directory) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.exists(maps)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(maps);
    return lines.stream()
        .filter(line -> line.contains(directory.toString()))
        .map(line -> line.substring(0, line.indexOf(' ')).split("-", -1))
        .mapToLong(range -> Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16))
        .sum();
  }
}
