package io.lightningdb.engine.integrity;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.PinnedRuns;
import io.lightningdb.engine.store.SharedRun;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reads every byte of a database and checks that all of it verifies and agrees. *Confined to one thread.*
///
/// Whether anybody still wants it is asked behind each file, and while the log is read behind each MiB of it.
public final class IntegrityCheck {
  private static final long LOG_STEP_BYTES = 1 << 20;

  private final Storage storage;
  private final BooleanSupplier cancelled;
  private final Progress progress;
  private final FaultList faults = new FaultList();
  private long filesChecked;
  private long bytesChecked;
  private long entriesChecked;
  private long logBytesUntold;
  private final Set<Long> runsChecked = new HashSet<>();

  /// Prepares a check.
  ///
  /// @param storage the data directory
  /// @param cancelled asked now and then whether to stop
  /// @param progress is told how far it is
  public IntegrityCheck(Storage storage, BooleanSupplier cancelled, Progress progress) {
    this.storage = storage;
    this.cancelled = cancelled;
    this.progress = progress;
  }

  /// Follows a check, on the thread that does it.
  @FunctionalInterface
  public interface Progress {
    /// A file, or a part of the log, was checked.
    ///
    /// @param bytesChecked bytes checked so far
    /// @param bytesAll bytes to check in all, as far as known
    void checked(long bytesChecked, long bytesAll);
  }

  /// What was found.
  ///
  /// @param filesChecked number of files read
  /// @param bytesChecked number of bytes read
  /// @param entriesChecked number of entries read in runs, and of operations read in the log behind its start
  /// @param faults what is wrong, in the order found; of each file that is damaged one at least
  /// @param unlisted number of faults beyond those
  /// @param lastUnlisted the last of them, null if there are none
  public record Result(
      long filesChecked,
      long bytesChecked,
      long entriesChecked,
      List<CorruptionException> faults,
      long unlisted,
      @Nullable CorruptionException lastUnlisted) {}

  /// The results so far.
  ///
  /// @return a copy
  public Result result() {
    return new Result(
        filesChecked,
        bytesChecked,
        entriesChecked,
        faults.listed(),
        faults.unlisted(),
        faults.lastUnlisted());
  }

  /// Checks a directory that no engine has open: manifest, runs and log.
  ///
  /// @return false if it was cancelled, so that the result is not of everything
  /// @throws IOException if a file cannot be read, or is of a newer format; damage is no exception but a fault
  public boolean checkAll() throws IOException {
    return completes(this::checkDirectory);
  }

  /// A part of a check.
  private interface Part {
    void check() throws IOException;
  }

  private static boolean completes(Part part) throws IOException {
    try {
      part.check();
      return true;
    } catch (CancelledException _) {
      return false;
    }
  }

  private void checkDirectory() throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    storage.list().forEach(file -> sizes.put(file.name(), file.bytes()));
    if (!sizes.containsKey(FileFormat.MANIFEST)) {
      faults.add(new CorruptionException(FileFormat.MANIFEST, 0, "the directory has no manifest"));
      return;
    }
    try {
      Version version = ManifestReader.read(storage).version();
      countFile(sizes.getOrDefault(FileFormat.MANIFEST, 0L), 0);
      long all = checkRuns(version, sizes);
      checkLog(version, sizes, all);
    } catch (CorruptionException e) {
      faults.add(e);
    }
  }

  private void countFile(long bytes, long all) throws CancelledException {
    filesChecked++;
    count(bytes, all);
  }

  private void count(long bytes, long all) throws CancelledException {
    bytesChecked += bytes;
    progress.checked(bytesChecked, Math.max(bytesChecked, all));
    throwIfCancelled();
  }

  private void throwIfCancelled() throws CancelledException {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
  }

  private long checkRuns(Version version, Map<String, Long> sizes) throws IOException {
    long all = bytesChecked;
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      all += RunRecord.fileBytes(keyspace.runs());
    }
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      for (RunRecord record : keyspace.runs()) {
        checkRunFile(version, keyspace, record, sizes, all);
      }
    }
    return all;
  }

  private void checkRunFile(
      Version version,
      KeyspaceRecord keyspace,
      RunRecord record,
      Map<String, Long> sizes,
      long bytesAll)
      throws IOException {
    String name = FileFormat.run(record.fileId());
    Long size = sizes.get(name);
    if (size == null || size != record.fileBytes()) {
      faults.add(
          new CorruptionException(
              name,
              0,
              size == null
                  ? "the run is missing"
                  : "the run has " + size + " bytes instead of " + record.fileBytes()));
      return;
    }
    var identity = new RunWriter.Identity(version.databaseId(), keyspace.id(), record.fileId());
    try (Run run = new Run(storage, identity, new BlockCache(0))) {
      checkRun(run, record, bytesAll);
    }
  }

  /// Checks a run that the caller keeps from being closed. The file is read once, however many parts of it are named.
  private void checkRun(Run run, RunRecord record, long bytesAll) throws IOException {
    if (runsChecked.add(record.fileId())) {
      entriesChecked += run.check(faults);
      countFile(record.fileBytes(), bytesAll);
    }
    try {
      if (!agrees(run.properties(), record)) {
        faults.add(
            new CorruptionException(run.name(), 0, "the manifest describes the run differently"));
      }
    } catch (CorruptionException _) {
      // Found by the check above already.
      return;
    }
  }

  private static boolean agrees(RunProperties properties, RunRecord record) {
    boolean inBounds =
        properties.entries() == 0
            || !record.isWhole()
            || record
                .bounds()
                .covers(new KeyRange(properties.firstKey(), Keys.after(properties.lastKey())));
    return inBounds
        && properties.entries() == record.entries()
        && properties.tombstones() == record.tombstones()
        && properties.expiries().equals(record.expiries())
        && properties.leastVersion() == record.leastVersion()
        && properties.greatestVersion() == record.greatestVersion();
  }

  private void checkLog(Version version, Map<String, Long> sizes, long all) throws IOException {
    LogScan.Result scan =
        LogCheck.scan(
            storage,
            version,
            (commit, body, bodyBytes) -> {
              countCommit(version, commit, body, bodyBytes);
              if (isLogStepRead(bodyBytes)) {
                logBytesUntold = 0;
                throwIfCancelled();
              }
            });
    LogCheck.checkAgainst(version, scan);
    for (LogScan.Scanned segment : scan.segments()) {
      countFile(sizes.getOrDefault(FileFormat.log(segment.identity().sequence()), 0L), all);
    }
  }

  /// What comes before the start of the log is in runs.
  private void countCommit(Version version, long commit, byte[] body, int bodyBytes) {
    if (commit <= version.logStart().version()) {
      return;
    }
    CommitReader operations = new CommitReader(body, bodyBytes);
    while (operations.next()) {
      entriesChecked++;
    }
  }

  private boolean isLogStepRead(int bodyBytes) {
    logBytesUntold += LogFormat.RECORD_HEADER_BYTES + bodyBytes;
    return logBytesUntold >= LOG_STEP_BYTES;
  }

  /// Tells the bytes of the log that were read since it was last done.
  private void countLog(long all) throws CancelledException {
    long bytes = logBytesUntold;
    logBytesUntold = 0;
    count(bytes, all);
  }

  /// A database in use.
  ///
  /// @param stores its keyspaces
  /// @param manifest its manifest
  /// @param log keeps its segments while they are read
  /// @param visibleVersion newest visible version: commits up to it are checked, and what follows is being written
  public record Live(
      List<KeyspaceStore> stores, Manifest manifest, LogWriter log, LongSupplier visibleVersion) {

    private long bytes() {
      return log.bytes()
          + stores.stream().mapToLong(store -> RunRecord.fileBytes(store.runRecords())).sum();
    }
  }

  /// Checks a database in use: runs, manifest and log.
  ///
  /// @param live the database
  /// @return false if it was cancelled, so that the result is not of everything
  /// @throws IOException if a file cannot be read, or the database was closed; damage is no exception but a fault
  public boolean checkLive(Live live) throws IOException {
    return completes(() -> {
      long all = live.bytes();
      for (KeyspaceStore store : live.stores()) {
        checkRuns(store, all);
      }
      checkManifestAndLog(live, all);
    });
  }

  private void checkRuns(KeyspaceStore store, long all) throws IOException {
    try (PinnedRuns pinned = store.pinRuns()) {
      for (SharedRun run : pinned.runs()) {
        checkRun(run.run(), run.record(), all);
      }
    } catch (KeyspaceGoneException _) {
      // There is nothing of it to be checked any more.
      return;
    }
  }

  private void checkManifestAndLog(Live live, long all) throws IOException {
    long visibleVersion = live.visibleVersion().getAsLong();
    live.log().beginReading();
    try {
      countFile(live.manifest().check(), all);
      checkLiveLog(live.manifest().current(), visibleVersion, all);
    } catch (CorruptionException e) {
      faults.add(e);
    } finally {
      live.log().endReading();
    }
  }

  private void checkLiveLog(Version version, long visibleVersion, long all) throws IOException {
    if (visibleVersion <= version.logStart().version()) {
      return;
    }
    try {
      LogScan.run(
          storage,
          LogCheck.start(version),
          (commit, body, bodyBytes) -> {
            countCommit(version, commit, body, bodyBytes);
            if (isLogStepRead(bodyBytes)) {
              countLog(all);
            }
            if (commit >= visibleVersion) {
              throw new ReachedException();
            }
          });
    } catch (ReachedException _) {
      filesChecked++;
      countLog(all);
    }
  }

  /// Everything asked for was read.
  private static final class ReachedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /// The result is not wanted any more.
  private static final class CancelledException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
