package io.lightningdb.engine.format;

/// What a run file says of itself.
///
/// @param keyspaceId keyspace it belongs to
/// @param leaves number of leaves
/// @param indexBlocks number of index blocks, the root last
/// @param tombstoneBlocks 1 if there are range tombstones, else 0
/// @param entries number of entries
/// @param tombstones number of entries that are deletions
/// @param keys number of distinct keys
/// @param leastVersion of entries and range tombstones
/// @param greatestVersion of entries and range tombstones
/// @param pointIndex where the point index is
/// @param firstKey of the entries; empty if there are none
/// @param lastKey of the entries; empty if there are none
/// @param expiries when its entries expire
public record RunProperties(
    int keyspaceId,
    int leaves,
    int indexBlocks,
    int tombstoneBlocks,
    long entries,
    long tombstones,
    long keys,
    long leastVersion,
    long greatestVersion,
    PointIndexPlace pointIndex,
    byte[] firstKey,
    byte[] lastKey,
    ExpirySummary expiries) {

  /// Where a point index is.
  ///
  /// @param position in the file
  /// @param buckets their number, 0 if there is no point index
  /// @param slotBits low bits of a location that are the place in the leaf
  public record PointIndexPlace(long position, long buckets, int slotBits) {
    /// There is no point index.
    public static final PointIndexPlace NONE = new PointIndexPlace(0, 0, 0);

    /// Bytes of the buckets.
    ///
    /// @return in bytes
    public long bytes() {
      return buckets * RunFormat.BUCKET_BYTES;
    }

    /// Number of checksummed pages.
    ///
    /// @return a count
    public int pages() {
      return (int)
          ((bytes() + RunFormat.POINT_INDEX_PAGE_BYTES - 1) / RunFormat.POINT_INDEX_PAGE_BYTES);
    }
  }

  /// Number of blocks in the block table.
  ///
  /// @return a count
  public int blocks() {
    return leaves + indexBlocks + tombstoneBlocks;
  }

  /// Encodes the properties block.
  ///
  /// @param out gets the bytes
  public void write(ByteWriter out) {
    out.u32(keyspaceId).u32(leaves).u32(indexBlocks).u32(tombstoneBlocks);
    out.u64(entries).u64(tombstones).u64(keys).u64(leastVersion).u64(greatestVersion);
    out.u64(pointIndex.position()).u64(pointIndex.buckets()).u32(pointIndex.slotBits()).u32(0);
    out.bytes(firstKey).bytes(lastKey);
    expiries.write(out);
  }

  /// Decodes the properties block.
  ///
  /// @param block all of it
  /// @return the properties
  /// @throws IllegalArgumentException if a number is out of range
  public static RunProperties read(byte[] block) {
    ByteReader in = new ByteReader(block);
    int keyspaceId = in.u32();
    int leaves = count(in.u32());
    int indexBlocks = count(in.u32());
    int tombstoneBlocks = count(in.u32());
    long entries = in.u64();
    long tombstones = in.u64();
    long keys = in.u64();
    long leastVersion = in.u64();
    long greatestVersion = in.u64();
    PointIndexPlace place = new PointIndexPlace(in.u64(), in.u64(), in.u32());
    boolean valid =
        in.u32() == 0
            && tombstoneBlocks <= 1
            && (leaves == 0) == (indexBlocks == 0)
            && leastVersion >= 0
            && leastVersion <= greatestVersion
            && place.buckets() >= 0
            && place.buckets() < Integer.MAX_VALUE
            && place.slotBits() >= 0
            && place.slotBits() <= RunFormat.LOCATION_BITS;
    if (!valid) {
      throw new IllegalArgumentException("the properties of the run contradict themselves");
    }
    byte[] firstKey = in.bytes(Limits.KEY_BYTES_MAX);
    byte[] lastKey = in.bytes(Limits.KEY_BYTES_MAX);
    // Format 1 ends here: nothing expired.
    ExpirySummary expiries = in.hasMore() ? ExpirySummary.read(in) : ExpirySummary.NONE;
    Attributes.pass(in);
    return new RunProperties(
        keyspaceId,
        leaves,
        indexBlocks,
        tombstoneBlocks,
        entries,
        tombstones,
        keys,
        leastVersion,
        greatestVersion,
        place,
        firstKey,
        lastKey,
        expiries);
  }

  private static int count(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("the properties of the run hold a negative count");
    }
    return value;
  }
}
