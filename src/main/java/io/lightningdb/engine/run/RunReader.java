package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.FoundEntry;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.KeyHash;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A mapped run file. *Thread-safe.*
///
/// The footer, the properties and the block table are verified when it is opened, every other block the first time that it is
/// used. The flags that remember this are plain: two threads may verify one block twice, which is harmless since the file
/// never changes.
final class RunReader {
  private final MemorySegment memory;
  private final RunWriter.Identity identity;
  private final String name;
  private final RunProperties properties;
  private final long tablePosition;
  private final RangeTombstones rangeTombstones;
  private final boolean[] blockVerified;
  private final boolean[] pageVerified;

  /// Reads what is needed to find everything else.
  ///
  /// @param memory the whole file
  /// @param identity whose run it has to be
  RunReader(MemorySegment memory, RunWriter.Identity identity)
      throws CorruptionException, FormatTooNewException {
    this.memory = memory;
    this.identity = identity;
    this.name = FileFormat.run(identity.fileId());
    long footer = verifyFooter();
    long propertiesPosition = LittleEndian.u64(memory, footer + 40);
    this.properties = readProperties(propertiesPosition, footer);
    this.tablePosition = LittleEndian.u64(memory, footer + 24);
    verifyTable(footer);
    this.blockVerified = new boolean[properties.blocks()];
    this.pageVerified = new boolean[properties.pointIndex().pages()];
    checkPointIndexPlace(footer);
    this.rangeTombstones = readRangeTombstones();
  }

  private CorruptionException damage(long position, String reason) {
    return new CorruptionException(name, position, reason);
  }

  private long verifyFooter() throws CorruptionException, FormatTooNewException {
    long footer = memory.byteSize() - RunFormat.FOOTER_BYTES;
    if (footer < 0) {
      throw damage(0, "the file is shorter than the footer of a run");
    }
    if (LittleEndian.u64(memory, footer) != RunFormat.MAGIC) {
      throw damage(footer, "the run has no footer: it was cut short, or this is no run");
    }
    int actual =
        new Checksum()
            .begin(identity.databaseId(), identity.fileId(), footer)
            .update(memory, footer, RunFormat.FOOTER_BYTES - 4)
            .value();
    if (actual != LittleEndian.u32(memory, footer + RunFormat.FOOTER_BYTES - 4)) {
      throw damage(footer, "the footer does not verify: it is damaged or of another run");
    }
    int format = LittleEndian.u32(memory, footer + 8);
    if (format != FileFormat.FORMAT) {
      throw new FormatTooNewException(name, Integer.toUnsignedLong(format));
    }
    return footer;
  }

  private RunProperties readProperties(long position, long footer) throws CorruptionException {
    int stored = LittleEndian.u32(memory, footer + 36);
    MemorySegment block = verifiedBlock(position, stored, RunFormat.PROPERTIES);
    try {
      RunProperties read = RunProperties.read(block.toArray(ValueLayout.JAVA_BYTE));
      if (read.keyspaceId() != identity.keyspaceId()) {
        throw damage(position, "the run belongs to keyspace " + read.keyspaceId());
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw damage(position, String.valueOf(e.getMessage()));
    }
  }

  private void verifyTable(long footer) throws CorruptionException {
    int stored = LittleEndian.u32(memory, footer + 32);
    MemorySegment table = verifiedBlock(tablePosition, stored, RunFormat.BLOCK_TABLE);
    if (table.byteSize() != (long) properties.blocks() * RunFormat.BLOCK_TABLE_ROW_BYTES) {
      throw damage(
          tablePosition, "the block table does not list " + properties.blocks() + " blocks");
    }
  }

  private void checkPointIndexPlace(long footer) throws CorruptionException {
    PointIndexPlace place = properties.pointIndex();
    long end = place.position() + place.bytes() + 4L * place.pages();
    if (place.position() < 0 || end < 0 || end > footer) {
      throw damage(footer, "the point index lies outside the file");
    }
  }

  private RangeTombstones readRangeTombstones() throws CorruptionException {
    if (properties.tombstoneBlocks() == 0) {
      return RangeTombstones.NONE;
    }
    int number = properties.blocks() - 1;
    MemorySegment block = block(number, RunFormat.RANGE_TOMBSTONES);
    try {
      return TombstoneBlock.read(block.toArray(ValueLayout.JAVA_BYTE));
    } catch (IllegalArgumentException e) {
      throw damage(blockPosition(number), String.valueOf(e.getMessage()));
    }
  }

  RunProperties properties() {
    return properties;
  }

  RangeTombstones rangeTombstones() {
    return rangeTombstones;
  }

  String name() {
    return name;
  }

  long bytes() {
    return memory.byteSize();
  }

  /// Place of a block in the file.
  long blockPosition(int number) {
    return LittleEndian.u64(memory, rowPosition(number));
  }

  int blockStoredLength(int number) {
    return LittleEndian.u32(memory, rowPosition(number) + 8);
  }

  private long rowPosition(int number) {
    if (number < 0 || number >= properties.blocks()) {
      throw new IndexOutOfBoundsException("block " + number + " of " + properties.blocks());
    }
    return tablePosition + (long) number * RunFormat.BLOCK_TABLE_ROW_BYTES;
  }

  Leaf leaf(int number) throws CorruptionException {
    if (number >= properties.leaves()) {
      throw damage(tablePosition, "there is no leaf " + number);
    }
    try {
      return new Leaf(block(number, RunFormat.LEAF));
    } catch (IndexOutOfBoundsException e) {
      throw malformed(number, e);
    }
  }

  IndexBlock indexBlock(int number) throws CorruptionException {
    try {
      return new IndexBlock(block(number, RunFormat.INDEX));
    } catch (IndexOutOfBoundsException e) {
      throw malformed(number, e);
    }
  }

  CorruptionException malformed(int block, IndexOutOfBoundsException cause) {
    CorruptionException damage =
        damage(
            blockPosition(block), "the block verifies but makes no sense: " + cause.getMessage());
    damage.initCause(cause);
    return damage;
  }

  /// The uncompressed bytes of a numbered block.
  private MemorySegment block(int number, int kind) throws CorruptionException {
    long position = blockPosition(number);
    int stored = blockStoredLength(number);
    if (!blockVerified[number]) {
      verifyBlock(position, stored, kind);
      blockVerified[number] = true;
    }
    return content(position, stored);
  }

  private MemorySegment verifiedBlock(long position, int stored, int kind)
      throws CorruptionException {
    verifyBlock(position, stored, kind);
    return content(position, stored);
  }

  private void verifyBlock(long position, int stored, int kind) throws CorruptionException {
    long end = position + stored + RunFormat.TRAILER_BYTES;
    if (position < 0 || stored < 0 || end > memory.byteSize()) {
      throw damage(Math.max(0, position), "a block lies outside the file");
    }
    int actual =
        new Checksum()
            .begin(identity.databaseId(), identity.fileId(), position)
            .update(memory, position, stored + RunFormat.TRAILER_BYTES - 4L)
            .value();
    if (actual != LittleEndian.u32(memory, end - 4)) {
      throw damage(position, "the checksum of a block does not match its bytes");
    }
    if (LittleEndian.u8(memory, position + stored) != kind) {
      throw damage(position, "a block of another kind stands here");
    }
  }

  private MemorySegment content(long position, int stored) throws CorruptionException {
    int codecCode = LittleEndian.u8(memory, position + stored + 1);
    if (codecCode == BlockCodec.PLAIN.code()) {
      return memory.asSlice(position, stored);
    }
    int length = LittleEndian.u32(memory, position + stored + 4);
    BlockCodec codec = BlockCodec.ofCode(codecCode);
    byte[] bytes =
        codec != null && length > 0 && length <= Limits.BLOCK_BYTES_MAX
            ? codec.decompress(memory, position, stored, length)
            : null;
    if (bytes == null) {
      throw damage(position, "a block cannot be decompressed");
    }
    return MemorySegment.ofArray(bytes);
  }

  /// Verifies a block again, whether or not it was verified before.
  void recheckBlock(int number, int kind) throws CorruptionException {
    verifyBlock(blockPosition(number), blockStoredLength(number), kind);
  }

  /// Finds the newest entry of a key up to a version.
  @Nullable FoundEntry find(byte[] key, long readVersion) throws CorruptionException {
    if (properties.entries() == 0) {
      return null;
    }
    return properties.pointIndex().buckets() > 0
        ? findByHash(key, readVersion)
        : findInOrder(key, readVersion);
  }

  private @Nullable FoundEntry findByHash(byte[] key, long readVersion) throws CorruptionException {
    PointIndexPlace place = properties.pointIndex();
    long hash = KeyHash.of(key);
    int fingerprint = RunFormat.fingerprint(hash);
    long bucket = RunFormat.bucket(hash, place.buckets());
    for (long probes = 0; probes < place.buckets(); probes++) {
      long base = place.position() + bucket * RunFormat.BUCKET_BYTES;
      verifyPage(base);
      for (int cell = 0; cell < RunFormat.BUCKET_CELLS; cell++) {
        if (LittleEndian.u16(memory, base + 2L * cell) == fingerprint) {
          int location = location(base, cell);
          LeafCursor at = candidate(location, key);
          if (at != null) {
            return at.newestUpTo(key, readVersion);
          }
        }
      }
      if (LittleEndian.u8(memory, base + RunFormat.BUCKET_OVERFLOW) == 0) {
        return null;
      }
      bucket = bucket + 1 == place.buckets() ? 0 : bucket + 1;
    }
    return null;
  }

  private int location(long bucket, int cell) {
    long at = bucket + RunFormat.BUCKET_LOCATIONS + 3L * cell;
    return LittleEndian.u16(memory, at) | LittleEndian.u8(memory, at + 2) << 16;
  }

  int locationAt(long bucketNumber, int cell) {
    return location(
        properties.pointIndex().position() + bucketNumber * RunFormat.BUCKET_BYTES, cell);
  }

  int fingerprintAt(long bucketNumber, int cell) {
    long base = properties.pointIndex().position() + bucketNumber * RunFormat.BUCKET_BYTES;
    return LittleEndian.u16(memory, base + 2L * cell);
  }

  /// The place that a location means, if it holds the key.
  private @Nullable LeafCursor candidate(int location, byte[] key) throws CorruptionException {
    int slotBits = properties.pointIndex().slotBits();
    int number = location >>> slotBits;
    int slot = location & ((1 << slotBits) - 1);
    Leaf leaf = leaf(number);
    try {
      return leaf.keyEquals(leaf.entry(slot), key)
          ? new LeafCursor(this, number, leaf, slot)
          : null;
    } catch (IndexOutOfBoundsException e) {
      throw malformed(number, e);
    }
  }

  private @Nullable FoundEntry findInOrder(byte[] key, long readVersion)
      throws CorruptionException {
    LeafCursor at = LeafCursor.atOrAfter(this, key);
    return at.isAtEntry() && at.keyEquals(key) ? at.newestUpTo(key, readVersion) : null;
  }

  private void verifyPage(long position) throws CorruptionException {
    PointIndexPlace place = properties.pointIndex();
    int page = (int) ((position - place.position()) / RunFormat.POINT_INDEX_PAGE_BYTES);
    if (!pageVerified[page]) {
      recheckPage(page);
      pageVerified[page] = true;
    }
  }

  /// Verifies a page of the point index, whether or not it was verified before.
  void recheckPage(int page) throws CorruptionException {
    PointIndexPlace place = properties.pointIndex();
    long start = (long) page * RunFormat.POINT_INDEX_PAGE_BYTES;
    long length = Math.min(RunFormat.POINT_INDEX_PAGE_BYTES, place.bytes() - start);
    int actual =
        new Checksum()
            .begin(identity.databaseId(), identity.fileId(), place.position() + start)
            .update(memory, place.position() + start, length)
            .value();
    if (actual != LittleEndian.u32(memory, place.position() + place.bytes() + 4L * page)) {
      throw damage(place.position() + start, "a page of the point index does not verify");
    }
  }

  /// Number of the leaf where a search for `key` arrives.
  int leafFor(byte[] key) throws CorruptionException {
    int number = properties.leaves() + properties.indexBlocks() - 1;
    while (number >= properties.leaves()) {
      int child;
      try {
        child = indexBlock(number).childFor(key);
      } catch (IndexOutOfBoundsException e) {
        throw malformed(number, e);
      }
      if (child < 0 || child >= number) {
        throw damage(blockPosition(number), "an index block leads to block " + child);
      }
      number = child;
    }
    return number;
  }
}
