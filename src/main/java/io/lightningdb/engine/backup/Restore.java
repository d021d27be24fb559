package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupRequest.Progress;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.log.SegmentEncoder;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.Version;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// Makes a database directory out of a backup. *Confined to one thread.*
///
/// A mark in the directory says that the restore is not finished; it is durable before the first file and goes when
/// every byte has been verified. A directory with that mark does not open.
public final class Restore {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int TIMELINE_SHIFT = 32;
  private static final int TIMELINE_STEP_MAX = 1 << 20;

  private final BackupTarget target;
  private final Storage storage;
  private final RandomGenerator random;
  private final BooleanSupplier cancelled;
  private final Progress progress;
  private long bytesDone;
  private long bytesAll;

  /// Prepares a restore.
  ///
  /// @param target where the backup is
  /// @param storage an empty directory
  /// @param random where the database gets new numbers from
  /// @param cancelled asked often whether to stop
  /// @param progress is told how far it is
  public Restore(
      BackupTarget target,
      Storage storage,
      RandomGenerator random,
      BooleanSupplier cancelled,
      Progress progress) {
    this.target = target;
    this.storage = storage;
    this.random = random;
    this.cancelled = cancelled;
    this.progress = progress;
  }

  /// What a restore has made.
  ///
  /// @param backup the backup
  /// @param version the version that the database opens at
  /// @param check what the check of all files found, which is no fault
  public record Restored(BackupEntry backup, long version, IntegrityCheck.Result check) {}

  /// Restores a backup, and verifies the result.
  ///
  /// @param id id of the backup
  /// @return what was made
  /// @throws IOException as [#run(String, Goal)]
  public Restored run(String id) throws IOException {
    return run(id, new Goal.Backup());
  }

  /// Restores a backup, carries it on with archived commits, and verifies the result.
  ///
  /// @param id id of the backup
  /// @param goal how far to carry it on
  /// @return what was made
  /// @throws BackupException if the backup or the archive is damaged or not there, the goal cannot be reached, or the
  ///     directory is not empty
  /// @throws CorruptionException if the result does not verify
  /// @throws io.lightningdb.engine.io.DirectoryLockedException if a process uses the directory
  /// @throws IOException if the disk or the target fails; the directory does not open then
  public Restored run(String id, Goal goal) throws IOException {
    BackupEntry entry = new Catalogue(target).get(id);
    new ArchivedLog(target, entry, goal).check();
    checkEmpty();
    try (AutoCloseable _ = storage.lock(FileFormat.LOCK)) {
      checkEmpty();
      return restore(entry, goal);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void checkEmpty() throws IOException {
    for (Storage.FileEntry file : storage.list()) {
      if (file.name().equals(FileFormat.RESTORING)) {
        throw new BackupException(
            Kind.NOT_EMPTY,
            "a restore into %s was not finished; delete what is in it and restore again"
                .formatted(storage));
      }
      if (!file.name().equals(FileFormat.LOCK)) {
        throw new BackupException(
            Kind.NOT_EMPTY,
            "%s is not empty: there is a file %s; restore into an empty directory"
                .formatted(storage, file.name()));
      }
    }
  }

  private Restored restore(BackupEntry entry, Goal goal) throws IOException {
    mark(entry.id());
    // Everything is written once and then read once.
    bytesAll = 2 * entry.totalBytes();
    for (BackupFile file : entry.files()) {
      copy(file);
    }
    ArchivedLog archived = new ArchivedLog(target, entry, goal);
    boolean hasLog = entry.version() > entry.state().logStart().version();
    long[] sequence = {entry.state().logStart().sequence() + (hasLog ? 1 : 0)};
    archived.read((first, commits) -> append(entry, sequence[0]++, first, commits));
    new Manifest(storage, state(entry, archived), 1).close();
    IntegrityCheck.Result check = check(entry.totalBytes());
    storage.delete(FileFormat.RESTORING);
    storage.syncDirectory();
    return new Restored(entry, archived.version(), check);
  }

  /// Commits of the archive become a segment of the log.
  private void append(BackupEntry entry, long sequence, long first, List<byte[]> commits)
      throws IOException {
    var identity = new LogFormat.Identity(entry.state().databaseId(), sequence, random.nextLong());
    try (StorageFile file = storage.create(FileFormat.log(sequence))) {
      OutputStream out = new BufferedOutputStream(new FileCopy(file), BUFFER_BYTES);
      SegmentEncoder segment = new SegmentEncoder(identity, out);
      long version = first;
      for (byte[] commit : commits) {
        segment.append(version++, commit, commit.length);
      }
      segment.seal(version - 1);
      file.sync();
    }
  }

  private void mark(String id) throws IOException {
    byte[] text = (id + "\n").getBytes(StandardCharsets.US_ASCII);
    try (StorageFile file = storage.create(FileFormat.RESTORING)) {
      file.write(0, text, 0, text.length);
      file.sync();
    }
    storage.syncDirectory();
  }

  private void copy(BackupFile file) throws IOException {
    try (StorageFile to = storage.create(file.name())) {
      FileCopy copy = new FileCopy(to);
      ObjectCheck.copy(target, file, copy);
      to.sync();
    }
  }

  /// Appends to a restored file.
  private final class FileCopy extends OutputStream {
    private final StorageFile file;
    private long position;

    FileCopy(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      stopIfCancelled();
      file.write(position, bytes, offset, length);
      position += length;
      bytesDone += length;
      progress.done(bytesDone, bytesAll);
    }
  }

  private void stopIfCancelled() throws BackupException {
    if (cancelled.getAsBoolean()) {
      throw cancellation();
    }
  }

  private BackupException cancellation() {
    return new BackupException(
        Kind.CANCELLED,
        "the restore was cancelled; delete what is in %s before another".formatted(storage));
  }

  /// The state of the backup, with file numbers of its own: whatever the database writes from now on is told from what
  /// it wrote after the backup in its earlier life.
  private Version state(BackupEntry entry, ArchivedLog archived) {
    Version saved = entry.state();
    long timeline = Archive.timeline(entry) + 1 + random.nextInt(TIMELINE_STEP_MAX);
    Change.NextIds next =
        new Change.NextIds(
            (timeline << TIMELINE_SHIFT) + 1, archived.nextKeyspaceId(), saved.nextIds().row());
    boolean noLog = archived.version() == saved.logStart().version();
    return saved
        .withKeyspaces(new TreeMap<>(archived.keyspaces()), next)
        .withClosed(noLog)
        .withMoment(entry.createdMillis());
  }

  private IntegrityCheck.Result check(long bytes) throws IOException {
    IntegrityCheck check =
        new IntegrityCheck(
            storage,
            cancelled,
            (done, _) -> progress.done(bytes + Math.min(done, bytes), bytesAll));
    if (!check.checkAll()) {
      throw cancellation();
    }
    IntegrityCheck.Result result = check.result();
    if (!result.faults().isEmpty()) {
      throw result.faults().getFirst();
    }
    return result;
  }
}
