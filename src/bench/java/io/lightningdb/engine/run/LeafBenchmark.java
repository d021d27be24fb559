package io.lightningdb.engine.run;

import io.lightningdb.engine.SampleEntries;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.ByteWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Searching, compressing and decompressing one leaf, one thread.
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
public class LeafBenchmark {
  private static final int ENTRIES = 100;
  private static final int LEAF_BYTES = 4096;

  private final SplittableRandom random = new SplittableRandom(2);
  private final List<byte[]> keys = new ArrayList<>();
  private byte[] encoded;
  private byte[] compressed;
  private byte[] target;
  private Leaf leaf;

  /// Builds the leaf.
  ///
  /// @throws IOException never: it is all in memory
  @Setup
  public void build() throws IOException {
    LeafBuilder builder = new LeafBuilder(LEAF_BYTES);
    EntryCursor entries = new SampleEntries(1).memtable(0, 1, ENTRIES).allVersions();
    while (entries.next() && !builder.isFullFor(entries.key().length, entries.valueLength())) {
      builder.add(entries);
      keys.add(entries.key());
    }
    ByteWriter bytes = builder.encode();
    encoded = Arrays.copyOf(bytes.array(), bytes.length());
    leaf = Leaf.of(encoded);
    target = new byte[BlockCodec.compressedBytesMax(encoded.length)];
    compressed = Arrays.copyOf(target, compress());
    System.arraycopy(target, 0, compressed, 0, compressed.length);
  }

  /// Finds the slot of a key by binary search.
  ///
  /// @return the slot
  @Benchmark
  public int search() {
    return leaf.firstNotBelow(keys.get(random.nextInt(keys.size())));
  }

  /// Compresses the leaf.
  ///
  /// @return the length that is left
  @Benchmark
  public int compress() {
    return BlockCodec.LZ4.compress(encoded, encoded.length, target);
  }

  /// Decompresses the leaf.
  ///
  /// @return its bytes
  @Benchmark
  public byte[] decompress() {
    return BlockCodec.LZ4.decompress(
        MemorySegment.ofArray(compressed), 0, compressed.length, encoded.length);
  }
}
