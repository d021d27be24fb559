package io.lightningdb.engine;

/// How leaves are stored in runs with nothing older below them, where most of a keyspace rests and which are rewritten
/// least often.
public enum BottomCompression {
  /// As everywhere else in the keyspace.
  SAME,
  /// As [Compression#NONE].
  NONE,
  /// As [Compression#LZ4].
  LZ4,
  /// As [Compression#ZSTD].
  ZSTD,
  /// As [Compression#ZSTD_HIGH].
  ZSTD_HIGH;

  /// What it comes to.
  ///
  /// @param elsewhere how leaves are stored in other runs
  Compression resolve(Compression elsewhere) {
    return this == SAME ? elsewhere : Compression.valueOf(name());
  }
}
