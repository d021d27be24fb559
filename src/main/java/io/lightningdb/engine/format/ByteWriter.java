package io.lightningdb.engine.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array with the field types of `README.md`. *Confined to one thread.*
public final class ByteWriter {
  private byte[] bytes;
  private int length;

  /// Makes an empty writer.
  ///
  /// @param bytesExpected expected size, in bytes
  public ByteWriter(int bytesExpected) {
    this.bytes = new byte[Math.max(16, bytesExpected)];
  }

  private void ensure(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, 1 << 30)));
    }
  }

  /// Adds one byte.
  ///
  /// @param value its low 8 bits
  /// @return this
  public ByteWriter u8(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /// Adds a u16.
  ///
  /// @param value its low 16 bits
  /// @return this
  public ByteWriter u16(int value) {
    ensure(2);
    LittleEndian.putU16(bytes, length, value);
    length += 2;
    return this;
  }

  /// Adds a u32.
  ///
  /// @param value the bits
  /// @return this
  public ByteWriter u32(int value) {
    ensure(4);
    LittleEndian.putU32(bytes, length, value);
    length += 4;
    return this;
  }

  /// Adds a u64.
  ///
  /// @param value the bits
  /// @return this
  public ByteWriter u64(long value) {
    ensure(8);
    LittleEndian.putU64(bytes, length, value);
    length += 8;
    return this;
  }

  /// Adds a varint.
  ///
  /// @param value an unsigned number
  /// @return this
  public ByteWriter varint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /// Adds bytes without their length.
  ///
  /// @param source holds them
  /// @param offset index of the first
  /// @param count how many
  /// @return this
  public ByteWriter raw(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /// Adds a length and the bytes.
  ///
  /// @param source all of them
  /// @return this
  public ByteWriter bytes(byte[] source) {
    return varint(source.length).raw(source, 0, source.length);
  }

  /// Adds a string.
  ///
  /// @param text any text
  /// @return this
  public ByteWriter string(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds zeros up to a multiple of `alignment`.
  ///
  /// @param alignment a power of two
  /// @return this
  public ByteWriter align(int alignment) {
    int aligned = (length + alignment - 1) & -alignment;
    ensure(aligned - length);
    Arrays.fill(bytes, length, aligned, (byte) 0);
    length = aligned;
    return this;
  }

  /// The array written to so far, from index 0. Valid until the next call.
  ///
  /// @return at least [#length] bytes
  public byte[] array() {
    return bytes;
  }

  /// Number of bytes written.
  ///
  /// @return in bytes
  public int length() {
    return length;
  }

  /// Makes room for bytes that the caller writes into [#array].
  ///
  /// @param count how many
  /// @return index of the first
  public int skip(int count) {
    ensure(count);
    int at = length;
    length += count;
    return at;
  }

  /// Starts over, keeping the array.
  public void clear() {
    length = 0;
  }

  /// Starts over, with a smaller array if this one has grown much.
  ///
  /// @param bytesKept an array up to twice this size is kept, in bytes
  public void clear(int bytesKept) {
    length = 0;
    if (bytes.length > 2L * bytesKept) {
      bytes = new byte[bytesKept];
    }
  }

  /// Copies what was written.
  ///
  /// @return a new array
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
