package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Order of keys: unsigned bytes, a prefix before its extensions.
public final class Keys {
  private Keys() {}

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int HEAD_BYTES = 8;

  /// The eight bytes of a key at `offset` as one number, the first byte highest, filled up with zeros.
  ///
  /// Two heads that differ, compared as unsigned numbers, order their keys (if what lies before `offset` is the same);
  /// two equal heads say nothing.
  ///
  /// @param key any key
  /// @param offset 0 or more; may lie behind the end
  /// @return the head
  public static long head(byte[] key, int offset) {
    return head(key, offset, key.length);
  }

  /// As [#head(byte\[\], int)], for a key that ends before its array does.
  ///
  /// @param bytes holds the key
  /// @param offset index where the head starts
  /// @param end index behind the key
  /// @return the head
  public static long head(byte[] bytes, int offset, int end) {
    if (offset + HEAD_BYTES <= end) {
      return (long) BIG_ENDIAN_LONG.get(bytes, offset);
    }
    long head = 0;
    for (int i = 0; i < HEAD_BYTES; i++) {
      int at = offset + i;
      head = (head << 8) | (at < end ? bytes[at] & 0xFF : 0);
    }
    return head;
  }

  /// Number of bytes that both keys start with.
  ///
  /// @param a a key
  /// @param b a key
  /// @return 0 up to the shorter length
  public static int commonPrefix(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  /// The first key behind all keys that start with `prefix`.
  ///
  /// @param prefix any bytes
  /// @return a key, or null if there is none: the prefix is empty or all 0xFF
  public static byte @Nullable [] afterPrefix(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] after = Arrays.copyOf(prefix, length);
    after[length - 1]++;
    return after;
  }

  /// The first key behind `key`.
  ///
  /// @param key any key
  /// @return the key with one zero more
  public static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /// The shortest key that is greater than `left` and not greater than `right`.
  ///
  /// @param left a key
  /// @param right a greater key
  /// @return a prefix of `right`
  public static byte[] separator(byte[] left, byte[] right) {
    return Arrays.copyOf(right, commonPrefix(left, right) + 1);
  }

  /// Compares a key with one in memory, which may be mapped: word by word, since `mismatch` of a page that the disk
  /// does not deliver would end the process.
  ///
  /// @param key a key
  /// @param memory holds the other key
  /// @param offset place of its first byte
  /// @param length its length
  /// @return negative, zero or positive as `key` is less than, equal to or greater than the other
  public static int compare(byte[] key, MemorySegment memory, long offset, int length) {
    int common = Math.min(key.length, length);
    int at = 0;
    for (; at + Long.BYTES <= common; at += Long.BYTES) {
      long own = LittleEndian.u64(key, at);
      long other = LittleEndian.u64(memory, offset + at);
      if (own != other) {
        return Long.compareUnsigned(Long.reverseBytes(own), Long.reverseBytes(other));
      }
    }
    for (; at < common; at++) {
      int order = (key[at] & 0xFF) - LittleEndian.u8(memory, offset + at);
      if (order != 0) {
        return order;
      }
    }
    return key.length - length;
  }

  /// Tells whether a key equals one in memory.
  ///
  /// @param key a key
  /// @param memory holds the other key
  /// @param offset place of its first byte
  /// @param length its length
  /// @return true if they are the same bytes
  public static boolean equal(byte[] key, MemorySegment memory, long offset, int length) {
    if (key.length != length) {
      return false;
    }
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      if (LittleEndian.u64(key, at) != LittleEndian.u64(memory, offset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (key[at] != memory.get(ValueLayout.JAVA_BYTE, offset + at)) {
        return false;
      }
    }
    return true;
  }

  /// Tells whether a key equals one inside an array. Keys are short: a loop over words beats a call that has to set
  /// itself up.
  ///
  /// @param key a key
  /// @param bytes holds the other key
  /// @param offset index of its first byte
  /// @param length its length
  /// @return true if they are the same bytes
  public static boolean equal(byte[] key, byte[] bytes, int offset, int length) {
    if (key.length != length) {
      return false;
    }
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      if (LittleEndian.u64(key, at) != LittleEndian.u64(bytes, offset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (key[at] != bytes[offset + at]) {
        return false;
      }
    }
    return true;
  }
}
