package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/// How the bytes of a block are stored. The codes are on disk; codecs with one code differ in the effort of the writer
/// only.
public enum BlockCodec {
  /// As they are.
  PLAIN(0),
  /// LZ4 block format.
  LZ4(1),
  /// A Zstandard frame.
  ZSTD(2),
  /// A Zstandard frame made with more effort.
  ZSTD_HIGH(2);

  private static final ZstdFrames ZSTD_FRAMES = new ZstdFrames(3);
  private static final ZstdFrames ZSTD_HIGH_FRAMES = new ZstdFrames(9);
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
  /// @return the codec, or null if no codec has the number; of several the first
  public static @Nullable BlockCodec ofCode(int code) {
    return switch (code) {
      case 0 -> PLAIN;
      case 1 -> LZ4;
      case 2 -> ZSTD;
      default -> null;
    };
  }

  /// Room that [#compress] needs for its result.
  ///
  /// @param length of the bytes before compression
  /// @return greatest length of the result
  public static int compressedBytesMax(int length) {
    return Math.max(
        FACTORY.fastCompressor().maxCompressedLength(length), ZstdFrames.frameBytesMax(length));
  }

  /// Compresses bytes, if that makes them smaller.
  ///
  /// @param bytes holds the bytes
  /// @param length how many, from the first
  /// @param target at least [#compressedBytesMax] long; overwritten
  /// @return length of the result in `target`, or -1 if it would not be smaller
  public int compress(byte[] bytes, int length, byte[] target) {
    int compressed =
        switch (this) {
          case PLAIN -> -1;
          case LZ4 -> FACTORY.fastCompressor().compress(bytes, 0, length, target, 0, target.length);
          case ZSTD -> ZSTD_FRAMES.compress(bytes, length, target);
          case ZSTD_HIGH -> ZSTD_HIGH_FRAMES.compress(bytes, length, target);
        };
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
      case ZSTD, ZSTD_HIGH -> ZstdFrames.decompress(source, length);
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
