package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.NoSpaceException;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps the current [Version]: appends each edit, syncs it, and only then publishes the state after it.
///
/// *Thread-safe.* The first failure sticks: whether the edit that failed is on disk is unknown, so no further edit may
/// follow it. Only a new file, which takes the place of the failed one as a whole, ends that: [#startAnew].
///
/// The last edit of a file looks like an unfinished one if the disk damages it. So an edit that nothing follows is
/// proved by [#mark]: by another that says again what the state says, and can be lost itself without harm.
public final class Manifest implements AutoCloseable {
  private static final long REWRITE_BYTES = 4 << 20;

  private final Storage storage;
  private final ReentrantLock lock = new ReentrantLock();
  private final Checksum checksum = new Checksum();

  // Guarded by `lock`.
  private @Nullable StorageFile file;
  private int generation;
  private long position;
  private @Nullable IOException failure;

  // Whether the last edit would be missed if it were damaged: it is the first of its file, or a
  // mark. Written under `lock`, read without it.
  private volatile boolean marked;

  // Written under `lock`, read without it.
  private volatile Version current;

  /// Starts a new file that holds a state, and switches to it.
  ///
  /// @param storage the data directory
  /// @param state what the file starts with
  /// @param generation greater than that of the file before
  /// @throws IOException if the file cannot be written; the file before is then still the manifest
  public Manifest(Storage storage, Version state, int generation) throws IOException {
    this.storage = storage;
    this.current = state;
    this.generation = generation;
    rewrite(state);
  }

  /// Goes on with the file that there is, which takes no changes until [#startAnew].
  ///
  /// @param storage the data directory
  /// @param state as it was read
  /// @param generation greater than that of the file
  /// @param failure why no new file could be started
  public Manifest(Storage storage, Version state, int generation, IOException failure) {
    this.storage = storage;
    this.current = state;
    this.generation = generation;
    this.failure = failure;
  }

  /// The current state.
  ///
  /// @return durable on disk
  public Version current() {
    return current;
  }

  /// Makes a change durable and publishes the state after it.
  ///
  /// @param change makes the edit, given the current state; runs under the manifest's lock
  /// @return the state after it
  /// @throws IOException if it cannot be made durable, now or since an earlier failure
  public Version apply(Function<Version, VersionEdit> change) throws IOException {
    return apply(change, false);
  }

  /// Makes a change durable as [#apply], in a new file that starts with the whole state: damage to it can never be
  /// taken for an edit that was not finished.
  ///
  /// @param change makes the edit, given the current state; runs under the manifest's lock
  /// @return the state after it
  /// @throws IOException if it cannot be made durable, now or since an earlier failure
  public Version applyWhole(Function<Version, VersionEdit> change) throws IOException {
    return apply(change, true);
  }

  private Version apply(Function<Version, VersionEdit> change, boolean whole) throws IOException {
    lock.lock();
    try {
      IOException first = failure;
      if (first != null) {
        throw new IOException("the manifest failed earlier: " + FailureText.of(first), first);
      }
      VersionEdit edit = change.apply(current);
      Version next = current.apply(edit);
      write(edit, next, whole || position > REWRITE_BYTES);
      current = next;
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// Makes a change durable in a new file, which holds the whole state after it and nothing of the file before. Failed
  /// or not, the manifest takes changes again when this returns.
  ///
  /// @param change makes the edit, given the current state; runs under the manifest's lock
  /// @throws IOException if the new file cannot take the place of the one before. Whether it has is unknown: nothing
  ///     that either of the two states names may be deleted
  public void startAnew(Function<Version, VersionEdit> change) throws IOException {
    lock.lock();
    try {
      Version next = current.apply(change.apply(current));
      generation++;
      try {
        rewrite(next);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
      failure = null;
      current = next;
    } finally {
      lock.unlock();
    }
  }

  /// Tells whether damage to any edit would be noticed, but for edits that say nothing new.
  ///
  /// @return false if [#mark] has something to do
  public boolean isMarked() {
    return marked;
  }

  /// Proves the last edit, which is durable: appends one that says again which moment is the greatest seen, and syncs
  /// it. Does nothing if that is not needed, after a failure, and while others are at it: what they append proves the
  /// same. Where there is no space for it, it is to be tried again.
  ///
  /// @throws IOException if it cannot be made durable
  public void mark() throws IOException {
    if (marked || !lock.tryLock()) {
      return;
    }
    try {
      if (!marked && failure == null && file != null && appendMark(file)) {
        file.sync();
        marked = true;
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private boolean appendMark(StorageFile target) throws IOException {
    try {
      append(target, VersionEdit.of(new Change.Moment(current.momentMillis())));
      return true;
    } catch (NoSpaceException _) {
      // Nothing relies on what there is of it; the next edit, or mark, takes its place.
      return false;
    }
  }

  /// Keeps others from making changes until it is closed: for those who have something to do together with a change, or
  /// want to see nothing of it half done. The thread that holds it may make changes itself.
  ///
  /// @return to be closed by the same thread
  public Hold hold() {
    lock.lock();
    return lock::unlock;
  }

  /// Ends what [#hold] began.
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /// Reads the file again, while no edit is being written, and checks that it says what it has to. What a start would
  /// take for an unfinished edit is damage here.
  ///
  /// @return bytes read
  /// @throws CorruptionException if it is damaged
  /// @throws IOException if it cannot be read
  public long check() throws IOException {
    lock.lock();
    try {
      ManifestReader.Loaded loaded = ManifestReader.read(storage);
      if (failure == null && !loaded.version().equals(current)) {
        throw new CorruptionException(
            FileFormat.MANIFEST,
            loaded.cut().orElse(position),
            "the manifest lacks edits that were written to it");
      }
      return position;
    } finally {
      lock.unlock();
    }
  }

  private void write(VersionEdit edit, Version next, boolean whole) throws IOException {
    try {
      if (whole) {
        generation++;
        rewrite(next);
      } else {
        marked = false;
        append(open(), edit);
        open().sync();
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  private StorageFile open() {
    if (file == null) {
      throw new IllegalStateException("the manifest is closed");
    }
    return file;
  }

  private void rewrite(Version state) throws IOException {
    StorageFile old = file;
    StorageFile written = createNew();
    file = written;
    byte[] header = ManifestRecords.encodeHeader(state.databaseId(), generation);
    written.write(0, header, 0, header.length);
    position = header.length;
    append(written, state.toEdit());
    written.sync();
    written.close();
    storage.rename(FileFormat.MANIFEST_NEW, FileFormat.MANIFEST);
    storage.syncDirectory();
    file = storage.open(FileFormat.MANIFEST);
    marked = true;
    if (old != null) {
      old.close();
    }
  }

  private StorageFile createNew() throws IOException {
    if (storage.list().stream().anyMatch(f -> f.name().equals(FileFormat.MANIFEST_NEW))) {
      storage.delete(FileFormat.MANIFEST_NEW);
    }
    return storage.create(FileFormat.MANIFEST_NEW);
  }

  private void append(StorageFile target, VersionEdit edit) throws IOException {
    ByteWriter body = edit.encode();
    ByteWriter record = new ByteWriter(body.length() + 16);
    record.u32(0).u32(body.length()).raw(body.array(), 0, body.length());
    int crc =
        checksum
            .begin(current.databaseId(), generation, position)
            .update(record.array(), 4, record.length() - 4)
            .value();
    record.align(ManifestRecords.ALIGNMENT);
    byte[] bytes = Arrays.copyOf(record.array(), record.length());
    LittleEndian.putU32(bytes, 0, crc);
    target.write(position, bytes, 0, bytes.length);
    position += bytes.length;
  }

  /// The first failure.
  ///
  /// @return why no further edit is possible, or null
  public @Nullable IOException failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /// Closes the file. Closing twice is allowed.
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      StorageFile open = file;
      file = null;
      if (open != null) {
        open.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
