package io.lightningdb.engine.run;

import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A verified index block, read in place. Immutable, thread-safe. Nonsense in it throws [IndexOutOfBoundsException].
final class IndexBlock {
  private final MemorySegment memory;
  private final int count;
  private final int firstChild;
  private final int prefixLength;
  private final boolean leftmost;
  private final long suffixEnds;
  private final long prefixAt;

  IndexBlock(MemorySegment memory) {
    this.memory = memory;
    this.count = LittleEndian.u32(memory, 0);
    this.firstChild = LittleEndian.u32(memory, 4);
    this.prefixLength = LittleEndian.u16(memory, 8);
    this.leftmost = LittleEndian.u16(memory, 10) == 1;
    if (count < 1 || RunFormat.INDEX_HEADER_BYTES + 12L * count > memory.byteSize()) {
      throw new IndexOutOfBoundsException("an index block cannot have " + count + " children");
    }
    this.suffixEnds = RunFormat.INDEX_HEADER_BYTES + 8L * count;
    this.prefixAt = suffixEnds + 4L * count;
  }

  int count() {
    return count;
  }

  int firstChild() {
    return firstChild;
  }

  /// Number of the child where a search for `key` goes on.
  int childFor(byte[] key) {
    return firstChild + Math.max(0, firstAbove(key) - 1);
  }

  /// Index of the first separator that is greater than `key`.
  private int firstAbove(byte[] key) {
    int prefixOrder = comparePrefix(key);
    if (prefixOrder != 0) {
      // All separators but an empty first one start with the prefix.
      return prefixOrder < 0 ? 1 : count;
    }
    long head = Keys.head(key, prefixLength);
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isNotAbove(middle, head, key)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int comparePrefix(byte[] key) {
    if (prefixLength == 0) {
      return 0;
    }
    int common = Math.min(prefixLength, key.length);
    byte[] prefix = new byte[prefixLength];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, prefixAt, prefix, 0, prefixLength);
    int order = Arrays.compareUnsigned(key, 0, common, prefix, 0, common);
    return order != 0 || key.length >= prefixLength ? order : -1;
  }

  private boolean isNotAbove(int index, long head, byte[] key) {
    long separatorHead = LittleEndian.u64(memory, RunFormat.INDEX_HEADER_BYTES + 8L * index);
    int order = Long.compareUnsigned(separatorHead, head);
    return order != 0 ? order < 0 : Arrays.compareUnsigned(separator(index), key) <= 0;
  }

  /// Copies a separator.
  byte[] separator(int index) {
    if (index == 0 && leftmost) {
      return new byte[0];
    }
    long start = index == 0 ? 0 : end(index - 1);
    long stated = end(index) - start;
    if (stated < 0 || stated > memory.byteSize()) {
      throw new IndexOutOfBoundsException("a separator cannot have " + stated + " bytes");
    }
    int length = (int) stated;
    byte[] separator = new byte[prefixLength + length];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, prefixAt, separator, 0, prefixLength);
    MemorySegment.copy(
        memory,
        ValueLayout.JAVA_BYTE,
        prefixAt + prefixLength + start,
        separator,
        prefixLength,
        length);
    return separator;
  }

  private long end(int index) {
    return Integer.toUnsignedLong(LittleEndian.u32(memory, suffixEnds + 4L * index));
  }
}
