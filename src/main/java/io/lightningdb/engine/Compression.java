package io.lightningdb.engine;

import io.lightningdb.engine.format.BlockCodec;

/// How the leaves of a keyspace are stored on disk. A leaf that does not shrink is stored plain.
public enum Compression {
  /// Plain: leaves are read in place.
  NONE(BlockCodec.PLAIN),
  /// LZ4: about half the space for text, decompressed at several gigabytes a second.
  LZ4(BlockCodec.LZ4),
  /// Zstandard: about a quarter less space than LZ4 for text, several times slower both ways. Where the platform has no
  /// native library of it, new leaves are stored plain.
  ZSTD(BlockCodec.ZSTD),
  /// Zstandard with more effort: smaller still and slow to write, as fast to read.
  ZSTD_HIGH(BlockCodec.ZSTD_HIGH);

  private final BlockCodec codec;

  Compression(BlockCodec codec) {
    this.codec = codec;
  }

  BlockCodec codec() {
    return codec;
  }
}
