package io.lightningdb.engine.run;

import io.lightningdb.engine.SampleEntries;
import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Projections;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
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
import org.openjdk.jmh.annotations.Warmup;

/// Reads of a run that is in memory, one thread.
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
public class RunBenchmark {
  private static final int ENTRIES = 500_000;
  private static final ReadMoment END = ReadMoment.of(Long.MAX_VALUE, 0);
  private static final int LEAF_BYTES = 4096;
  private static final int SHORT_SCAN = 100;
  private static final long CACHE_BYTES = 256L << 20;
  private static final RunWriter.Identity IDENTITY = new RunWriter.Identity(1, 1, 1);

  /// How leaves are stored.
  @Param public BlockCodec codec;

  private final SplittableRandom random = new SplittableRandom(2);
  private final byte[] value = new byte[100];
  private Path directory;
  private Run run;

  /// Writes a run and opens it.
  ///
  /// @throws IOException if there is no room for it
  @Setup(Level.Trial)
  public void write() throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-");
    DiskStorage storage = DiskStorage.inDirectory(directory);
    try (StorageFile file = storage.create(FileFormat.run(IDENTITY.fileId()))) {
      RunWriter writer = new RunWriter(file, IDENTITY, new RunWriter.Form(codec, true, LEAF_BYTES));
      EntryCursor entries = new SampleEntries(1).memtable(0, 1, ENTRIES).allVersions();
      while (entries.next()) {
        writer.add(entries);
      }
      writer.finish();
    }
    run = new Run(storage, IDENTITY, new BlockCache(CACHE_BYTES));
  }

  /// Deletes it.
  ///
  /// @throws IOException if something cannot be deleted
  @TearDown(Level.Trial)
  public void close() throws IOException {
    run.close();
    Files.delete(directory.resolve(FileFormat.run(IDENTITY.fileId())));
    Files.delete(directory);
  }

  /// Finds a random key by the point index and copies its value.
  ///
  /// @return the value
  /// @throws IOException if the run cannot be read
  @Benchmark
  public byte[] find() throws IOException {
    return find(SampleEntries.key(random.nextInt(ENTRIES)));
  }

  /// Finds by the point index that a key is absent.
  ///
  /// @return null
  /// @throws IOException if the run cannot be read
  @Benchmark
  public byte[] findAbsent() throws IOException {
    return find(SampleEntries.key(ENTRIES + random.nextInt(ENTRIES)));
  }

  /// Seeks a random key through the index blocks and walks 100 entries.
  ///
  /// @return something of every entry
  /// @throws IOException if the run cannot be read
  @Benchmark
  public long scan() throws IOException {
    byte[] from = SampleEntries.key(random.nextInt(ENTRIES));
    ReadView view =
        new ReadView(new KeyRange(from, null), ReadView.Direction.FORWARD, Long.MAX_VALUE, 0);
    EntryCursor cursor = run.cursor(view);
    long sum = 0;
    for (int i = 0; i < SHORT_SCAN && cursor.next(); i++) {
      cursor.copyValue(value, 0);
      sum += cursor.key()[0] + value[0];
    }
    return sum;
  }

  private byte[] find(byte[] key) throws IOException {
    return run.find(key, Long.MAX_VALUE, 0, END, Projections.VALUE);
  }
}
