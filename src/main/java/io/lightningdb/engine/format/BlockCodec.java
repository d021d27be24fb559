package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/// How the bytes of a block are stored. The codes are on disk.
public enum BlockCodec {
  /// As they are.
  PLAIN(0),
  /// LZ4 block format.
  LZ4(1);

  private static final LZ4Factory FACTORY = factory();

  private final int code;

  BlockCodec(int code) {
    this.code = code;
  }

  /// The native library, asked for by name: the search for the fastest one gives up inside a repackaged jar.
  private static LZ4Factory factory() {
    try {
      return LZ4Factory.nativeInstance();
    } catch (LinkageError | RuntimeException _) {
      return LZ4Factory.fastestJavaInstance();
    }
  }

  /// The number on disk.
  ///
  /// @return 0 to 255
  public int code() {
    return code;
  }

  /// Finds a codec by its number on disk.
  ///
  /// @param code a number
  /// @return the codec, or null if no codec has the number
  public static @Nullable BlockCodec ofCode(int code) {
    return code == PLAIN.code ? PLAIN : code == LZ4.code ? LZ4 : null;
  }

  /// Room that [#compress] needs for its result.
  ///
  /// @param length of the bytes before compression
  /// @return greatest length of the result
  public static int compressedBytesMax(int length) {
    return FACTORY.fastCompressor().maxCompressedLength(length);
  }

  /// Compresses bytes, if that makes them smaller.
  ///
  /// @param bytes holds the bytes
  /// @param length how many, from the first
  /// @param target at least [#compressedBytesMax] long; overwritten
  /// @return length of the result in `target`, or -1 if it would not be smaller
  public int compress(byte[] bytes, int length, byte[] target) {
    return switch (this) {
      case PLAIN -> -1;
      case LZ4 -> compressLz4(bytes, length, target);
    };
  }

  private static int compressLz4(byte[] bytes, int length, byte[] target) {
    int compressed = FACTORY.fastCompressor().compress(bytes, 0, length, target, 0, target.length);
    return compressed < length ? compressed : -1;
  }

  /// Restores what was compressed.
  ///
  /// @param stored the stored bytes
  /// @param offset place of the first
  /// @param storedLength how many
  /// @param length of the bytes before compression
  /// @return the bytes, or null if they cannot be restored to this length
  public byte @Nullable [] decompress(
      MemorySegment stored, long offset, int storedLength, int length) {
    byte[] source = new byte[storedLength];
    MemorySegment.copy(stored, ValueLayout.JAVA_BYTE, offset, source, 0, storedLength);
    return switch (this) {
      case PLAIN -> storedLength == length ? source : null;
      case LZ4 -> decompressLz4(source, length);
    };
  }

  private static byte @Nullable [] decompressLz4(byte[] source, int length) {
    byte[] target = new byte[length];
    try {
      int restored =
          FACTORY.safeDecompressor().decompress(source, 0, source.length, target, 0, length);
      return restored == length ? target : null;
    } catch (LZ4Exception _) {
      return null;
    }
  }
}
