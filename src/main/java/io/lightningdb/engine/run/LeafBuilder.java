package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFormat;
import java.util.Arrays;

/// Collects the entries of one leaf and encodes it. *Confined to one thread.*
final class LeafBuilder {
  private static final int ENTRY_OVERHEAD_ESTIMATE = 12;

  private final int targetBytes;
  private final int keepBytes;
  private final ByteWriter keysAndValues;
  private final ByteWriter encoded;

  // Facts of entry i; all arrays grow together.
  private int[] kinds = new int[64];
  private int[] keyLengths = new int[64];
  private int[] valueLengths = new int[64];
  private long[] versions = new long[64];
  private int count;

  LeafBuilder(int targetBytes) {
    this.targetBytes = targetBytes;
    this.keepBytes = targetBytes + targetBytes / 2;
    this.keysAndValues = new ByteWriter(keepBytes);
    this.encoded = new ByteWriter(keepBytes);
  }

  int count() {
    return count;
  }

  /// Tells whether an entry belongs into the next leaf.
  boolean isFullFor(int keyLength, int valueLength) {
    int entry = keyLength + valueLength + ENTRY_OVERHEAD_ESTIMATE;
    long size = keysAndValues.length() + (long) count * ENTRY_OVERHEAD_ESTIMATE + entry;
    return count > 0 && (size > targetBytes || count == Limits.LEAF_ENTRIES_MAX);
  }

  void add(EntryCursor entry) {
    if (count == kinds.length) {
      grow();
    }
    byte[] key = entry.key();
    boolean expires = entry.expiryMillis() != ExpiryTime.NEVER;
    int expiryBytes = expires ? ExpiryTime.BYTES : 0;
    int valueLength = expiryBytes + entry.valueLength();
    kinds[count] = expires ? Operation.PUT_EXPIRING : entry.kind();
    keyLengths[count] = key.length;
    valueLengths[count] = valueLength;
    versions[count] = entry.version();
    count++;
    keysAndValues.raw(key, 0, key.length);
    int at = keysAndValues.skip(valueLength);
    if (expires) {
      LittleEndian.putU64(keysAndValues.array(), at, entry.expiryMillis());
    }
    entry.copyValue(keysAndValues.array(), at + expiryBytes);
  }

  private void grow() {
    int capacity = 2 * count;
    kinds = Arrays.copyOf(kinds, capacity);
    keyLengths = Arrays.copyOf(keyLengths, capacity);
    valueLengths = Arrays.copyOf(valueLengths, capacity);
    versions = Arrays.copyOf(versions, capacity);
  }

  /// Encodes the leaf, and starts the next one. The result is valid until the next call. A large entry is held once
  /// afterwards.
  ByteWriter encode() {
    long base = leastVersion();
    encoded.clear(keepBytes);
    encoded.u64(base).u32(count);
    int[] starts = new int[count];
    for (int i = 0; i < count; i++) {
      encoded.u32(0);
    }
    int source = 0;
    for (int i = 0; i < count; i++) {
      starts[i] = encoded.length();
      encoded.u8(kinds[i]).varint(keyLengths[i]).varint(valueLengths[i]).varint(versions[i] - base);
      int length = keyLengths[i] + valueLengths[i];
      encoded.raw(keysAndValues.array(), source, length);
      source += length;
    }
    for (int i = 0; i < count; i++) {
      int at = RunFormat.LEAF_HEADER_BYTES + i * Integer.BYTES;
      LittleEndian.putU32(encoded.array(), at, starts[i]);
    }
    count = 0;
    keysAndValues.clear(keepBytes);
    return encoded;
  }

  private long leastVersion() {
    long least = versions[0];
    for (int i = 1; i < count; i++) {
      least = Math.min(least, versions[i]);
    }
    return least;
  }

  /// Memory held.
  ///
  /// @return in bytes
  long memoryBytes() {
    return (long) keysAndValues.array().length + encoded.array().length;
  }
}
