package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.Features;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyHash;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Writes a run from entries in order, front to back. *Confined to one thread.*
///
/// Nothing of it counts before [#finish] has returned and the directory was synced.
public final class RunWriter {
  private static final int WRITE_BYTES = 256 << 10;
  private static final int COMPRESSED_BYTES_KEPT = 4 * WRITE_BYTES;
  private static final int SEPARATOR_BYTES = 48;
  private static final byte[] NOTHING = new byte[0];

  private final StorageFile file;
  private final Identity identity;
  private final Form form;
  private final LeafBuilder leaf;
  private final PointIndexBuilder pointIndex = new PointIndexBuilder();
  private final Checksum checksum = new Checksum();
  private final ByteWriter pending = new ByteWriter(WRITE_BYTES + (64 << 10));
  private final ByteWriter blockTable = new ByteWriter(1024);
  private final List<byte[]> separators = new ArrayList<>();

  private byte[] compressed = NOTHING;
  // Leaves most of whose entries come out of the cache.
  private final BitSet cachedLeaves = new BitSet();
  private int cachedInLeaf;

  private long pendingPosition;
  private int blocks;
  private RangeTombstones rangeTombstones = RangeTombstones.NONE;

  // Facts for the properties.
  private long entries;
  private long deletions;
  private long keys;
  private long leastVersion = Long.MAX_VALUE;
  private long greatestVersion;
  private byte[] firstKey = NOTHING;
  private byte[] lastKey = NOTHING;
  private byte[] leafBeforeLastKey = NOTHING;
  private final ExpiryHistogram expiries = new ExpiryHistogram();

  /// Whose run this is.
  ///
  /// @param databaseId id of the database
  /// @param keyspaceId id of the keyspace
  /// @param fileId id of the file
  public record Identity(long databaseId, int keyspaceId, long fileId) {}

  /// How the run is laid out.
  ///
  /// @param codec how leaves are stored
  /// @param pointIndex whether keys can be found by hash
  /// @param leafBytes target size of a leaf before compression
  public record Form(BlockCodec codec, boolean pointIndex, int leafBytes) {}

  /// What was written.
  ///
  /// @param properties what the file says of itself
  /// @param fileBytes its size
  /// @param cachedLeaves numbers of the leaves most of whose entries the cache held where they came from
  public record Written(RunProperties properties, long fileBytes, BitSet cachedLeaves) {}

  /// Starts a run.
  ///
  /// @param file an empty file; it stays open
  /// @param identity whose run it is
  /// @param form how it is laid out
  public RunWriter(StorageFile file, Identity identity, Form form) {
    this.file = file;
    this.identity = identity;
    this.form = form;
    this.leaf = new LeafBuilder(form.leafBytes());
  }

  /// Adds the entry that a cursor stands at.
  ///
  /// @param entry greater than the one before: by key, or for the same key older
  /// @throws IOException if the file cannot be written
  public void add(EntryCursor entry) throws IOException {
    byte[] key = entry.key();
    boolean newKey = entries == 0 || !Arrays.equals(lastKey, key);
    if (newKey && entries > 0 && Arrays.compareUnsigned(lastKey, key) > 0) {
      throw new IllegalArgumentException("keys are out of order");
    }
    if (leaf.isFullFor(key.length, entry.valueLength())) {
      finishLeaf();
    }
    startLeafIfEmpty(key);
    if (newKey) {
      keys++;
      if (form.pointIndex()) {
        pointIndex.add(KeyHash.of(key), separators.size() - 1, leaf.count());
      }
    }
    leaf.add(entry);
    cachedInLeaf += entry.isCached() ? 1 : 0;
    count(entry, key);
  }

  private void startLeafIfEmpty(byte[] key) {
    if (leaf.count() == 0) {
      separators.add(separators.isEmpty() ? NOTHING : Keys.separator(leafBeforeLastKey, key));
    }
  }

  private void count(EntryCursor entry, byte[] key) {
    firstKey = entries == 0 ? key : firstKey;
    lastKey = key;
    entries++;
    deletions += entry.kind() == Operation.DELETE ? 1 : 0;
    expiries.add(entry.expiryMillis());
    countVersion(entry.version());
  }

  private void countVersion(long version) {
    leastVersion = Math.min(leastVersion, version);
    greatestVersion = Math.max(greatestVersion, version);
  }

  /// Sets the range deletions of the run.
  ///
  /// @param tombstones all of them
  public void rangeTombstones(RangeTombstones tombstones) {
    rangeTombstones = tombstones;
    for (RangeTombstones.Fragment fragment : tombstones.fragments()) {
      for (long version : fragment.versions()) {
        countVersion(version);
      }
    }
  }

  /// Size so far, in bytes, of what [#finish] will have written, roughly.
  ///
  /// @return in bytes
  public long bytes() {
    return pendingPosition + pending.length();
  }

  /// Memory held until the run is finished.
  ///
  /// @return in bytes, estimated for the separators
  public long memoryBytes() {
    return pending.array().length
        + leaf.memoryBytes()
        + blockTable.array().length
        + compressed.length
        + pointIndex.memoryBytes()
        + (long) separators.size() * SEPARATOR_BYTES;
  }

  /// Tells whether there is nothing to write.
  ///
  /// @return true if there are neither entries nor range deletions
  public boolean isEmpty() {
    return entries == 0 && rangeTombstones.isEmpty();
  }

  /// Writes what is left and syncs the file.
  ///
  /// @return what was written
  /// @throws IOException if the file cannot be written or synced
  public Written finish() throws IOException {
    if (isEmpty()) {
      throw new IllegalStateException("a run holds at least one entry or range deletion");
    }
    if (leaf.count() > 0) {
      finishLeaf();
    }
    int leaves = blocks;
    writeIndex();
    int indexBlocks = blocks - leaves;
    writeTombstones();
    int tombstoneBlocks = blocks - leaves - indexBlocks;
    long tablePosition = position();
    int tableBytes = writeBlock(RunFormat.BLOCK_TABLE, blockTable, BlockCodec.PLAIN);
    PointIndexPlace place = writePointIndex(leaves);
    RunProperties properties =
        new RunProperties(
            identity.keyspaceId(),
            leaves,
            indexBlocks,
            tombstoneBlocks,
            entries,
            deletions,
            keys,
            leastVersion,
            greatestVersion,
            place,
            firstKey,
            lastKey,
            expiries.summary());
    ByteWriter encoded = new ByteWriter(256);
    properties.write(encoded);
    long propertiesPosition = position();
    int propertiesBytes = writeBlock(RunFormat.PROPERTIES, encoded, BlockCodec.PLAIN);
    writeFooter(tablePosition, tableBytes, propertiesPosition, propertiesBytes);
    flushPending();
    file.sync();
    return new Written(properties, pendingPosition, cachedLeaves);
  }

  private long position() {
    return pendingPosition + pending.length();
  }

  private void finishLeaf() throws IOException {
    leafBeforeLastKey = lastKey;
    cachedLeaves.set(blocks, 2 * cachedInLeaf > leaf.count());
    cachedInLeaf = 0;
    writeNumberedBlock(RunFormat.LEAF, leaf.encode(), form.codec());
  }

  private void writeNumberedBlock(int kind, ByteWriter content, BlockCodec codec)
      throws IOException {
    long position = position();
    int stored = writeBlock(kind, content, codec);
    blockTable.u64(position).u32(stored);
    blocks++;
  }

  /// Writes a block with its trailer. Returns its stored length.
  private int writeBlock(int kind, ByteWriter content, BlockCodec codec) throws IOException {
    int length = content.length();
    byte[] bytes = content.array();
    BlockCodec used = codec;
    int stored = compress(codec, bytes, length);
    if (stored < 0) {
      used = BlockCodec.PLAIN;
      stored = length;
    } else {
      bytes = compressed;
    }
    checksum.begin(identity.databaseId(), identity.fileId(), position()).update(bytes, 0, stored);
    if (stored > WRITE_BYTES) {
      // Gathered with others, a large block would be copied as often as they grow.
      flushPending();
      file.write(pendingPosition, bytes, 0, stored);
      pendingPosition += stored;
    } else {
      pending.raw(bytes, 0, stored);
    }
    int trailer = pending.length();
    pending.u8(kind).u8(used.code()).u16(0).u32(length);
    checksum.update(pending.array(), trailer, pending.length() - trailer);
    pending.u32(checksum.value());
    if (compressed.length > COMPRESSED_BYTES_KEPT) {
      compressed = NOTHING;
    }
    alignPending(RunFormat.BLOCK_ALIGNMENT);
    flushIfLarge();
    return stored;
  }

  private int compress(BlockCodec codec, byte[] bytes, int length) {
    if (codec == BlockCodec.PLAIN) {
      return -1;
    }
    int needed = BlockCodec.compressedBytesMax(length);
    if (needed > compressed.length) {
      compressed = new byte[needed];
    }
    return codec.compress(bytes, length, compressed);
  }

  private void alignPending(int alignment) {
    while (position() % alignment != 0) {
      pending.u8(0);
    }
  }

  private void flushIfLarge() throws IOException {
    if (pending.length() >= WRITE_BYTES) {
      flushPending();
    }
  }

  private void flushPending() throws IOException {
    file.write(pendingPosition, pending.array(), 0, pending.length());
    pendingPosition += pending.length();
    pending.clear();
  }

  /// Writes the levels of the ordered index, from the leaves up to the root.
  private void writeIndex() throws IOException {
    List<byte[]> level = separators;
    int firstChild = 0;
    while (!level.isEmpty()) {
      List<byte[]> above = new ArrayList<>();
      int firstOfLevel = blocks;
      for (IndexBuilder.Group group : IndexBuilder.groups(level)) {
        ByteWriter content = new ByteWriter(8192);
        IndexBuilder.encode(
            level.subList(group.from(), group.to()), firstChild + group.from(), content);
        writeNumberedBlock(RunFormat.INDEX, content, BlockCodec.PLAIN);
        above.add(level.get(group.from()));
      }
      firstChild = firstOfLevel;
      level = above.size() > 1 ? above : List.of();
    }
  }

  private void writeTombstones() throws IOException {
    if (rangeTombstones.isEmpty()) {
      return;
    }
    ByteWriter content = new ByteWriter(256);
    content.u32(rangeTombstones.fragments().size());
    for (RangeTombstones.Fragment fragment : rangeTombstones.fragments()) {
      TombstoneBlock.write(fragment, content);
    }
    writeNumberedBlock(RunFormat.RANGE_TOMBSTONES, content, BlockCodec.PLAIN);
  }

  private PointIndexPlace writePointIndex(int leaves) throws IOException {
    if (!form.pointIndex() || !pointIndex.fits(leaves)) {
      return PointIndexPlace.NONE;
    }
    alignPending(RunFormat.BUCKET_BYTES);
    PointIndexPlace place =
        new PointIndexPlace(position(), pointIndex.buckets(), pointIndex.slotBits());
    byte[] table = pointIndex.build();
    ByteWriter checksums = new ByteWriter(4 * place.pages());
    for (int at = 0; at < table.length; at += RunFormat.POINT_INDEX_PAGE_BYTES) {
      int length = Math.min(RunFormat.POINT_INDEX_PAGE_BYTES, table.length - at);
      checksums.u32(
          checksum
              .begin(identity.databaseId(), identity.fileId(), place.position() + at)
              .update(table, at, length)
              .value());
    }
    flushPending();
    file.write(pendingPosition, table, 0, table.length);
    pendingPosition += table.length;
    pending.raw(checksums.array(), 0, checksums.length());
    alignPending(RunFormat.BLOCK_ALIGNMENT);
    return place;
  }

  private void writeFooter(
      long tablePosition, int tableBytes, long propertiesPosition, int propertiesBytes) {
    int start = pending.length();
    long position = position();
    new RunFooter(
            FileFormat.FORMAT,
            Features.NONE,
            identity.fileId(),
            identity.databaseId(),
            tablePosition,
            tableBytes,
            propertiesPosition,
            propertiesBytes)
        .write(pending);
    int crc =
        checksum
            .begin(identity.databaseId(), identity.fileId(), position)
            .update(pending.array(), start, RunFooter.CHECKED_BYTES)
            .value();
    pending.u32(crc);
  }
}
