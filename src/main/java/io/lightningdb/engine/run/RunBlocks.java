package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cache.BlockSlots;
import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.UnreadableFileException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The blocks of a run that is read, by their numbers, and the buckets of its point index: the door to all that is in
/// it. *Thread-safe.*
///
/// The footer, the properties and the block table are verified when it is opened, every other block, and each page of
/// the point index, the first time that it is used. The states that remember this are plain: two threads may verify one
/// block twice, which is harmless since the file never changes. Compressed leaves that were asked for are kept in the
/// cache; plain ones are read in place.
///
/// What is read in place may meet a page that the system does not deliver at any access, and is told of it at the next
/// safepoint: point reads ([RunReader]) and walks ([InPlaceCursor]) settle that themselves, all others read by
/// [#reading].
final class RunBlocks {
  private static final byte UNKNOWN = 0;
  private static final byte VERIFIED_PLAIN = 1;
  private static final byte VERIFIED_COMPRESSED = 2;

  // What takes so long to copy or to decompress that asking for it makes no difference.
  private static final int LONG_BLOCK_BYTES_MIN = 64 << 10;

  // The blocks, their properties and their mapping, without what grows with the run.
  private static final long OBJECT_BYTES = 1024;

  private final MappedFile file;
  private final MemorySegment memory;
  private final RunPieces pieces;
  private final RunProperties properties;
  private final long tablePosition;
  private final long indexPosition;
  private final RangeTombstones rangeTombstones;
  private final BlockSlots<Leaf> leaves;
  private final byte[] blockStates;
  private final boolean[] pageVerified;

  /// Reads what is needed to find everything else.
  ///
  /// @param file the file, which the caller closes
  /// @param identity whose run it has to be
  /// @param cache keeps the leaves that had to be decompressed
  RunBlocks(MappedFile file, RunWriter.Identity identity, BlockCache cache) throws IOException {
    this.file = file;
    this.memory = file.memory();
    this.pieces = new RunPieces(file, identity.databaseId(), identity.fileId());
    RunFooter footer = pieces.footer();
    this.properties = readProperties(footer, identity.keyspaceId());
    this.tablePosition = footer.tablePosition();
    verifyTable(footer);
    this.blockStates = new byte[properties.blocks()];
    this.pageVerified = new boolean[properties.pointIndex().pages()];
    pieces.checkPlace(properties.pointIndex());
    this.indexPosition = properties.pointIndex().position();
    this.rangeTombstones = readRangeTombstones();
    // Last: a run that cannot be opened is not closed either.
    this.leaves = cache.slots(properties.leaves());
  }

  /// What is kept of the run beside what the cache keeps: whether each block was verified, deleted ranges, and facts.
  ///
  /// @return in bytes, estimated for the objects
  long heapBytes() {
    return OBJECT_BYTES
        + blockStates.length
        + pageVerified.length
        + properties.firstKey().length
        + properties.lastKey().length
        + rangeTombstones.heapBytes();
  }

  /// Gives back what the cache keeps of this run.
  void close() {
    leaves.close();
  }

  private CorruptionException damage(long position, String reason) {
    return pieces.damage(position, reason);
  }

  private RunProperties readProperties(RunFooter footer, int keyspaceId) throws IOException {
    RunProperties read = pieces.properties(footer);
    if (read.keyspaceId() != keyspaceId) {
      throw damage(footer.propertiesPosition(), "the run belongs to keyspace " + read.keyspaceId());
    }
    return read;
  }

  private void verifyTable(RunFooter footer) throws IOException {
    file.askFor(tablePosition, footer.tableBytes());
    pieces.verify(tablePosition, footer.tableBytes(), RunFormat.BLOCK_TABLE);
    MemorySegment table = pieces.content(tablePosition, footer.tableBytes());
    if (table.byteSize() != (long) properties.blocks() * RunFormat.BLOCK_TABLE_ROW_BYTES) {
      throw damage(
          tablePosition, "the block table does not list " + properties.blocks() + " blocks");
    }
  }

  private RangeTombstones readRangeTombstones() throws IOException {
    if (properties.tombstoneBlocks() == 0) {
      return RangeTombstones.NONE;
    }
    int number = properties.blocks() - 1;
    file.askFor(blockPosition(number), blockStoredLength(number));
    return pieces.rangeTombstones(blockPosition(number), blockStoredLength(number));
  }

  RunProperties properties() {
    return properties;
  }

  RangeTombstones rangeTombstones() {
    return rangeTombstones;
  }

  String name() {
    return file.name();
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

  /// What a reader who goes on from leaf to leaf has asked for by itself.
  ReadAhead readAhead(ReadPurpose purpose) {
    return switch (purpose) {
      case SERVE -> ReadAhead.ofScan(file);
      case MERGE, CHECK -> ReadAhead.ofPass(file);
    };
  }

  Leaf leaf(int number, ReadPurpose purpose) throws IOException {
    return leaf(number, purpose, null);
  }

  /// Finds a leaf.
  ///
  /// @param ahead takes notice if it has to be read from the file
  Leaf leaf(int number, ReadPurpose purpose, @Nullable ReadAhead ahead) throws IOException {
    if (number >= properties.leaves()) {
      throw damage(tablePosition, "there is no leaf " + number);
    }
    Leaf kept =
        switch (purpose) {
          case SERVE -> leaves.get(number);
          case MERGE -> leaves.peek(number);
          case CHECK -> null;
        };
    return kept != null ? kept : readLeaf(number, purpose, ahead);
  }

  /// Finds a leaf for a point read, which settles all that it reads in place itself ([MappedFault#settle]): a plain
  /// leaf that was verified is looked into where it stands, without another word to the cache or the file.
  Leaf leafOfPointRead(int number) throws IOException {
    if (number < properties.leaves() && blockStates[number] == VERIFIED_PLAIN) {
      int stored = blockStoredLength(number);
      if (stored < LONG_BLOCK_BYTES_MIN) {
        return pieces.plainLeaf(blockPosition(number), stored);
      }
    }
    return leaf(number, ReadPurpose.SERVE);
  }

  /// What a merge keeps of a leaf while it stands there. It stands in many runs at a time, and a large value is copied
  /// from one of them only: so that the others keep none of theirs, it is decompressed again then.
  ///
  /// @param number of the leaf
  /// @param leaf as it was found
  Leaf forMerge(int number, Leaf leaf) {
    boolean large = leaf.count() == 1 && leaf.bytes() >= LONG_BLOCK_BYTES_MIN;
    boolean ownArray = blockStates[number] == VERIFIED_COMPRESSED && !isCached(number);
    return large && ownArray
        ? leaf.withoutValue(() -> pieces.leaf(blockPosition(number), blockStoredLength(number)))
        : leaf;
  }

  /// Tells whether the cache holds a leaf.
  boolean isCached(int number) {
    return leaves.peek(number) != null;
  }

  /// Puts leaves into the cache that were not asked for yet.
  ///
  /// @param numbers of leaves
  void warm(BitSet numbers) throws IOException {
    for (int i = numbers.nextSetBit(0); i >= 0; i = numbers.nextSetBit(i + 1)) {
      Leaf leaf = leaf(i, ReadPurpose.MERGE);
      if (blockStates[i] == VERIFIED_COMPRESSED) {
        leaves.offer(i, leaf, leaf.bytes());
      }
    }
  }

  private Leaf readLeaf(int number, ReadPurpose purpose, @Nullable ReadAhead ahead)
      throws IOException {
    return reading(number, () -> readLeafAt(number, purpose, ahead));
  }

  private Leaf readLeafAt(int number, ReadPurpose purpose, @Nullable ReadAhead ahead)
      throws IOException {
    long position = blockPosition(number);
    int stored = blockStoredLength(number);
    if (ahead == null || !ahead.reading(position, stored + (long) RunFormat.TRAILER_BYTES)) {
      askForWhole(number, position, stored);
    }
    verifyOnce(number, RunFormat.LEAF);
    try {
      Leaf leaf =
          purpose == ReadPurpose.CHECK
              ? pieces.leafCopy(position, stored)
              : pieces.leaf(position, stored);
      boolean kept = purpose == ReadPurpose.SERVE && blockStates[number] == VERIFIED_COMPRESSED;
      return kept ? leaves.put(number, leaf, leaf.bytes()) : leaf;
    } catch (IndexOutOfBoundsException e) {
      throw malformed(number, e);
    }
  }

  /// Asks for all pages of a block that is about to be read to its end, lest they are waited for one by one: to be
  /// verified, or because what is that long is mostly a single entry. One that is only looked into, which point reads
  /// do again and again, has the page read that it needs.
  private void askForWhole(int number, long position, int stored) {
    if (blockStates[number] == UNKNOWN || stored >= LONG_BLOCK_BYTES_MIN) {
      file.askFor(position, stored + (long) RunFormat.TRAILER_BYTES);
    }
  }

  /// Finds an index block.
  IndexBlock indexBlock(int number) throws IOException {
    try {
      return new IndexBlock(block(number, RunFormat.INDEX));
    } catch (IndexOutOfBoundsException e) {
      throw malformed(number, e);
    }
  }

  CorruptionException malformed(int block, IndexOutOfBoundsException cause) {
    CorruptionException damage =
        damage(
            blockPosition(block),
            "the block verifies but makes no sense: " + FailureText.of(cause));
    damage.initCause(cause);
    return damage;
  }

  /// The uncompressed bytes of a numbered block.
  private MemorySegment block(int number, int kind) throws IOException {
    askForWhole(number, blockPosition(number), blockStoredLength(number));
    verifyOnce(number, kind);
    return pieces.content(blockPosition(number), blockStoredLength(number));
  }

  private void verifyOnce(int number, int kind) throws IOException {
    if (blockStates[number] == UNKNOWN) {
      long position = blockPosition(number);
      int stored = blockStoredLength(number);
      pieces.verify(position, stored, kind);
      blockStates[number] = pieces.isPlain(position, stored) ? VERIFIED_PLAIN : VERIFIED_COMPRESSED;
    }
  }

  /// Verifies a block again, whether or not it was verified before. One that is damaged is verified once more by
  /// whoever reads it next, so that it is not served for having been well before.
  ///
  /// @param ahead of the caller, who reads one block after the other
  void recheckBlock(int number, int kind, ReadAhead ahead) throws IOException {
    long position = blockPosition(number);
    int stored = blockStoredLength(number);
    ahead.reading(position, stored + (long) RunFormat.TRAILER_BYTES);
    try {
      pieces.verify(position, stored, kind);
    } catch (CorruptionException e) {
      blockStates[number] = UNKNOWN;
      throw e;
    }
  }

  /// Verifies again what everything else is found by: footer, properties and block table.
  ///
  /// @return bytes read
  long recheckHead() throws IOException {
    RunFooter footer = pieces.footer();
    pieces.properties(footer);
    file.askFor(footer.tablePosition(), footer.tableBytes());
    pieces.verify(footer.tablePosition(), footer.tableBytes(), RunFormat.BLOCK_TABLE);
    return RunFormat.FOOTER_BYTES
        + (long) footer.propertiesBytes()
        + footer.tableBytes()
        + 2L * RunFormat.TRAILER_BYTES;
  }

  /// Has every block verified again by its next read.
  void distrust() {
    Arrays.fill(blockStates, UNKNOWN);
    Arrays.fill(pageVerified, false);
  }

  /// How a block that was verified is stored.
  int blockCodec(int number) {
    return pieces.codecCode(blockPosition(number), blockStoredLength(number));
  }

  /// What a numbered block is, by its number.
  int blockKind(int number) {
    int indexEnd = properties.leaves() + properties.indexBlocks();
    if (number < properties.leaves()) {
      return RunFormat.LEAF;
    }
    return number < indexEnd ? RunFormat.INDEX : RunFormat.RANGE_TOMBSTONES;
  }

  /// Reads what stands in place.
  ///
  /// @param block number of the block that is read
  <T extends @Nullable Object> T reading(int block, MappedFault.Reading<T> work)
      throws IOException {
    try {
      try {
        return work.read();
      } finally {
        MappedFault.settle();
      }
    } catch (InternalError e) {
      throw unreadable(block, e);
    }
  }

  /// Reads parts of all kinds in place.
  <T extends @Nullable Object> T reading(MappedFault.Reading<T> work) throws IOException {
    return file.read(0, work);
  }

  /// The damage behind a page of a block that could not be read.
  ///
  /// @param block its number
  UnreadableFileException unreadable(int block, InternalError cause) {
    long position = 0;
    try {
      position = block < properties.blocks() ? blockPosition(block) : 0;
      MappedFault.settle();
    } catch (InternalError e) {
      cause.addSuppressed(e);
    }
    return file.unreadable(position, cause);
  }

  /// The damage behind a page of a part of the file that could not be read.
  UnreadableFileException unreadableAt(long position, InternalError cause) {
    return file.unreadable(position, cause);
  }

  /// Place of a bucket of the point index, whose page is verified.
  long bucketPlace(long bucket) throws IOException {
    long place = indexPosition + bucket * RunFormat.BUCKET_BYTES;
    verifyPage(place);
    return place;
  }

  /// The cells of a bucket that hold a fingerprint, as bits.
  int cellsWith(long place, long fingerprint) {
    return PointIndexBucket.cellsWith(memory, place, fingerprint);
  }

  /// Leaf and slot of the entry that a cell of a bucket leads to.
  int location(long place, int cell) {
    return PointIndexBucket.location(memory, place, cell);
  }

  /// The fingerprint in a cell of a bucket, 0 if the cell is empty.
  int fingerprint(long place, int cell) {
    return PointIndexBucket.fingerprint(memory, place, cell);
  }

  /// Tells whether a key that belongs into a bucket may stand in the next one.
  boolean isOverflowed(long place) {
    return PointIndexBucket.isOverflowed(memory, place);
  }

  private void verifyPage(long position) throws IOException {
    int page = (int) ((position - indexPosition) / RunFormat.POINT_INDEX_PAGE_BYTES);
    if (!pageVerified[page]) {
      pieces.verifyPage(properties.pointIndex(), page);
      pageVerified[page] = true;
    }
  }

  /// Verifies a page of the point index, whether or not it was verified before.
  ///
  /// @param ahead of the caller, who reads one page after the other
  void recheckPage(int page, ReadAhead ahead) throws IOException {
    ahead.reading(indexPosition + (long) page * RunFormat.POINT_INDEX_PAGE_BYTES, pageBytes(page));
    try {
      pieces.verifyPage(properties.pointIndex(), page);
    } catch (CorruptionException e) {
      pageVerified[page] = false;
      throw e;
    }
  }

  /// Length of a page of the point index, of which the last may be short.
  long pageBytes(int page) {
    long start = (long) page * RunFormat.POINT_INDEX_PAGE_BYTES;
    return Math.min(RunFormat.POINT_INDEX_PAGE_BYTES, properties.pointIndex().bytes() - start);
  }

  /// Share of the leaves that hold keys below `key` only, or nearly so.
  double shareBelow(byte[] key) throws IOException {
    return properties.leaves() == 0 ? 0 : (double) leafFor(key) / properties.leaves();
  }

  /// Number of the leaf where a search for `key` arrives.
  int leafFor(byte[] key) throws IOException {
    int number = properties.leaves() + properties.indexBlocks() - 1;
    while (number >= properties.leaves()) {
      int child = childFor(number, key);
      if (child < 0 || child >= number) {
        throw damage(blockPosition(number), "an index block leads to block " + child);
      }
      number = child;
    }
    return number;
  }

  private int childFor(int number, byte[] key) throws IOException {
    return reading(
        number,
        () -> {
          try {
            return indexBlock(number).childFor(key);
          } catch (IndexOutOfBoundsException e) {
            throw malformed(number, e);
          }
        });
  }
}
