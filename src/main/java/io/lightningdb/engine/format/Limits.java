package io.lightningdb.engine.format;

/// The greatest and least sizes that the format allows. Settings can lower them, never raise them.
public final class Limits {
  private Limits() {}

  /// Shortest key, in bytes.
  public static final int KEY_BYTES_MIN = 1;

  /// Longest key, in bytes; also the longest bound of a range.
  public static final int KEY_BYTES_MAX = 4096;

  /// Largest value, in bytes: 16 MiB, and 1 KiB for what a service keeps beside the value of its client.
  public static final int VALUE_BYTES_MAX = (16 << 20) + 1024;

  /// Largest value that the engine accepts unless an option says otherwise, in bytes.
  public static final int VALUE_BYTES_DEFAULT = 16 << 20;

  /// Longest time to live: a hundred years, in milliseconds.
  public static final long TTL_MILLIS_MAX = 36_525L * 24 * 60 * 60 * 1000;

  /// Largest batch as it stands in the log, in bytes.
  public static final int BATCH_BYTES_MAX = 64 << 20;

  /// Most keyspaces of a database at a time.
  public static final int KEYSPACES_MAX = 10_000;

  /// Most entries of a leaf.
  public static final int LEAF_ENTRIES_MAX = 65_535;

  /// Least target size of a leaf, in bytes.
  public static final int LEAF_BYTES_TARGET_MIN = 512;

  /// Greatest target size of a leaf, in bytes.
  public static final int LEAF_BYTES_TARGET_MAX = 1 << 20;

  /// Largest block before compression, in bytes. It leaves room for one entry of any legal size.
  public static final int BLOCK_BYTES_MAX = 96 << 20;

  /// Most children of an index block.
  public static final int INDEX_CHILDREN_MAX = 1024;

  /// Largest manifest edit, in bytes.
  public static final int MANIFEST_RECORD_BYTES_MAX = 256 << 20;

  /// Longest name of a keyspace, in characters.
  public static final int KEYSPACE_NAME_LENGTH_MAX = 64;

  /// Greatest version.
  public static final long VERSION_MAX = Long.MAX_VALUE >>> 1;
}
