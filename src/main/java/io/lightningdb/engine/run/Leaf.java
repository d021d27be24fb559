package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.FoundEntry;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A verified leaf, read in place. Immutable, thread-safe.
///
/// Every access is checked against the bounds of the leaf, so that a leaf whose checksum is right but whose content makes no
/// sense throws [IndexOutOfBoundsException], which [RunReader] reports as damage.
final class Leaf {
  /// What a leaf in an array of its own takes beside its bytes.
  private static final int OBJECT_BYTES = 112;

  private final MemorySegment memory;
  private final long start;
  private final long end;
  private final long baseVersion;
  private final int count;

  /// Reads the header.
  ///
  /// @param memory exactly the uncompressed leaf
  Leaf(MemorySegment memory) {
    this(memory, 0, memory.byteSize());
  }

  /// Reads the header of a leaf inside something greater.
  ///
  /// @param memory holds the uncompressed leaf
  /// @param start place of the leaf
  /// @param length its length
  Leaf(MemorySegment memory, long start, long length) {
    if (length < RunFormat.LEAF_HEADER_BYTES) {
      throw new IndexOutOfBoundsException("a leaf cannot have " + length + " bytes");
    }
    this.memory = memory;
    this.start = start;
    this.end = start + length;
    this.baseVersion = LittleEndian.u64(memory, start);
    this.count = LittleEndian.u32(memory, start + 8);
    if (count < 1 || RunFormat.LEAF_HEADER_BYTES + 4L * count > length) {
      throw new IndexOutOfBoundsException("a leaf cannot have " + count + " entries");
    }
  }

  /// Memory that a leaf takes which is in an array of its own.
  long bytes() {
    return end - start + OBJECT_BYTES;
  }

  int count() {
    return count;
  }

  /// Decodes the header of an entry.
  EntryHeader entry(int slot) {
    if (slot < 0 || slot >= count) {
      throw new IndexOutOfBoundsException("slot " + slot + " of " + count);
    }
    long startAt = start + RunFormat.LEAF_HEADER_BYTES + 4L * slot;
    long at = start + Integer.toUnsignedLong(LittleEndian.u32(memory, startAt));
    int kind = LittleEndian.u8(memory, at++);
    long key = varint(at);
    at += varintLength(key);
    long value = varint(at);
    at += varintLength(value);
    long version = varint(at);
    at += varintLength(version);
    if (key > Integer.MAX_VALUE || value > Integer.MAX_VALUE || at + key + value > end) {
      throw new IndexOutOfBoundsException("an entry reaches beyond its leaf");
    }
    return kind == Operation.PUT_EXPIRING
        ? expiring(at, (int) key, (int) value, baseVersion + version)
        : new EntryHeader(
            memory, kind, at, (int) key, (int) value, baseVersion + version, ExpiryTime.NEVER);
  }

  /// The header of an expiring put, which is shown as a put that expires.
  private EntryHeader expiring(long keyAt, int key, int storedValue, long version) {
    if (storedValue < ExpiryTime.BYTES) {
      throw new IndexOutOfBoundsException("an expiring entry is cut");
    }
    long expiryMillis = LittleEndian.u64(memory, keyAt + key);
    if (!ExpiryTime.isLegal(expiryMillis)) {
      throw new IndexOutOfBoundsException("an entry cannot expire at " + expiryMillis);
    }
    int value = storedValue - ExpiryTime.BYTES;
    return new EntryHeader(memory, Operation.PUT, keyAt, key, value, version, expiryMillis);
  }

  private long varint(long offset) {
    long first = memory.get(ValueLayout.JAVA_BYTE, offset);
    return first >= 0 ? first : longVarint(offset);
  }

  private long longVarint(long offset) {
    long value = 0;
    for (int i = 0; i < 9; i++) {
      long group = memory.get(ValueLayout.JAVA_BYTE, offset + i);
      value |= (group & 0x7F) << (7 * i);
      if (group >= 0) {
        return value;
      }
    }
    throw new IndexOutOfBoundsException("a varint is too long");
  }

  private static int varintLength(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  /// An entry, and where its parts are.
  ///
  /// @param memory that of the leaf; what was found does not need the leaf itself any more
  /// @param kind `PUT` or `DELETE`, or what makes no sense
  /// @param keyAt place of the key in the memory; the value follows it
  /// @param expiryMillis when it expires
  record EntryHeader(
      MemorySegment memory,
      int kind,
      long keyAt,
      int keyLength,
      int valueLength,
      long version,
      long expiryMillis)
      implements FoundEntry {

    long valueAt() {
      return keyAt + keyLength + (expiryMillis == ExpiryTime.NEVER ? 0 : ExpiryTime.BYTES);
    }

    @Override
    public byte[] value() {
      byte[] value = new byte[valueLength];
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, valueAt(), value, 0, valueLength);
      return value;
    }
  }

  boolean keyEquals(EntryHeader entry, byte[] key) {
    return Keys.equal(key, memory, entry.keyAt(), entry.keyLength());
  }

  int compareTo(byte[] key, EntryHeader entry) {
    return Keys.compare(key, memory, entry.keyAt(), entry.keyLength());
  }

  byte[] key(EntryHeader entry) {
    byte[] key = new byte[entry.keyLength()];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, entry.keyAt(), key, 0, key.length);
    return key;
  }

  void copyValue(EntryHeader entry, byte[] target, int offset) {
    MemorySegment.copy(
        memory, ValueLayout.JAVA_BYTE, entry.valueAt(), target, offset, entry.valueLength());
  }

  /// First slot whose key is not less than `key`; [#count] if there is none.
  int firstNotBelow(byte[] key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compareTo(key, entry(middle)) > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
