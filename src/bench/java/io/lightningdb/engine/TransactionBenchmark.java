package io.lightningdb.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/// Commits per second of small transactions that read a key and write it, `LOGGED`, repeated until they commit; and what a
/// transaction costs over the plain write that does the same.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xmx1g",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH sets the fields up.
public class TransactionBenchmark {
  private static final int KEYS_PER_THREAD = 25_000;
  private static final int THREADS_MAX = 8;
  private static final int HOT_KEYS = 10;
  private static final byte[] VALUE = new byte[100];

  private Path directory;
  private Database database;
  private Keyspace keyspace;

  /// Opens a database with an entry for every key.
  ///
  /// @throws IOException if there is no room for it
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-");
    database = Database.open(directory, DatabaseOptions.defaults());
    keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    for (int i = 0; i < KEYS_PER_THREAD * THREADS_MAX; i++) {
      keyspace.put(key(i), VALUE, Durability.LOGGED);
    }
    keyspace.compact();
  }

  /// Closes the database and deletes it.
  ///
  /// @throws IOException if something cannot be deleted
  @TearDown(Level.Trial)
  public void close() throws IOException {
    database.close();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static byte[] key(long number) {
    return ByteBuffer.allocate(16).putLong(number * 0x9E3779B97F4A7C15L).putLong(number).array();
  }

  /// Which keys a thread works on.
  @State(Scope.Thread)
  public static class Keys {
    private SplittableRandom random;
    private int first;

    /// Gives the thread keys of its own.
    ///
    /// @param threads tells which thread it is
    @Setup
    public void choose(ThreadParams threads) {
      random = new SplittableRandom(threads.getThreadIndex());
      first = KEYS_PER_THREAD * threads.getThreadIndex();
    }

    byte[] own() {
      return key(first + random.nextInt(KEYS_PER_THREAD));
    }

    byte[] hot() {
      return key(random.nextInt(HOT_KEYS));
    }
  }

  /// How transactions are isolated.
  @State(Scope.Benchmark)
  public static class Protection {
    /// The isolation.
    @Param public Isolation isolation;
  }

  /// Commits that had to be tried again.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Conflicts {
    /// A count.
    public long conflicts;
  }

  private void change(byte[] key, Isolation isolation, Conflicts counter) {
    while (!tryToChange(key, isolation)) {
      counter.conflicts++;
    }
  }

  private boolean tryToChange(byte[] key, Isolation isolation) {
    try (Transaction transaction = database.begin(isolation)) {
      byte[] value = transaction.get(keyspace, key);
      value[0]++;
      transaction.put(keyspace, key, value);
      transaction.commit(Durability.LOGGED);
      return true;
    } catch (EngineException.TransactionConflict _) {
      return false;
    }
  }

  /// One thread, keys at random.
  ///
  /// @param keys which
  /// @param protection how isolated
  /// @param counter counts conflicts
  @Benchmark
  @Threads(1)
  public void change1Uncontended(Keys keys, Protection protection, Conflicts counter) {
    change(keys.own(), protection.isolation, counter);
  }

  /// One thread, ten keys.
  ///
  /// @param keys which
  /// @param protection how isolated
  /// @param counter counts conflicts
  @Benchmark
  @Threads(1)
  public void change1Hot(Keys keys, Protection protection, Conflicts counter) {
    change(keys.hot(), protection.isolation, counter);
  }

  /// Eight threads, each with keys of its own.
  ///
  /// @param keys which
  /// @param protection how isolated
  /// @param counter counts conflicts
  @Benchmark
  @Threads(THREADS_MAX)
  public void change8Uncontended(Keys keys, Protection protection, Conflicts counter) {
    change(keys.own(), protection.isolation, counter);
  }

  /// Eight threads on the same ten keys.
  ///
  /// @param keys which
  /// @param protection how isolated
  /// @param counter counts conflicts
  @Benchmark
  @Threads(THREADS_MAX)
  public void change8Hot(Keys keys, Protection protection, Conflicts counter) {
    change(keys.hot(), protection.isolation, counter);
  }

  /// A transaction that only writes, one thread.
  ///
  /// @param keys which
  @Benchmark
  @Threads(1)
  public void writeInTransaction(Keys keys) {
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, keys.own(), VALUE);
      transaction.commit(Durability.LOGGED);
    }
  }

  /// The same write without a transaction, one thread.
  ///
  /// @param keys which
  /// @return the version
  @Benchmark
  @Threads(1)
  public long writePlainly(Keys keys) {
    return keyspace.put(keys.own(), VALUE, Durability.LOGGED);
  }
}
