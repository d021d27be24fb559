package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What can still be read of a damaged run: its sound leaves. *Confined to one thread.*
///
/// Leaves say themselves what they hold, so neither the ordered index nor the point index is needed. The footer, the
/// properties, the block table and the range deletions are: a run in which one of these is damaged cannot be opened
/// here.
public final class RunSalvage implements AutoCloseable {
  private static final int LEAF_BYTES_MIN = 512;
  private static final int LEAF_BYTES_MAX = 1 << 20;

  private final MappedFile file;
  private final RunBlocks run;
  private final Set<Integer> damagedLeaves = new TreeSet<>();
  private final List<KeyRange> lost = new ArrayList<>();
  private int codec = BlockCodec.PLAIN.code();
  private int leafBytes = LEAF_BYTES_MIN;

  private RunSalvage(MappedFile file, RunBlocks run) throws IOException {
    this.file = file;
    this.run = run;
    findDamage();
  }

  /// Reads all leaves once.
  ///
  /// @param storage the data directory
  /// @param identity whose run it is
  /// @return to be closed by the caller
  /// @throws CorruptionException if nothing of it can be read
  /// @throws IOException if the file cannot be read
  public static RunSalvage open(Storage storage, RunWriter.Identity identity) throws IOException {
    String name = FileFormat.run(identity.fileId());
    MappedFile file = MappedFile.shared(storage, name);
    boolean done = false;
    try {
      file.readAtRandom();
      RunSalvage opened =
          file.read(
              0, () -> new RunSalvage(file, new RunBlocks(file, identity, new BlockCache(0))));
      done = true;
      return opened;
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptionException(name, 0, "the run makes no sense: " + FailureText.of(e));
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  private void findDamage() throws IOException {
    ReadAhead ahead = run.readAhead(ReadPurpose.CHECK);
    byte[] lastKey = null;
    int firstDamaged = -1;
    for (int number = 0; number < run.properties().leaves(); number++) {
      Ends ends = ends(number, ahead);
      if (ends == null) {
        damagedLeaves.add(number);
        firstDamaged = firstDamaged < 0 ? number : firstDamaged;
        continue;
      }
      if (firstDamaged >= 0) {
        lost.add(lost(firstDamaged, number - 1, lastKey, ends.first()));
        firstDamaged = -1;
      }
      lastKey = ends.last();
    }
    if (firstDamaged >= 0) {
      lost.add(lost(firstDamaged, run.properties().leaves() - 1, lastKey, null));
    }
  }

  private record Ends(byte[] first, byte[] last) {}

  /// The first and the last key of a leaf, or null if the leaf is damaged.
  private @Nullable Ends ends(int number, ReadAhead ahead) throws IOException {
    try {
      Leaf leaf = run.leaf(number, ReadPurpose.CHECK, ahead);
      for (int slot = 0; slot < leaf.count(); slot++) {
        leaf.key(leaf.entry(slot));
      }
      codec = Math.max(codec, run.blockCodec(number));
      leafBytes = Math.clamp(leaf.bytes(), leafBytes, LEAF_BYTES_MAX);
      return new Ends(leaf.key(leaf.entry(0)), leaf.key(leaf.entry(leaf.count() - 1)));
    } catch (CorruptionException | IndexOutOfBoundsException _) {
      return null;
    }
  }

  /// Keys that damaged leaves may hold: as the ordered index says, or if that is damaged too, all between their
  /// neighbours. Then the first key behind them counts as well, since its newest versions may have stood in front of
  /// the older ones that are left.
  private KeyRange lost(
      int first, int last, byte @Nullable [] keyBefore, byte @Nullable [] keyBehind) {
    byte[] lower = RunPart.at(run, run.blockPosition(first)).keys().lower();
    if (lower.length == 0 && keyBefore != null) {
      lower = Keys.after(keyBefore);
    }
    byte[] upper = RunPart.at(run, run.blockPosition(last)).keys().upper();
    if (upper == null && keyBehind != null) {
      upper = Keys.after(keyBehind);
    }
    return new KeyRange(lower, upper);
  }

  /// Keys of which it is not known what the run held, ascending.
  ///
  /// @return none if all leaves are sound
  public List<KeyRange> lost() {
    return List.copyOf(lost);
  }

  /// How the run is laid out, as far as that shows.
  ///
  /// @return for a run in its place
  public RunWriter.Form form() {
    BlockCodec found = BlockCodec.ofCode(codec);
    boolean pointIndex = run.properties().pointIndex().buckets() > 0;
    return new RunWriter.Form(found == null ? BlockCodec.PLAIN : found, pointIndex, leafBytes);
  }

  /// The range deletions.
  ///
  /// @return all of them
  public RangeTombstones rangeTombstones() {
    return run.rangeTombstones();
  }

  /// Walks every version of every key of a range that is not lost, ascending by key, descending by version.
  ///
  /// @param range the keys
  /// @return a cursor, for as long as this is open
  public EntryCursor entries(KeyRange range) {
    return new SoundEntries(range);
  }

  /// The entries of the sound leaves. *Confined to one thread.*
  private final class SoundEntries implements EntryCursor {
    private final KeyRange range;
    private final ReadAhead ahead = run.readAhead(ReadPurpose.CHECK);
    private int number = -1;
    private int slot;
    private @Nullable Leaf leaf;
    private @Nullable EntryHeader header;
    private byte[] key = new byte[0];

    SoundEntries(KeyRange range) {
      this.range = range;
    }

    @Override
    public boolean next() throws IOException {
      while (step()) {
        if (range.contains(key) && lost.stream().noneMatch(each -> each.contains(key))) {
          return true;
        }
      }
      return false;
    }

    private boolean step() throws IOException {
      Leaf at = leaf;
      slot++;
      while (at == null || slot >= at.count()) {
        number++;
        slot = 0;
        if (number >= run.properties().leaves()) {
          return false;
        }
        at = damagedLeaves.contains(number) ? null : run.leaf(number, ReadPurpose.CHECK, ahead);
        leaf = at;
      }
      EntryHeader found = at.entry(slot);
      header = found;
      key = at.key(found);
      return true;
    }

    private EntryHeader header() {
      if (header == null) {
        throw new IllegalStateException("the cursor is at no entry");
      }
      return header;
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public int kind() {
      return header().kind();
    }

    @Override
    public long version() {
      return header().version();
    }

    @Override
    public long expiryMillis() {
      return header().expiryMillis();
    }

    @Override
    public int valueLength() {
      return header().valueLength();
    }

    @Override
    public void copyValue(byte[] target, int offset) {
      if (leaf == null) {
        throw new IllegalStateException("the cursor is at no entry");
      }
      leaf.copyValue(header(), target, offset);
    }
  }

  /// Unmaps the file. Closing twice is allowed.
  @Override
  public void close() {
    run.close();
    file.close();
  }
}
