package io.lightningdb.engine.memtable;

import io.lightningdb.engine.SampleEntries;
import io.lightningdb.engine.cursor.Projections;
import io.lightningdb.engine.cursor.ReadMoment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Puts into a memtable and gets from one, one thread.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xms2g",
      "-Xmx2g",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH sets the fields up.
public class MemtableBenchmark {
  private static final long BYTES_MAX = 32L << 20;
  private static final ReadMoment END = ReadMoment.of(Long.MAX_VALUE, 0);

  /// Entries of the memtable that is read: as many as fit into one of the default size, and a few.
  @Param({"1000", "180000"})
  public int entries;

  private final SampleEntries samples = new SampleEntries(1);
  private final SplittableRandom random = new SplittableRandom(2);
  private Memtable filled;
  private Memtable growing = new Memtable(BYTES_MAX);
  private long version;

  /// Fills the memtable that is read.
  @Setup
  public void fill() {
    filled = samples.memtable(0, 1, entries);
  }

  /// Inserts a random key; a full memtable is replaced by an empty one.
  @Benchmark
  public void put() {
    if (growing.isFull()) {
      growing = new Memtable(BYTES_MAX);
    }
    growing.apply(++version, samples.put(random.nextLong()));
  }

  /// Finds a random key and copies its value.
  ///
  /// @return the value
  @Benchmark
  public byte[] get() {
    return find(SampleEntries.key(random.nextInt(entries)));
  }

  /// Looks for a key that is not there.
  ///
  /// @return null
  @Benchmark
  public byte[] getAbsent() {
    return find(SampleEntries.key(entries + random.nextInt(entries)));
  }

  private byte[] find(byte[] key) {
    return filled.find(key, Long.MAX_VALUE, 0, END, Projections.VALUE);
  }
}
