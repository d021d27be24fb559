package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An immutable run on disk. *Thread-safe.* The file is mapped when it is first read.
///
/// The caller makes sure that no thread reads a run that is being closed.
public final class Run implements AutoCloseable {
  private final Storage storage;
  private final RunWriter.Identity identity;
  private final BlockCache cache;
  private final MemoryAccount account;
  private final ReentrantLock openLock = new ReentrantLock();

  // Set once, under `openLock`, and read without it.
  private volatile @Nullable RunReader reader;
  private @Nullable MappedFile file;
  private long charged;

  // Mappings that no reader finds any more, and that may still be read. Guarded by `openLock`.
  private final List<MappedFile> distrusted = new ArrayList<>();

  /// Names a run without touching its file.
  ///
  /// @param storage the data directory
  /// @param identity whose run it is
  /// @param cache keeps leaves of it that had to be decompressed
  /// @param account pays for what is kept of it while it is open
  public Run(
      Storage storage, RunWriter.Identity identity, BlockCache cache, MemoryAccount account) {
    this.storage = storage;
    this.identity = identity;
    this.cache = cache;
    this.account = account;
  }

  /// Names a run that no account pays for without touching its file.
  ///
  /// @param storage the data directory
  /// @param identity whose run it is
  /// @param cache keeps leaves of it that had to be decompressed
  public Run(Storage storage, RunWriter.Identity identity, BlockCache cache) {
    this(storage, identity, cache, MemoryAccount.NONE);
  }

  /// The id of the file.
  ///
  /// @return as in its name
  public long fileId() {
    return identity.fileId();
  }

  /// The name of the file.
  ///
  /// @return inside the data directory
  public String name() {
    return FileFormat.run(identity.fileId());
  }

  private RunReader reader() throws IOException {
    RunReader open = reader;
    return open != null ? open : open();
  }

  private RunReader open() throws IOException {
    openLock.lock();
    try {
      RunReader open = reader;
      if (open == null) {
        open = map();
        charged = open.blocks().heapBytes();
        account.charge(charged);
        reader = open;
      }
      return open;
    } finally {
      openLock.unlock();
    }
  }

  private RunReader map() throws IOException {
    MappedFile mapped = MappedFile.shared(storage, name());
    boolean done = false;
    try {
      mapped.readAtRandom();
      RunBlocks blocks = mapped.read(0, () -> new RunBlocks(mapped, identity, cache));
      file = mapped;
      done = true;
      return new RunReader(blocks);
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptionException(name(), 0, "the run makes no sense: " + FailureText.of(e));
    } finally {
      if (!done) {
        mapped.close();
      }
    }
  }

  private RunBlocks blocks() throws IOException {
    return reader().blocks();
  }

  /// Finds the newest entry of a key up to a version.
  ///
  /// @param <T> what is made of it
  /// @param key any key
  /// @param readVersion newest version that is seen
  /// @param covered version of the newest range deletion over the key, or 0
  /// @param moment tells what has expired
  /// @param projection makes the result
  /// @return the result, or null if the run has no such entry; its own range deletions are not looked at
  /// @throws IOException if the run cannot be read or is damaged
  public <T> @Nullable T find(
      byte[] key, long readVersion, long covered, ReadMoment moment, Projection<T> projection)
      throws IOException {
    return reader().find(key, readVersion, covered, moment, projection);
  }

  /// Walks the keys of a view, each in its newest version that the view sees, deletions included.
  ///
  /// @param view what to show
  /// @return a cursor
  /// @throws IOException if the run cannot be read or is damaged
  public EntryCursor cursor(ReadView view) throws IOException {
    return new RunCursor(blocks(), view);
  }

  /// Walks every version of every key, ascending by key, descending by version, for a merge.
  ///
  /// @param range the keys
  /// @return a cursor
  /// @throws IOException if the run cannot be read or is damaged
  public EntryCursor allVersions(KeyRange range) throws IOException {
    return new RunVersionCursor(blocks(), range);
  }

  /// Puts leaves into the cache, for the run takes the place of others whose leaves were there.
  ///
  /// @param leaves their numbers
  /// @throws IOException if the run cannot be read or is damaged
  public void warm(BitSet leaves) throws IOException {
    if (leaves.isEmpty()) {
      return;
    }
    blocks().warm(leaves);
  }

  /// The range deletions.
  ///
  /// @return all of them
  /// @throws IOException if the run cannot be read or is damaged
  public RangeTombstones rangeTombstones() throws IOException {
    return blocks().rangeTombstones();
  }

  /// Estimates how much of the run lies inside a range.
  ///
  /// @param range the keys
  /// @return 0 to 1: the share of its leaves
  /// @throws IOException if the run cannot be read or is damaged
  public double shareWithin(KeyRange range) throws IOException {
    byte[] upper = range.upper();
    double below = upper == null ? 1 : blocks().shareBelow(upper);
    return Math.max(0, below - blocks().shareBelow(range.lower()));
  }

  /// What the file says of itself.
  ///
  /// @return the properties
  /// @throws IOException if the run cannot be read or is damaged
  public RunProperties properties() throws IOException {
    return blocks().properties();
  }

  /// Reads and checks every byte, and that all parts agree.
  ///
  /// @param faults gets what is wrong
  /// @return number of entries read
  /// @throws IOException if the file cannot be read
  public long check(RunCheck.Faults faults) throws IOException {
    try {
      RunBlocks open = blocks();
      return open.reading(new RunCheck(open, faults)::run);
    } catch (CorruptionException e) {
      faults.add(e);
      return 0;
    }
  }

  /// Begins to verify the file again from its first byte to its last, past all caches.
  ///
  /// @return to be used while the caller keeps the run from being closed
  /// @throws IOException if the run cannot be opened or is damaged so that it cannot be
  public RunScrub scrub() throws IOException {
    return new RunScrub(this, blocks());
  }

  /// Has the file opened anew by the next read, since what was read when it was opened does not verify any more.
  void distrust() {
    openLock.lock();
    try {
      MappedFile mapped = file;
      RunReader open = reader;
      if (mapped != null && open != null) {
        distrusted.add(mapped);
        file = null;
        reader = null;
        account.charge(-charged);
        open.blocks().distrust();
        open.blocks().close();
      }
    } finally {
      openLock.unlock();
    }
  }

  /// Tells what stands at a place where damage was found.
  ///
  /// @param offset place of the damage in the file, as its exception says
  /// @return what is damaged and which keys need it; the whole file if that cannot be told
  public RunPart part(long offset) {
    try {
      RunBlocks open = blocks();
      return open.reading(() -> RunPart.at(open, offset));
    } catch (IOException _) {
      return RunPart.WHOLE;
    }
  }

  /// Unmaps the file, and gives back what the cache keeps of it. No thread reads it any more. Closing twice is allowed.
  @Override
  public void close() {
    openLock.lock();
    try {
      MappedFile mapped = file;
      RunReader open = reader;
      if (mapped != null && open != null) {
        file = null;
        reader = null;
        account.charge(-charged);
        open.blocks().close();
        mapped.close();
      }
      distrusted.forEach(MappedFile::close);
      distrusted.clear();
    } finally {
      openLock.unlock();
    }
  }
}
