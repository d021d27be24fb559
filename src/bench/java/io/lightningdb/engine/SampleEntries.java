package io.lightningdb.engine;

import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.memtable.Memtable;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// Entries for the benchmarks of the parts: random keys of 16 bytes, half-compressible values of 100.
public final class SampleEntries {
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;

  private final ByteBuffer bytes = ByteBuffer.allocate(KEY_BYTES + VALUE_BYTES);
  private final Memtable.Change change =
      new Memtable.Change(Operation.PUT, bytes.array(), 0, KEY_BYTES, KEY_BYTES, VALUE_BYTES);

  /// Draws values from a seed.
  ///
  /// @param seed any number
  public SampleEntries(long seed) {
    byte[] half = new byte[VALUE_BYTES / 2];
    new SplittableRandom(seed).nextBytes(half);
    bytes.position(KEY_BYTES).put(half).put(half);
  }

  /// The key of a number.
  ///
  /// @param number no two have the same key
  /// @return an array of the caller's own
  public static byte[] key(long number) {
    return ByteBuffer.allocate(KEY_BYTES)
        .putLong(number * 0x9E3779B97F4A7C15L)
        .putLong(number)
        .array();
  }

  /// The change that puts an entry.
  ///
  /// @param number the number of its key
  /// @return valid until the next call
  public Memtable.Change put(long number) {
    bytes.putLong(0, number * 0x9E3779B97F4A7C15L).putLong(Long.BYTES, number);
    return change;
  }

  /// A memtable with the entries of every `step`-th number.
  ///
  /// @param first the first number
  /// @param step to the next one
  /// @param count how many
  /// @return a memtable, each entry with a version of its own, which is its number plus one
  public Memtable memtable(long first, long step, int count) {
    Memtable memtable = new Memtable(1L << 30);
    for (int i = 0; i < count; i++) {
      long number = first + i * step;
      memtable.apply(number + 1, put(number));
    }
    return memtable;
  }
}
