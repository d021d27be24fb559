package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A run taken apart block by block, whatever its state: for people who look at a single file. Changes nothing.
/// *Confined to one thread.*
///
/// Each part is read on its own, so that damage of one hides no other. The file itself says whose it is.
public final class RunInspection implements AutoCloseable {
  private final MappedFile file;
  private final RunFooter stated;
  private final RunPieces pieces;

  private RunInspection(MappedFile file) throws IOException {
    this.file = file;
    this.stated =
        footerPosition() < 0
            ? new RunFooter(0, 0, 0, 0, 0, 0, 0, 0)
            : file.read(footerPosition(), () -> RunFooter.stated(file.memory(), footerPosition()));
    this.pieces = new RunPieces(file, stated.databaseId(), stated.fileId());
  }

  /// A numbered block as the block table and its trailer describe it. Nothing of it is verified.
  ///
  /// @param number its number
  /// @param position place in the file
  /// @param storedBytes its length in the file, without trailer
  /// @param kind its kind, a constant of [RunFormat]
  /// @param codec how it is stored, a code of [io.lightningdb.engine.format.BlockCodec]
  /// @param bytes its length before compression
  public record Block(int number, long position, int storedBytes, int kind, int codec, int bytes) {}

  /// An entry of a leaf.
  ///
  /// @param kind `PUT` or `DELETE` of [io.lightningdb.engine.format.Operation]
  /// @param key its key
  /// @param version the commit that wrote it
  /// @param valueBytes length of its value
  /// @param expiryMillis when it expires; [io.lightningdb.engine.format.ExpiryTime#NEVER] if it does not
  public record Entry(int kind, byte[] key, long version, int valueBytes, long expiryMillis) {}

  /// The content of an index block.
  ///
  /// @param firstChild number of the first child; the others follow
  /// @param separators for each child the least key that it may hold
  public record Children(int firstChild, List<byte[]> separators) {}

  /// What a point index holds.
  ///
  /// @param cellsUsed number of keys
  /// @param bucketsFull number of buckets without an empty cell
  /// @param bucketsOverflowed number of buckets that a key went past
  public record PointIndexContent(long cellsUsed, long bucketsFull, long bucketsOverflowed) {}

  /// Maps a run.
  ///
  /// @param storage the directory of the file
  /// @param name its name, which may be any
  /// @return to be closed by the caller
  /// @throws IOException if it cannot be read
  public static RunInspection open(Storage storage, String name) throws IOException {
    MappedFile file = MappedFile.confined(storage, name);
    boolean done = false;
    try {
      RunInspection opened = new RunInspection(file);
      done = true;
      return opened;
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  /// Size of the file.
  ///
  /// @return in bytes
  public long bytes() {
    return file.bytes();
  }

  /// Place of the footer.
  ///
  /// @return negative if the file is shorter than a footer
  public long footerPosition() {
    return file.bytes() - RunFormat.FOOTER_BYTES;
  }

  /// What the footer says, right or wrong.
  ///
  /// @return all zeros if the file is shorter than a footer
  public RunFooter statedFooter() {
    return stated;
  }

  /// Checks the footer, and that the file name agrees if it is that of a run.
  ///
  /// @throws CorruptionException if it is damaged or of another run
  /// @throws io.lightningdb.engine.format.FormatTooNewException if a newer engine wrote it
  /// @throws IOException if it cannot be read
  public void verifyFooter() throws IOException {
    pieces.footer();
    OptionalLong named = FileFormat.runFileId(file.name());
    if (named.isPresent() && named.getAsLong() != stated.fileId()) {
      throw pieces.damage(footerPosition(), "the footer is that of another run");
    }
  }

  /// Reads the properties.
  ///
  /// @return what the file says of itself
  /// @throws CorruptionException if they are damaged
  /// @throws IOException if it cannot be read
  public RunProperties properties() throws IOException {
    return pieces.properties(stated);
  }

  /// Verifies the block table.
  ///
  /// @return the number of blocks that it lists
  /// @throws CorruptionException if it is damaged
  /// @throws IOException if it cannot be read
  public int blocks() throws IOException {
    pieces.verify(stated.tablePosition(), stated.tableBytes(), RunFormat.BLOCK_TABLE);
    return stated.tableBytes() / RunFormat.BLOCK_TABLE_ROW_BYTES;
  }

  /// Describes a block.
  ///
  /// @param number less than [#blocks], which was called before
  /// @return what the block table and the trailer say
  /// @throws CorruptionException if the block lies outside the file
  /// @throws IOException if it cannot be read
  public Block block(int number) throws IOException {
    return file.read(stated.tablePosition(), () -> described(number));
  }

  private Block described(int number) throws CorruptionException {
    long row = stated.tablePosition() + (long) number * RunFormat.BLOCK_TABLE_ROW_BYTES;
    long position = LittleEndian.u64(file.memory(), row);
    int stored = LittleEndian.u32(file.memory(), row + 8);
    if (position < 0 || stored < 0 || position > file.bytes() - stored - RunFormat.TRAILER_BYTES) {
      throw pieces.damage(Math.max(0, position), "block " + number + " lies outside the file");
    }
    long trailer = position + stored;
    return new Block(
        number,
        position,
        stored,
        LittleEndian.u8(file.memory(), trailer),
        LittleEndian.u8(file.memory(), trailer + 1),
        LittleEndian.u32(file.memory(), trailer + 4));
  }

  private MemorySegment content(Block block, int kind) throws IOException {
    return MemorySegment.ofArray(pieces.verified(block.position(), block.storedBytes(), kind));
  }

  private CorruptionException senseless(Block block, IndexOutOfBoundsException cause) {
    return pieces.damage(
        block.position(), "the block verifies but makes no sense: " + FailureText.of(cause));
  }

  /// The entries of a leaf. *Confined to one thread.*
  public final class Entries {
    private final Block block;
    private final Leaf leaf;

    private Entries(Block block) throws IOException {
      this.block = block;
      try {
        pieces.verify(block.position(), block.storedBytes(), RunFormat.LEAF);
        this.leaf = pieces.leafCopy(block.position(), block.storedBytes());
      } catch (IndexOutOfBoundsException e) {
        throw senseless(block, e);
      }
    }

    /// Number of entries.
    ///
    /// @return at least 1
    public int count() {
      return leaf.count();
    }

    /// Reads an entry.
    ///
    /// @param slot less than [#count]
    /// @return the entry
    /// @throws CorruptionException if it makes no sense
    public Entry entry(int slot) throws CorruptionException {
      try {
        Leaf.EntryHeader header = leaf.entry(slot);
        return new Entry(
            header.kind(),
            leaf.key(header),
            header.version(),
            header.valueLength(),
            header.expiryMillis());
      } catch (IndexOutOfBoundsException e) {
        throw senseless(block, e);
      }
    }

    /// Copies the value of an entry that was read.
    ///
    /// @param slot less than [#count]
    /// @return a new array
    public byte[] value(int slot) {
      Leaf.EntryHeader header = leaf.entry(slot);
      byte[] value = new byte[header.valueLength()];
      leaf.copyValue(header, value, 0);
      return value;
    }
  }

  /// Verifies and reads a leaf.
  ///
  /// @param block a leaf
  /// @return its entries
  /// @throws CorruptionException if it is damaged
  /// @throws IOException if it cannot be read
  public Entries entries(Block block) throws IOException {
    return new Entries(block);
  }

  /// Verifies and reads an index block.
  ///
  /// @param block an index block
  /// @return its children
  /// @throws CorruptionException if it is damaged
  /// @throws IOException if it cannot be read
  public Children children(Block block) throws IOException {
    try {
      IndexBlock index = new IndexBlock(content(block, RunFormat.INDEX));
      List<byte[]> separators = new ArrayList<>();
      for (int i = 0; i < index.count(); i++) {
        separators.add(index.separator(i));
      }
      return new Children(index.firstChild(), separators);
    } catch (IndexOutOfBoundsException e) {
      throw senseless(block, e);
    }
  }

  /// Verifies and reads the range tombstones.
  ///
  /// @param block their block
  /// @return the range deletions
  /// @throws CorruptionException if it is damaged
  /// @throws IOException if it cannot be read
  public RangeTombstones rangeTombstones(Block block) throws IOException {
    return pieces.rangeTombstones(block.position(), block.storedBytes());
  }

  /// Verifies and counts the point index.
  ///
  /// @param place where it is
  /// @param damage gets each damaged page; such pages count as they stand
  /// @return what it holds
  /// @throws CorruptionException if it lies outside the file
  public PointIndexContent pointIndex(PointIndexPlace place, Consumer<CorruptionException> damage)
      throws IOException {
    pieces.checkPlace(place);
    for (int page = 0; page < place.pages(); page++) {
      try {
        pieces.verifyPage(place, page);
      } catch (CorruptionException e) {
        damage.accept(e);
      }
    }
    return file.read(place.position(), () -> counted(place));
  }

  private PointIndexContent counted(PointIndexPlace place) {
    long used = 0;
    long full = 0;
    long overflowed = 0;
    for (long bucket = 0; bucket < place.buckets(); bucket++) {
      long at = place.position() + bucket * RunFormat.BUCKET_BYTES;
      int cells = cellsUsed(at);
      used += cells;
      full += cells == RunFormat.BUCKET_CELLS ? 1 : 0;
      overflowed += LittleEndian.u8(file.memory(), at + RunFormat.BUCKET_OVERFLOW) == 0 ? 0 : 1;
    }
    return new PointIndexContent(used, full, overflowed);
  }

  private int cellsUsed(long bucket) {
    int cells = 0;
    while (cells < RunFormat.BUCKET_CELLS
        && LittleEndian.u16(file.memory(), bucket + 2L * cells) != 0) {
      cells++;
    }
    return cells;
  }

  /// Unmaps the file. Closing twice is allowed.
  @Override
  public void close() {
    file.close();
  }
}
