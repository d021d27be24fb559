package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A program that has no heap left when a commit is in the log and goes into the memtable, and goes on with the same engine.
///
/// Argument: the directory. It prints `ok` or dies.
public final class ExhaustedHeapProcess {
  private static final int LARGE_BYTES = 6 << 20;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNKS_FREED = 2;

  private ExhaustedHeapProcess() {}

  /// Runs it.
  ///
  /// @param arguments the directory
  public static void main(String[] arguments) {
    try (Database database = Database.open(Path.of(arguments[0]), DatabaseOptions.defaults())) {
      run(database);
    }
    try (Database database = Database.open(Path.of(arguments[0]), DatabaseOptions.defaults())) {
      check(database.keyspace("default"));
    }
    System.out.println("ok");
  }

  private static void run(Database database) {
    Keyspace keyspace = database.keyspace("default");
    keyspace.put(key("before"), key("1"), Durability.SYNCED);
    byte[] large = large();
    WriteBatch batch =
        new WriteBatch()
            .put(keyspace, key("before"), key("2"))
            .put(keyspace, key("large"), large)
            .put(keyspace, key("after"), key("3"));
    long visible = database.visibleVersion();
    List<byte[]> ballast = fillHeap();
    boolean failed = fails(() -> database.write(batch, Durability.LOGGED));
    ballast.clear();
    require(failed, "the heap was not exhausted");
    require(database.visibleVersion() == visible, "a part of a commit is visible");
    require(Arrays.equals(keyspace.get(key("before")), key("1")), "a part of a commit is read");
    require(database.writeFailure().isPresent(), "the failure was not noted");
    try {
      keyspace.put(key("other"), key("4"), Durability.LOGGED);
      throw new AssertionError("a write went past a commit that is in the log");
    } catch (EngineException.ReadOnly _) {
      // As it must be.
    }
    require(database.resume(), "there was nothing to resume");
    check(keyspace);
    keyspace.put(key("other"), key("4"), Durability.SYNCED);
    require(Arrays.equals(keyspace.get(key("other")), key("4")), "a write was lost");
  }

  private static void check(Keyspace keyspace) {
    require(Arrays.equals(keyspace.get(key("before")), key("2")), "the commit was lost");
    require(Arrays.equals(keyspace.get(key("large")), large()), "the large value was lost");
    require(Arrays.equals(keyspace.get(key("after")), key("3")), "the end was lost");
  }

  private static byte[] large() {
    byte[] value = new byte[LARGE_BYTES];
    Arrays.fill(value, (byte) 7);
    return value;
  }

  private static byte[] key(String text) {
    return text.getBytes(US_ASCII);
  }

  private static List<byte[]> fillHeap() {
    List<byte[]> ballast = new ArrayList<>();
    while (!fails(() -> ballast.add(new byte[CHUNK_BYTES]))) {
      // Goes on until there is no more.
    }
    for (int i = 0; i < CHUNKS_FREED; i++) {
      ballast.removeLast();
    }
    return ballast;
  }

  private static boolean fails(Runnable work) {
    try {
      work.run();
      return false;
    } catch (OutOfMemoryError _) {
      return true;
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
