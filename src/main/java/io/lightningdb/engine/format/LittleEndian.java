package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Integers in arrays and mapped memory, little-endian and at any alignment.
public final class LittleEndian {
  private LittleEndian() {}

  private static final VarHandle SHORT_IN_ARRAY =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT_IN_ARRAY =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG_IN_ARRAY =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Reads a u16.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @return 0 to 65535
  public static int u16(byte[] bytes, int offset) {
    return Short.toUnsignedInt((short) SHORT_IN_ARRAY.get(bytes, offset));
  }

  /// Reads a u32 as the int with the same bits.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @return the bits
  public static int u32(byte[] bytes, int offset) {
    return (int) INT_IN_ARRAY.get(bytes, offset);
  }

  /// Reads a u64 as the long with the same bits.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @return the bits
  public static long u64(byte[] bytes, int offset) {
    return (long) LONG_IN_ARRAY.get(bytes, offset);
  }

  /// Writes a u16.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @param value its low 16 bits are written
  public static void putU16(byte[] bytes, int offset, int value) {
    SHORT_IN_ARRAY.set(bytes, offset, (short) value);
  }

  /// Writes a u32.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @param value the bits
  public static void putU32(byte[] bytes, int offset, int value) {
    INT_IN_ARRAY.set(bytes, offset, value);
  }

  /// Writes a u64.
  ///
  /// @param bytes the array
  /// @param offset index of its first byte
  /// @param value the bits
  public static void putU64(byte[] bytes, int offset, long value) {
    LONG_IN_ARRAY.set(bytes, offset, value);
  }

  /// Reads a u16.
  ///
  /// @param memory the memory
  /// @param offset place of its first byte
  /// @return 0 to 65535
  public static int u16(MemorySegment memory, long offset) {
    return Short.toUnsignedInt(memory.get(SHORT, offset));
  }

  /// Reads a u32 as the int with the same bits.
  ///
  /// @param memory the memory
  /// @param offset place of its first byte
  /// @return the bits
  public static int u32(MemorySegment memory, long offset) {
    return memory.get(INT, offset);
  }

  /// Reads a u64 as the long with the same bits.
  ///
  /// @param memory the memory
  /// @param offset place of its first byte
  /// @return the bits
  public static long u64(MemorySegment memory, long offset) {
    return memory.get(LONG, offset);
  }

  /// Reads one byte.
  ///
  /// @param memory the memory
  /// @param offset its place
  /// @return 0 to 255
  public static int u8(MemorySegment memory, long offset) {
    return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset));
  }
}
