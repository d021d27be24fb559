package io.lightningdb.engine.integrity;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads every byte of a database and checks that all of it verifies and agrees. *Confined to one thread.*
public final class IntegrityCheck {
  private final Storage storage;
  private final Progress progress;
  private final List<CorruptionException> faults = new ArrayList<>();
  private long filesChecked;
  private long bytesChecked;
  private long entriesChecked;
  private final Set<Long> runsChecked = new HashSet<>();

  /// Prepares a check.
  ///
  /// @param storage the data directory
  /// @param progress is told of each file
  public IntegrityCheck(Storage storage, Progress progress) {
    this.storage = storage;
    this.progress = progress;
  }

  /// Follows a check.
  @FunctionalInterface
  public interface Progress {
    /// A file was checked.
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
  /// @param faults what is wrong, in the order found
  public record Result(
      long filesChecked,
      long bytesChecked,
      long entriesChecked,
      List<CorruptionException> faults) {}

  /// The results so far.
  ///
  /// @return a copy
  public Result result() {
    return new Result(filesChecked, bytesChecked, entriesChecked, List.copyOf(faults));
  }

  /// Checks a directory that no engine has open: manifest, runs and log.
  ///
  /// @throws IOException if a file cannot be read, or is of a newer format; damage is no exception but a fault
  public void checkAll() throws IOException {
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

  private void countFile(long bytes, long all) {
    filesChecked++;
    bytesChecked += bytes;
    progress.checked(bytesChecked, Math.max(bytesChecked, all));
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

  /// Checks a run that somebody keeps from being closed. The file is read once, however many parts of it are named.
  ///
  /// @param run the run
  /// @param record what the manifest says of it, or of a part
  /// @param bytesAll bytes to check in all
  /// @throws IOException if it cannot be read
  public void checkRun(Run run, RunRecord record, long bytesAll) throws IOException {
    if (runsChecked.add(record.fileId())) {
      entriesChecked += run.check(faults::add);
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
            (commit, body, bodyBytes) -> countCommit(version, commit, body, bodyBytes));
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

  /// Checks the manifest and the log of a database in use, up to a version.
  ///
  /// @param manifest the manifest
  /// @param log keeps its segments while they are read
  /// @param visibleVersion commits up to it are checked; what follows is being written
  /// @throws IOException if a file cannot be read
  public void checkLive(Manifest manifest, LogWriter log, long visibleVersion) throws IOException {
    log.beginReading();
    try {
      manifest.check();
      filesChecked++;
      checkLiveLog(manifest.current(), visibleVersion);
    } catch (CorruptionException e) {
      faults.add(e);
    } finally {
      log.endReading();
    }
  }

  private void checkLiveLog(Version version, long visibleVersion) throws IOException {
    if (visibleVersion <= version.logStart().version()) {
      return;
    }
    try {
      LogScan.run(
          storage,
          LogCheck.start(version),
          (commit, body, bodyBytes) -> {
            countCommit(version, commit, body, bodyBytes);
            if (commit >= visibleVersion) {
              throw new ReachedException();
            }
          });
    } catch (ReachedException _) {
      filesChecked++;
    }
  }

  /// Everything asked for was read.
  private static final class ReachedException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
