package io.lightningdb.engine.cache;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.run.Found;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.SplittableRandom;

/// Records which leaves reads of two runs ask for: a large one, and a newer one with a fifth of its keys, as a keyspace
/// has them between two merges. *Confined to one thread.*
final class BlockTrace implements AutoCloseable {
  static final int KEYS = 120_000;

  private static final ReadView EVERYTHING =
      new ReadView(KeyRange.ALL, ReadView.Direction.FORWARD, Long.MAX_VALUE, ExpiryTime.BEFORE_ALL);

  private final Recorder recorder = new Recorder();
  private final Run older;
  private final Run newer;
  private EntryCursor scan;

  /// Writes the runs.
  ///
  /// @param directory an empty directory
  BlockTrace(Path directory) throws IOException {
    DiskStorage storage = new DiskStorage(directory);
    this.older = write(storage, 1, 1);
    this.newer = write(storage, 2, 5);
    this.scan = older.cursor(EVERYTHING);
  }

  private Run write(DiskStorage storage, long fileId, int step) throws IOException {
    var identity = new RunWriter.Identity(1, 1, fileId);
    try (StorageFile file = storage.create(FileFormat.run(fileId))) {
      RunWriter writer =
          new RunWriter(file, identity, new RunWriter.Form(BlockCodec.LZ4, true, 4096));
      Entries entries = new Entries(step);
      while (entries.next()) {
        writer.add(entries);
      }
      writer.finish();
    }
    return new Run(storage, identity, recorder);
  }

  static byte[] key(int number) {
    return ByteBuffer.allocate(16).putInt(number).array();
  }

  /// Reads a key as a keyspace does: from the newer run, and if it is not there, from the older.
  void get(int number) throws IOException {
    if (Found.in(newer, key(number), Long.MAX_VALUE) == null
        && Found.in(older, key(number), Long.MAX_VALUE) == null) {
      throw new IllegalStateException("key " + number + " is missing");
    }
  }

  /// Lets a scan of everything go on, from the start again after the end.
  void scan(int entries) throws IOException {
    for (int i = 0; i < entries; i++) {
      if (!scan.next()) {
        scan = older.cursor(EVERYTHING);
      }
    }
  }

  /// Walks a part of the keys.
  void walk(int from, int to) throws IOException {
    EntryCursor walk =
        older.cursor(
            new ReadView(
                new KeyRange(key(from), key(to)),
                ReadView.Direction.FORWARD,
                Long.MAX_VALUE,
                ExpiryTime.BEFORE_ALL));
    while (walk.next()) {
      // The leaves are what counts.
    }
  }

  /// The leaves in the order in which they were asked for.
  int[] recorded() {
    return Arrays.copyOf(recorder.blocks, recorder.count);
  }

  @Override
  public void close() {
    older.close();
    newer.close();
  }

  /// Numbers with the frequencies of Zipf's law, the frequent ones spread over all keys.
  static final class Zipfian {
    private final double[] cumulated = new double[KEYS];
    private final SplittableRandom random;

    Zipfian(long seed, double exponent) {
      this.random = new SplittableRandom(seed);
      double sum = 0;
      for (int i = 0; i < KEYS; i++) {
        sum += 1 / Math.pow(i + 1.0, exponent);
        cumulated[i] = sum;
      }
    }

    int next() {
      int rank = Arrays.binarySearch(cumulated, random.nextDouble(cumulated[KEYS - 1]));
      int spread = Math.min(KEYS - 1, rank < 0 ? -rank - 1 : rank);
      return (int) (spread * 7_368_787L % KEYS);
    }
  }

  /// Keeps nothing and writes down what it is asked to keep: everything that is read.
  private static final class Recorder extends BlockCache {
    private final IdentityHashMap<BlockSlots<?>, Integer> files = new IdentityHashMap<>();
    private int[] blocks = new int[1 << 16];
    private int count;

    Recorder() {
      super(0);
    }

    @Override
    <V> V put(BlockSlots<V> file, int number, V content, long contentBytes) {
      if (count == blocks.length) {
        blocks = Arrays.copyOf(blocks, 2 * count);
      }
      blocks[count++] = files.computeIfAbsent(file, _ -> files.size()) << 20 | number;
      return content;
    }
  }

  /// Every `step`-th key, with a value that shrinks to about two thirds.
  private static final class Entries implements EntryCursor {
    private final Random random = new Random(1);
    private final byte[] value = new byte[100];
    private final int step;
    private int number;

    Entries(int step) {
      this.step = step;
      this.number = -step;
    }

    @Override
    public boolean next() {
      number += step;
      for (int i = 0; i < value.length / 2; i++) {
        value[i] = (byte) random.nextInt();
      }
      return number < KEYS;
    }

    @Override
    public byte[] key() {
      return BlockTrace.key(number);
    }

    @Override
    public int kind() {
      return Operation.PUT;
    }

    @Override
    public long version() {
      return 1;
    }

    @Override
    public long expiryMillis() {
      return ExpiryTime.NEVER;
    }

    @Override
    public int valueLength() {
      return value.length;
    }

    @Override
    public void copyValue(byte[] target, int offset) {
      System.arraycopy(value, 0, target, offset, value.length);
    }
  }
}
