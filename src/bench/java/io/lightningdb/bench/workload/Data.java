package io.lightningdb.bench.workload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Keys and values by number, in arrays that are used again. *Confined to one thread.*
///
/// A key has 16 bytes, random ones or, in sequence, the decimal digits of its number. A value begins with the number of its key in 8
/// bytes; what follows comes from pieces of 100 bytes whose second half repeats the first, so that about half of it can be
/// compressed away.
final class Data {
  /// Length of every key.
  static final int KEY_BYTES = 16;

  /// Numbers from here on are those of keys that nobody writes.
  static final long ABSENT = 1L << 40;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int PIECE_BYTES = 100;
  private static final int PIECES = 10_000;

  private final long seed;
  private final byte[] pool;
  private final int valueBytes;
  private final int places;
  private final byte[] key = new byte[KEY_BYTES];
  private final byte[] value;

  Data(long seed, int valueBytes) {
    this.seed = seed;
    this.valueBytes = valueBytes;
    this.value = new byte[valueBytes];
    int pieces = PIECES + valueBytes / PIECE_BYTES + 1;
    this.pool = new byte[pieces * PIECE_BYTES];
    this.places = PIECES;
    fill(new SplittableRandom(seed), pieces);
  }

  private void fill(SplittableRandom random, int pieces) {
    byte[] half = new byte[PIECE_BYTES / 2];
    for (int i = 0; i < pieces; i++) {
      random.nextBytes(half);
      System.arraycopy(half, 0, pool, i * PIECE_BYTES, half.length);
      System.arraycopy(half, 0, pool, i * PIECE_BYTES + half.length, half.length);
    }
  }

  /// The random key of a number; no two numbers have the same.
  byte[] key(long number) {
    LONG.set(key, 0, mix(number + seed));
    LONG.set(key, Long.BYTES, mix(number ^ ~seed));
    return key;
  }

  /// The key of a number in sequence.
  byte[] sequentialKey(long number) {
    long rest = number;
    for (int i = KEY_BYTES - 1; i >= 0; i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  /// A value for the key of a number.
  byte[] value(long number) {
    int place = (int) (mix(number ^ seed) >>> 33) % places;
    System.arraycopy(pool, place * PIECE_BYTES, value, 0, valueBytes);
    LONG.set(value, 0, number);
    return value;
  }

  /// Makes sure that a value is one of this key's.
  byte[] check(long number, byte @Nullable [] found) {
    if (found == null || found.length != valueBytes || (long) LONG.get(found, 0) != number) {
      throw new IllegalStateException(
          "wrong answer for key " + number + ": " + (found == null ? "absent" : "another value"));
    }
    return found;
  }

  /// Mixes the bits of a number, so that each number has another one: the finalizer of SplitMix64.
  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
