package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// A program that fills a database with more than its heap holds, in several keyspaces, and finds everything again.
///
/// Arguments: the directory, `fill` or `check`, and the number of entries. It prints `ok` or dies.
public final class SmallHeapProcess {
  private static final int KEYSPACES = 5;
  private static final int VALUE_BYTES = 400;
  private static final int REFUSALS_MAX = 5;

  private SmallHeapProcess() {}

  /// Runs it.
  ///
  /// @param arguments directory, step, number of entries
  public static void main(String[] arguments) {
    int entries = Integer.parseInt(arguments[2]);
    try (Database database = Database.open(Path.of(arguments[0]), DatabaseOptions.defaults())) {
      if (arguments[1].equals("fill")) {
        fill(database, entries);
      }
      read(database, entries);
      scan(database, entries);
    }
    System.out.println("ok");
  }

  private static Keyspace keyspace(Database database, int number) {
    return database.keyspace("keyspace-" + number % KEYSPACES, KeyspaceOptions.defaults());
  }

  private static byte[] key(int number) {
    return "%08x-%d".formatted(number * 0x9E3779B9, number).getBytes(US_ASCII);
  }

  /// Half of it does not shrink.
  private static byte[] value(int number) {
    byte[] value = new byte[VALUE_BYTES];
    byte[] noise = new byte[VALUE_BYTES / 2];
    new Random(number).nextBytes(noise);
    System.arraycopy(noise, 0, value, 0, noise.length);
    return value;
  }

  private static void fill(Database database, int entries) {
    for (int i = 0; i < entries; i++) {
      WriteBatch batch = new WriteBatch().put(keyspace(database, i), key(i), value(i));
      write(database, batch);
      if (i % 1000 == 0) {
        check(database.stats().memory());
      }
    }
  }

  /// A refusal is right where flushes and merges cannot keep up, as long as they go on.
  private static void write(Database database, WriteBatch batch) {
    for (int refusals = 0; ; refusals++) {
      try {
        database.write(batch, Durability.LOGGED);
        return;
      } catch (EngineException.Overloaded e) {
        if (refusals == REFUSALS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void check(MemoryStats memory) {
    // What one memtable adds when it takes its next chunk, and what a write in each thread adds.
    long slack = 2L << 20;
    if (memory.memtableBytes() > memory.bytesMax() * 2 / 5 + slack
        || memory.cacheBytes() > memory.bytesMax()) {
      throw new AssertionError("over the budget: " + memory);
    }
  }

  private static void read(Database database, int entries) {
    Random random = new Random(1);
    for (int i = 0; i < entries / 2; i++) {
      int number = random.nextInt(entries);
      if (!Arrays.equals(keyspace(database, number).get(key(number)), value(number))) {
        throw new AssertionError("entry " + number + " is wrong");
      }
    }
  }

  private static void scan(Database database, int entries) {
    int found = 0;
    for (int i = 0; i < KEYSPACES; i++) {
      try (Scan scan = keyspace(database, i).scan(Range.all())) {
        while (scan.next()) {
          found++;
        }
      }
    }
    if (found != entries) {
      throw new AssertionError("a scan found " + found + " of " + entries + " entries");
    }
  }
}
