package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.Operation;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// The bytes of a memtable's entries, written once, one behind the other.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | version |
/// | 8 | 8 | address of the entry of the same key that this one replaced, 0 if none |
/// | 16 | 2 | kind |
/// | 18 | 2 | key length |
/// | 20 | 4 | value length |
/// | 24 | | key, value; of an expiring put, the moment (8 bytes) and the value |
///
/// In front of an entry that replaced another one stand 16 bytes more, so that a chain of any length is not walked one
/// by one (the skew-binary list of Myers, "An applicative random-access stack", IPL 17, 1983):
///
/// | offset | bytes | field |
/// |---|---|---|
/// | -16 | 8 | address of an older entry of the same key further down the chain, 0 if none |
/// | -8 | 8 | number of entries behind this one in the chain |
///
/// An address is a chunk number (high 32 bits) and an index in the chunk. Address 0 holds zeros, so that a reader that
/// was led astray by a concurrent change reads an empty entry before it finds out. Written by one thread; an address
/// reaches readers only through a node's version counter, behind the bytes.
final class EntryArena {
  static final long NONE = 0;

  private static final byte[] NOTHING = new byte[0];
  private static final int HEADER_BYTES = 24;
  private static final int CHAIN_BYTES = 16;
  private static final int CACHE_LINE_BYTES = 64;
  static final int CHUNK_BYTES_FIRST = 256;
  private static final int CHUNK_BYTES_MIN = 4 << 10;

  // With its header just inside 1 MiB: the garbage collector gives an array that large whole
  // regions,
  // and one more byte would waste most of a second one.
  private static final int CHUNK_BYTES_MAX = (1 << 20) - 64;
  private static final int CHUNKS_PER_MEMTABLE = 16;

  // Chunks double up to this size, so that a small keyspace, and a transaction of few writes, stays
  // small.
  private final int chunkBytesMax;

  // Replaced when it grows; a chunk is in place before any address in it is published.
  private volatile byte[][] chunks = new byte[16][];

  // Confined to the writer.
  private int chunkCount;
  private int fillChunk;
  private int fillIndex;
  private int fillEnd;

  private final AtomicLong bytes = new AtomicLong();

  EntryArena(long memtableBytesMax) {
    long share = memtableBytesMax / CHUNKS_PER_MEMTABLE;
    this.chunkBytesMax = Math.clamp(share, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
    this.fillEnd = CHUNK_BYTES_FIRST;
    this.fillChunk = addChunk(fillEnd);
    this.fillIndex = HEADER_BYTES;
  }

  long add(long version, long previous, Memtable.Change change) {
    int keyLength = change.keyLength();
    int valueLength = change.valueLength();
    int needed = (HEADER_BYTES + keyLength + valueLength + Long.BYTES - 1) & -Long.BYTES;
    long address;
    if (previous == NONE) {
      address = reserve(needed);
    } else {
      address = reserve(needed + CHAIN_BYTES) + CHAIN_BYTES;
      linkChain(address, previous);
    }
    byte[] chunk = chunks[(int) (address >>> 32)];
    int at = (int) address;
    LittleEndian.putU64(chunk, at, version);
    LittleEndian.putU64(chunk, at + 8, previous);
    LittleEndian.putU16(chunk, at + 16, change.kind());
    LittleEndian.putU16(chunk, at + 18, keyLength);
    LittleEndian.putU32(chunk, at + 20, valueLength);
    int keyAt = at + HEADER_BYTES;
    System.arraycopy(change.bytes(), change.keyOffset(), chunk, keyAt, keyLength);
    System.arraycopy(change.bytes(), change.valueOffset(), chunk, keyAt + keyLength, valueLength);
    return address;
  }

  /// Jumps of two equal lengths that follow each other become one of both.
  private void linkChain(long address, long previous) {
    long jump = jump(previous);
    long far = jump(jump);
    boolean join = jump != NONE && behind(previous) - behind(jump) == behind(jump) - behind(far);
    byte[] chunk = chunk(address);
    LittleEndian.putU64(chunk, (int) address - CHAIN_BYTES, join ? far : previous);
    LittleEndian.putU64(chunk, (int) address - Long.BYTES, behind(previous) + 1);
  }

  /// An older entry down the chain, or [#NONE].
  private long jump(long address) {
    return address == NONE || previous(address) == NONE
        ? NONE
        : LittleEndian.u64(chunk(address), (int) address - CHAIN_BYTES);
  }

  private long behind(long address) {
    return address == NONE || previous(address) == NONE
        ? 0
        : LittleEndian.u64(chunk(address), (int) address - Long.BYTES);
  }

  /// Goes down the chain of a key.
  ///
  /// @return the newest entry up to a version, or [#NONE]
  long newestUpTo(long newest, long readVersion) {
    long entry = newest;
    while (entry != NONE && version(entry) > readVersion) {
      entry = older(entry, readVersion);
    }
    return entry;
  }

  /// One step down the chain of a key towards a version that is older than the entry: as far as can be told not to go
  /// past it.
  long older(long entry, long readVersion) {
    long jump = jump(entry);
    return jump != NONE && version(jump) > readVersion ? jump : previous(entry);
  }

  private long reserve(int needed) {
    if (needed > chunkBytesMax / 4) {
      // An entry with a chunk of its own: the one being filled stays in use.
      return (long) addChunk(needed) << 32;
    }
    if (fillIndex + needed > fillEnd) {
      int end = Math.clamp(2L * fillEnd, needed, chunkBytesMax);
      // Before anything changes: where there is no memory, the arena stays as it is.
      fillChunk = addChunk(end);
      fillEnd = end;
      fillIndex = 0;
    }
    long address = ((long) fillChunk << 32) | fillIndex;
    fillIndex += needed;
    return address;
  }

  /// Loads the beginnings of entries into the processor's caches. These loads do not wait for each other, as those of a
  /// reader do who goes from entry to entry, each somewhere else in memory.
  ///
  /// @return something of each entry, so that no compiler can leave the loads out
  int touch(long[] addresses, int count) {
    int touched = 0;
    for (int i = 0; i < count; i++) {
      byte[] chunk = chunk(addresses[i]);
      int at = (int) addresses[i];
      touched += chunk[at] + chunk[Math.min(at + CACHE_LINE_BYTES, chunk.length - 1)];
    }
    return touched;
  }

  private int addChunk(int length) {
    byte[][] all = chunks;
    byte[] added = new byte[length];
    if (chunkCount == all.length) {
      all = Arrays.copyOf(all, 2 * chunkCount);
    }
    all[chunkCount] = added;
    chunks = all;
    bytes.setRelease(bytes.getPlain() + HeapBytes.ofArray(length));
    return chunkCount++;
  }

  long bytes() {
    return bytes.get();
  }

  private byte[] chunk(long address) {
    return chunks[(int) (address >>> 32)];
  }

  /// An entry as it was added, where it is.
  Memtable.Change change(long address) {
    byte[] chunk = chunk(address);
    int at = (int) address;
    int keyLength = LittleEndian.u16(chunk, at + 18);
    int keyAt = at + HEADER_BYTES;
    return new Memtable.Change(
        LittleEndian.u16(chunk, at + 16),
        chunk,
        keyAt,
        keyLength,
        keyAt + keyLength,
        LittleEndian.u32(chunk, at + 20));
  }

  long version(long address) {
    return LittleEndian.u64(chunk(address), (int) address);
  }

  long previous(long address) {
    return LittleEndian.u64(chunk(address), (int) address + 8);
  }

  /// `PUT` or `DELETE`: an expiring put is a put.
  int kind(long address) {
    return isExpiring(address)
        ? Operation.PUT
        : LittleEndian.u16(chunk(address), (int) address + 16);
  }

  private boolean isExpiring(long address) {
    return LittleEndian.u16(chunk(address), (int) address + 16) == Operation.PUT_EXPIRING;
  }

  long expiryMillis(long address) {
    return isExpiring(address)
        ? LittleEndian.u64(chunk(address), storedValueStart(address))
        : ExpiryTime.NEVER;
  }

  private int storedValueStart(long address) {
    return (int) address + HEADER_BYTES + keyLength(address);
  }

  int keyLength(long address) {
    return LittleEndian.u16(chunk(address), (int) address + 18);
  }

  int valueLength(long address) {
    return LittleEndian.u32(chunk(address), (int) address + 20) - expiryBytes(address);
  }

  private int expiryBytes(long address) {
    return isExpiring(address) ? ExpiryTime.BYTES : 0;
  }

  byte[] key(long address) {
    int start = (int) address + HEADER_BYTES;
    return Arrays.copyOfRange(chunk(address), start, start + keyLength(address));
  }

  void copyValue(long address, byte[] target, int offset) {
    int start = storedValueStart(address) + expiryBytes(address);
    System.arraycopy(chunk(address), start, target, offset, valueLength(address));
  }

  /// What a point read makes of an entry.
  ///
  /// @param covered version of the newest range deletion over the key, or 0
  <T> T project(long address, long covered, ReadMoment moment, Projection<T> projection) {
    long version = version(address);
    long expiryMillis = expiryMillis(address);
    if (!projection.isThere(kind(address), version, expiryMillis, covered, moment)) {
      return projection.absent();
    }
    byte[] value = NOTHING;
    int valueBytes = valueLength(address);
    if (projection.needsValue(valueBytes)) {
      value = new byte[valueBytes];
      copyValue(address, value, 0);
    }
    return projection.of(value, version, expiryMillis);
  }

  long head(long address, int offset) {
    int start = (int) address + HEADER_BYTES;
    return Keys.head(chunk(address), start + offset, start + keyLength(address));
  }

  /// Compares a key with that of an entry.
  int compareKey(byte[] bytes, int keyOffset, int keyLength, long address) {
    byte[] chunk = chunk(address);
    int start = (int) address + HEADER_BYTES;
    int length = LittleEndian.u16(chunk, (int) address + 18);
    return Arrays.compareUnsigned(
        bytes, keyOffset, keyOffset + keyLength, chunk, start, start + length);
  }
}
