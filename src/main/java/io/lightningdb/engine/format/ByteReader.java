package io.lightningdb.engine.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what [ByteWriter] wrote. *Confined to one thread.*
///
/// Everything is checked: any bytes give values or an `IllegalArgumentException`, and never an allocation larger than
/// the input.
public final class ByteReader {
  private final byte[] bytes;
  private int position;

  /// Starts at the front.
  ///
  /// @param bytes all that can be read
  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  private int advance(int count) {
    if (count < 0 || count > bytes.length - position) {
      throw new IllegalArgumentException("a field is cut at byte " + position);
    }
    int start = position;
    position += count;
    return start;
  }

  /// Tells whether bytes are left.
  ///
  /// @return true if there are
  public boolean hasMore() {
    return position < bytes.length;
  }

  /// Reads one byte.
  ///
  /// @return 0 to 255
  public int u8() {
    return bytes[advance(1)] & 0xFF;
  }

  /// Reads a u32 as the int with the same bits.
  ///
  /// @return the bits
  public int u32() {
    return LittleEndian.u32(bytes, advance(4));
  }

  /// Reads a u64 as the long with the same bits.
  ///
  /// @return the bits
  public long u64() {
    return LittleEndian.u64(bytes, advance(8));
  }

  /// Reads a varint.
  ///
  /// @return an unsigned number
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int group = u8();
      value |= (long) (group & 0x7F) << shift;
      if (group < 0x80) {
        return checkShortest(value, group, shift);
      }
    }
    throw new IllegalArgumentException("a varint is too long at byte " + position);
  }

  private long checkShortest(long value, int lastGroup, int shift) {
    boolean padded = lastGroup == 0 && shift > 0;
    boolean overflows = shift == 63 && lastGroup > 1;
    if (padded || overflows) {
      throw new IllegalArgumentException("a varint is malformed at byte " + position);
    }
    return value;
  }

  /// Reads a varint that is a version, a count or a size.
  ///
  /// @param max greatest legal value
  /// @return 0 to `max`
  public long varintUpTo(long max) {
    long value = varint();
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(
          "a number is larger than " + max + " before byte " + position);
    }
    return value;
  }

  /// Reads a length and bytes.
  ///
  /// @param lengthMax greatest legal length
  /// @return a new array
  public byte[] bytes(int lengthMax) {
    int length = (int) varintUpTo(lengthMax);
    int start = advance(length);
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  /// Reads a string.
  ///
  /// @param lengthMax greatest legal length, in bytes
  /// @return the text
  public String string(int lengthMax) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes(lengthMax)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a string is not UTF-8 before byte " + position, e);
    }
  }
}
