package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A verified leaf, read in place. Immutable, thread-safe.
///
/// Every access is checked against the bounds of the leaf, so that a leaf whose checksum is right but whose content
/// makes no sense throws [IndexOutOfBoundsException], which [RunBlocks] reports as damage.
abstract sealed class Leaf {
  /// What a leaf in an array of its own takes beside its bytes.
  private static final int OBJECT_BYTES = 48;

  private static final byte[] NOTHING = new byte[0];
  private static final int CACHE_LINE_BYTES = 64;

  // What stands in front of the key fits into one word unless a length or a version is great.
  private static final int SHORT_LENGTH_MAX = 127;
  private static final long SHORT_VERSION_STOPS = 0x8080808080L;
  private static final long SHORT_VERSION_BITS = 0x7F7F7F7F7FL;

  private final int length;
  private final int count;
  private final long baseVersion;

  // Where entries would be if all were equally long.
  private final int entriesStart;
  private final int entryBytesMean;

  // Always 0, which the compiler does not know.
  private final int nothing;

  private Leaf(int length, long baseVersion, int count) {
    this.length = length;
    this.baseVersion = baseVersion;
    this.count = count;
    if (count < 1 || RunFormat.LEAF_HEADER_BYTES + 4L * count > length) {
      throw new IndexOutOfBoundsException("a leaf cannot have " + count + " entries");
    }
    this.entriesStart = RunFormat.LEAF_HEADER_BYTES + 4 * count;
    this.entryBytesMean = (length - entriesStart) / count;
    this.nothing = count >>> 31;
  }

  /// Reads the header of a leaf that has an array of its own.
  ///
  /// @param bytes exactly the uncompressed leaf
  static Leaf of(byte[] bytes) {
    checkLength(bytes.length);
    return new InArray(bytes);
  }

  /// Reads the header of a leaf inside a mapped file.
  ///
  /// @param memory holds the uncompressed leaf
  /// @param start place of the leaf
  /// @param length its length
  static Leaf of(MemorySegment memory, long start, int length) {
    checkLength(length);
    return new InMemory(memory, start, length);
  }

  private static void checkLength(int length) {
    if (length < RunFormat.LEAF_HEADER_BYTES) {
      throw new IndexOutOfBoundsException("a leaf cannot have " + length + " bytes");
    }
  }

  /// Reads a leaf again that was let go.
  @FunctionalInterface
  interface Again {
    Leaf read() throws IOException;
  }

  /// The same leaf of one entry, which keeps what is in front of the value and reads the leaf again when the value is
  /// copied.
  ///
  /// @param again reads it
  Leaf withoutValue(Again again) {
    byte[] kept = new byte[Math.min(length, entry(0).valueAt() + Long.BYTES)];
    copy(0, kept, 0, kept.length);
    return new WithoutValue(kept, length, again);
  }

  /// Memory that a leaf takes which is in an array of its own.
  long bytes() {
    return (long) length + OBJECT_BYTES;
  }

  int count() {
    return count;
  }

  abstract int u8(int at);

  abstract int u32(int at);

  abstract long u64(int at);

  /// Reads two lines of the processor's cache, from a place on, if that cannot take long.
  ///
  /// @return anything
  abstract int touch(int at);

  abstract boolean keyEquals(int at, int keyLength, byte[] key);

  abstract int compareTo(byte[] key, int at, int keyLength);

  abstract void copy(int at, byte[] target, int offset, int bytes);

  /// Decodes the header of an entry.
  EntryHeader entry(int slot) {
    if (slot < 0 || slot >= count) {
      throw new IndexOutOfBoundsException("slot " + slot + " of " + count);
    }
    int at = u32(RunFormat.LEAF_HEADER_BYTES + 4 * slot) + touchLikelyPlace(slot);
    if (at < 0 || at > length) {
      throw new IndexOutOfBoundsException("an entry reaches beyond its leaf");
    }
    if (at + Long.BYTES <= length) {
      long word = u64(at);
      int key = (int) (word >>> 8) & 0xFF;
      int value = (int) (word >>> 16) & 0xFF;
      long stops = ~word >>> 24 & SHORT_VERSION_STOPS;
      if ((key | value) <= SHORT_LENGTH_MAX && stops != 0) {
        int versionBits = Long.numberOfTrailingZeros(stops) + 1;
        long groups = word >>> 24 & SHORT_VERSION_BITS & (1L << versionBits) - 1;
        long version = Long.compress(groups, SHORT_VERSION_BITS);
        return entry((int) word & 0xFF, at + 3 + versionBits / Byte.SIZE, key, value, version);
      }
    }
    return longEntry(at);
  }

  /// Reads at the place where an entry is likely to be, so that it is on its way from memory beside what says where it
  /// is.
  ///
  /// @return 0
  private int touchLikelyPlace(int slot) {
    return touch(Math.min(entriesStart + slot * entryBytesMean, length - 1)) & nothing;
  }

  /// An entry with a header of any length.
  private EntryHeader longEntry(int start) {
    int at = start;
    int kind = u8(at++);
    long key = varint(at);
    at += varintLength(key);
    long value = varint(at);
    at += varintLength(value);
    long version = varint(at);
    at += varintLength(version);
    return entry(kind, at, key, value, version);
  }

  private EntryHeader entry(int kind, int keyAt, long key, long value, long version) {
    if (key > Integer.MAX_VALUE || value > Integer.MAX_VALUE || keyAt + key + value > length) {
      throw new IndexOutOfBoundsException("an entry reaches beyond its leaf");
    }
    return kind == Operation.PUT_EXPIRING
        ? expiring(keyAt, (int) key, (int) value, baseVersion + version)
        : new EntryHeader(
            kind, keyAt, (int) key, (int) value, baseVersion + version, ExpiryTime.NEVER);
  }

  /// The header of an expiring put, which is shown as a put that expires.
  private EntryHeader expiring(int keyAt, int key, int storedValue, long version) {
    if (storedValue < ExpiryTime.BYTES) {
      throw new IndexOutOfBoundsException("an expiring entry is cut");
    }
    long expiryMillis = u64(keyAt + key);
    if (!ExpiryTime.isLegal(expiryMillis)) {
      throw new IndexOutOfBoundsException("an entry cannot expire at " + expiryMillis);
    }
    int value = storedValue - ExpiryTime.BYTES;
    return new EntryHeader(Operation.PUT, keyAt, key, value, version, expiryMillis);
  }

  private long varint(int offset) {
    long value = 0;
    for (int i = 0; i < 9; i++) {
      long group = u8(offset + i);
      value |= (group & 0x7F) << (7 * i);
      if (group < 0x80) {
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
  /// @param kind `PUT` or `DELETE`, or what makes no sense
  /// @param keyAt place of the key in the leaf; the value follows it
  /// @param expiryMillis when it expires
  record EntryHeader(
      int kind, int keyAt, int keyLength, int valueLength, long version, long expiryMillis) {

    int valueAt() {
      return keyAt + keyLength + (expiryMillis == ExpiryTime.NEVER ? 0 : ExpiryTime.BYTES);
    }
  }

  boolean keyEquals(EntryHeader entry, byte[] key) {
    return keyEquals(entry.keyAt(), entry.keyLength(), key);
  }

  /// Tells whether an entry has the same key as one of another leaf, or of this one.
  boolean keyEquals(EntryHeader entry, Leaf other, EntryHeader otherEntry) {
    int keyLength = entry.keyLength();
    if (keyLength != otherEntry.keyLength()) {
      return false;
    }
    int own = entry.keyAt();
    int others = otherEntry.keyAt();
    int at = 0;
    for (; at + Long.BYTES <= keyLength; at += Long.BYTES) {
      if (u64(own + at) != other.u64(others + at)) {
        return false;
      }
    }
    for (; at < keyLength; at++) {
      if (u8(own + at) != other.u8(others + at)) {
        return false;
      }
    }
    return true;
  }

  int compareTo(byte[] key, EntryHeader entry) {
    return compareTo(key, entry.keyAt(), entry.keyLength());
  }

  byte[] key(EntryHeader entry) {
    byte[] key = new byte[entry.keyLength()];
    copy(entry.keyAt(), key, 0, key.length);
    return key;
  }

  void copyKey(EntryHeader entry, byte[] target, int offset) {
    copy(entry.keyAt(), target, offset, entry.keyLength());
  }

  void copyValue(EntryHeader entry, byte[] target, int offset) {
    copy(entry.valueAt(), target, offset, entry.valueLength());
  }

  /// What a point read makes of an entry.
  ///
  /// @param covered version of the newest range deletion over the key, or 0
  <T> T project(EntryHeader entry, long covered, ReadMoment moment, Projection<T> projection) {
    boolean isThere =
        projection.isThere(entry.kind(), entry.version(), entry.expiryMillis(), covered, moment);
    if (!isThere) {
      return projection.absent();
    }
    byte[] value = NOTHING;
    if (projection.needsValue(entry.valueLength())) {
      value = new byte[entry.valueLength()];
      copyValue(entry, value, 0);
    }
    return projection.of(value, entry.version(), entry.expiryMillis());
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

  /// A leaf that was decompressed.
  private static final class InArray extends Leaf {
    private final byte[] bytes;

    InArray(byte[] bytes) {
      super(bytes.length, LittleEndian.u64(bytes, 0), LittleEndian.u32(bytes, 8));
      this.bytes = bytes;
    }

    @Override
    int u8(int at) {
      return bytes[at] & 0xFF;
    }

    @Override
    int touch(int at) {
      return bytes[at] | bytes[Math.min(at + CACHE_LINE_BYTES, bytes.length - 1)];
    }

    @Override
    int u32(int at) {
      return LittleEndian.u32(bytes, at);
    }

    @Override
    long u64(int at) {
      return LittleEndian.u64(bytes, at);
    }

    @Override
    boolean keyEquals(int at, int keyLength, byte[] key) {
      return Keys.equal(key, bytes, at, keyLength);
    }

    @Override
    int compareTo(byte[] key, int at, int keyLength) {
      return Arrays.compareUnsigned(key, 0, key.length, bytes, at, at + keyLength);
    }

    @Override
    void copy(int at, byte[] target, int offset, int length) {
      System.arraycopy(bytes, at, target, offset, length);
    }
  }

  /// A leaf of which only what is in front of the value is kept.
  private static final class WithoutValue extends Leaf {
    private final byte[] kept;
    private final Again again;

    WithoutValue(byte[] kept, int length, Again again) {
      super(length, LittleEndian.u64(kept, 0), LittleEndian.u32(kept, 8));
      this.kept = kept;
      this.again = again;
    }

    @Override
    int u8(int at) {
      return kept[at] & 0xFF;
    }

    @Override
    int touch(int at) {
      return 0;
    }

    @Override
    int u32(int at) {
      return LittleEndian.u32(kept, at);
    }

    @Override
    long u64(int at) {
      return LittleEndian.u64(kept, at);
    }

    @Override
    boolean keyEquals(int at, int keyLength, byte[] key) {
      return Keys.equal(key, kept, at, keyLength);
    }

    @Override
    int compareTo(byte[] key, int at, int keyLength) {
      return Arrays.compareUnsigned(key, 0, key.length, kept, at, at + keyLength);
    }

    @Override
    void copy(int at, byte[] target, int offset, int bytes) {
      if (at + bytes <= kept.length) {
        System.arraycopy(kept, at, target, offset, bytes);
        return;
      }
      try {
        again.read().copy(at, target, offset, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// A leaf in the mapping of its file.
  private static final class InMemory extends Leaf {
    private final MemorySegment memory;
    private final long start;

    InMemory(MemorySegment memory, long start, int length) {
      super(length, LittleEndian.u64(memory, start), LittleEndian.u32(memory, start + 8));
      this.memory = memory;
      this.start = start;
    }

    @Override
    int u8(int at) {
      return LittleEndian.u8(memory, start + at);
    }

    @Override
    int touch(int at) {
      // It may be in another page than the entry, and that page not in memory.
      return 0;
    }

    @Override
    int u32(int at) {
      return LittleEndian.u32(memory, start + at);
    }

    @Override
    long u64(int at) {
      return LittleEndian.u64(memory, start + at);
    }

    @Override
    boolean keyEquals(int at, int keyLength, byte[] key) {
      return Keys.equal(key, memory, start + at, keyLength);
    }

    @Override
    int compareTo(byte[] key, int at, int keyLength) {
      return Keys.compare(key, memory, start + at, keyLength);
    }

    @Override
    void copy(int at, byte[] target, int offset, int length) {
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, start + at, target, offset, length);
    }
  }
}
