package io.lightningdb.engine.format;

/// Sizes and numbers of run files, as `README.md` lays them out.
public final class RunFormat {
  private RunFormat() {}

  /// Bytes of a block's trailer.
  public static final int TRAILER_BYTES = 12;

  /// Blocks start at multiples of this.
  public static final int BLOCK_ALIGNMENT = 8;

  /// Bytes of the footer.
  public static final int FOOTER_BYTES = 64;

  /// Block kind: entries.
  public static final int LEAF = 1;

  /// Block kind: separators and children.
  public static final int INDEX = 2;

  /// Block kind: range tombstones.
  public static final int RANGE_TOMBSTONES = 3;

  /// Block kind: positions of the blocks.
  public static final int BLOCK_TABLE = 4;

  /// Block kind: properties.
  public static final int PROPERTIES = 5;

  /// Bytes of a row of the block table.
  public static final int BLOCK_TABLE_ROW_BYTES = 12;

  /// Bytes of a leaf before its table of entry starts.
  public static final int LEAF_HEADER_BYTES = 12;

  /// Bytes of an index block before its heads.
  public static final int INDEX_HEADER_BYTES = 16;

  /// Bytes of a bucket of the point index.
  public static final int BUCKET_BYTES = 64;

  /// Cells of a bucket.
  public static final int BUCKET_CELLS = 12;

  /// Place of the locations in a bucket.
  public static final int BUCKET_LOCATIONS = 24;

  /// Place of the overflow flag in a bucket.
  public static final int BUCKET_OVERFLOW = 60;

  /// Bits of a location.
  public static final int LOCATION_BITS = 24;

  /// Bytes of the point index that one checksum covers.
  public static final int POINT_INDEX_PAGE_BYTES = 4096;

  /// The bucket where the search for a key starts.
  ///
  /// @param hash of the key
  /// @param buckets number of buckets, less than 2^31
  /// @return 0 to `buckets - 1`
  public static long bucket(long hash, long buckets) {
    return ((hash >>> 32) * buckets) >>> 32;
  }

  /// The fingerprint of a key.
  ///
  /// @param hash of the key
  /// @return 1 to 65535
  public static int fingerprint(long hash) {
    return Math.max(1, (int) (hash & 0xFFFF));
  }

  /// Bits that hold the numbers 0 to `count - 1`.
  ///
  /// @param count at least 1
  /// @return 0 to 32
  public static int bitsFor(int count) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }
}
