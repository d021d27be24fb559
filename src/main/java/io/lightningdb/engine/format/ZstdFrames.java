package io.lightningdb.engine.format;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Blocks as Zstandard frames. *Thread-safe.*
///
/// Contexts hold native memory and take long to make: a few of them rest here between two blocks, whichever threads
/// come.
final class ZstdFrames {
  private static final int IDLE_MAX = 4;
  private static final Queue<ZstdDecompressCtx> DECOMPRESSORS = new ArrayBlockingQueue<>(IDLE_MAX);

  private final int level;
  private final Queue<ZstdCompressCtx> compressors = new ArrayBlockingQueue<>(IDLE_MAX);

  /// Frames made with a certain effort.
  ///
  /// @param level as Zstandard counts: 1 is fast, 19 is small
  ZstdFrames(int level) {
    this.level = level;
  }

  /// Room that a frame needs at most: the bytes themselves, and what frame and blocks of it take.
  static int frameBytesMax(int length) {
    return length + (length >>> 8) + 128;
  }

  /// Makes a frame.
  ///
  /// @return its length in `target`, or -1 if there is no Zstandard for this platform
  int compress(byte[] bytes, int length, byte[] target) {
    ZstdCompressCtx context = compressors.poll();
    try {
      if (context == null) {
        context = new ZstdCompressCtx().setLevel(level);
      }
      return context.compressByteArray(target, 0, target.length, bytes, 0, length);
    } catch (LinkageError _) {
      return -1;
    } finally {
      if (context != null && !compressors.offer(context)) {
        context.close();
      }
    }
  }

  /// Opens a frame.
  ///
  /// @return the bytes, or null if they cannot be restored to this length
  /// @throws LinkageError if there is no Zstandard for this platform
  static byte @Nullable [] decompress(byte[] frame, int length) {
    ZstdDecompressCtx idle = DECOMPRESSORS.poll();
    ZstdDecompressCtx context = idle != null ? idle : new ZstdDecompressCtx();
    try {
      byte[] target = new byte[length];
      int restored = context.decompressByteArray(target, 0, length, frame, 0, frame.length);
      return restored == length ? target : null;
    } catch (ZstdException _) {
      return null;
    } finally {
      if (!DECOMPRESSORS.offer(context)) {
        context.close();
      }
    }
  }
}
