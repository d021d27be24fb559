package io.lightningdb.engine;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogRepair;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.run.RunFormatCheck;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// Finds the state of a directory and makes it one to go on from. *Confined to one thread.*
///
/// First everything is read and checked, and nothing changed; only when all is well the unfinished end of the log is
/// cut, the log and the manifest are started anew, and leftovers are deleted. Each of these steps can be repeated, so a
/// crash in the middle changes nothing.
final class Recovery {
  private final Environment environment;
  private final Storage storage;
  private final long segmentBytes;

  Recovery(Environment environment, long segmentBytes) {
    this.environment = environment;
    this.storage = environment.storage();
    this.segmentBytes = segmentBytes;
  }

  /// A directory that is ready.
  ///
  /// @param version the durable state
  /// @param manifest keeps it
  /// @param log ready for commits
  /// @param scan what was found in the old log, which is still to be replayed
  /// @param clock goes on from the greatest moment that was seen before
  /// @param unwritable why nothing could be started anew, so that the database can only be read: there is no space
  record Recovered(
      Version version,
      Manifest manifest,
      LogWriter log,
      LogScan.Result scan,
      Clock clock,
      Optional<IOException> unwritable) {}

  /// What was read of a directory before anything is changed.
  ///
  /// @param clock goes on from the greatest moment that was seen before
  private record Found(Version version, int generation, LogScan.Result scan, Clock clock) {}

  Recovered run() throws IOException {
    Map<String, Long> files = files();
    checkNoRestore(files.keySet());
    if (!files.containsKey(FileFormat.MANIFEST)) {
      create(files);
      files = files();
    }
    ManifestReader.Loaded loaded = ManifestReader.read(storage);
    Version version = loaded.version();
    checkOptions(version);
    checkRuns(version, files);
    LogScan.Result scan = LogCheck.scan(storage, version, (_, _, _) -> {});
    LogCheck.checkAgainst(version, scan);
    deleteHalfMade(files);
    Clock clock =
        new SteadyClock(environment.clock(), Math.max(version.momentMillis(), scan.momentMillis()));
    Version upgraded = upgraded(version, loaded.format(), scan.lastVersion());
    Found found = new Found(upgraded, loaded.generation(), scan, clock);
    try {
      return startWithBallast(found, LogRepair.repair(storage, scan), files);
    } catch (IOException e) {
      if (!ResourceExhaustedException.isBehind(e)) {
        throw e;
      }
      return unwritable(found, e);
    }
  }

  /// Opening is the upgrade: the first manifest of this format says which format the directory had, and up to which
  /// version.
  private static Version upgraded(Version version, int format, long lastVersion) {
    return format == FileFormat.FORMAT
        ? version
        : version.withProperty("upgraded", format + "@" + lastVersion);
  }

  /// Starts, if need be in the space that is held for what gives space back.
  private Recovered startWithBallast(
      Found found, List<LogWriter.OldSegment> segments, Map<String, Long> files)
      throws IOException {
    try {
      return start(found, segments, files);
    } catch (IOException e) {
      if (!ResourceExhaustedException.isBehind(e) || !files.containsKey(FileFormat.BALLAST)) {
        throw e;
      }
      storage.delete(FileFormat.BALLAST);
    }
    return start(found, segments, files);
  }

  /// The state as it is on disk, which takes no changes until there is space: reads do not have to wait for that.
  private Recovered unwritable(Found found, IOException cause) throws IOException {
    List<LogWriter.OldSegment> segments = LogRepair.segments(found.scan());
    Version version = found.version();
    Version open =
        version
            .withKeyspaces(version.keyspaces(), idsBehindFiles(version.nextIds()))
            .withClosed(false)
            .withMoment(found.clock().millis());
    LogWriter log =
        new LogWriter(storage, environment.clock(), logStart(found, segments), segments, cause);
    Manifest manifest = new Manifest(storage, open, found.generation() + 1, cause);
    return new Recovered(open, manifest, log, found.scan(), found.clock(), Optional.of(cause));
  }

  /// What no state names cannot be deleted before there is a new one, and new files must not meet it.
  private Change.NextIds idsBehindFiles(Change.NextIds ids) throws IOException {
    long fileId = ids.fileId();
    for (String name : files().keySet()) {
      fileId = Math.max(fileId, FileFormat.runFileId(name).orElse(-1) + 1);
    }
    return new Change.NextIds(fileId, ids.keyspaceId(), ids.row());
  }

  private LogWriter.Start logStart(Found found, List<LogWriter.OldSegment> segments) {
    Version version = found.version();
    long sequence =
        segments.isEmpty() ? version.logStart().sequence() : segments.getLast().sequence() + 1;
    return new LogWriter.Start(
        version.databaseId(),
        segmentBytes,
        sequence,
        found.scan().lastVersion(),
        random(2).split());
  }

  /// What an unfinished restore has left is no database, whatever it looks like.
  ///
  /// @param names of all files
  static void checkNoRestore(Set<String> names) throws CorruptionException {
    if (names.contains(FileFormat.RESTORING)) {
      throw new CorruptionException(
          FileFormat.RESTORING,
          0,
          "a restore into this directory was not finished; delete what is in it and restore again");
    }
  }

  private Map<String, Long> files() throws IOException {
    Map<String, Long> files = new HashMap<>();
    storage.list().forEach(file -> files.put(file.name(), file.bytes()));
    return files;
  }

  /// Makes the manifest of a new database, which says that there is no log yet.
  private void create(Map<String, Long> files) throws IOException {
    checkNoOtherFiles(files.keySet());
    Version empty = Version.empty(random(1).nextLong());
    new Manifest(storage, empty.withClosed(true), 1).close();
  }

  /// Without a manifest, files of a database are what is left of one.
  ///
  /// @param names of all files, among which there is no manifest
  static void checkNoOtherFiles(Set<String> names) throws CorruptionException {
    for (String name : names) {
      if (FileFormat.isOfDatabase(name)) {
        throw new CorruptionException(
            FileFormat.MANIFEST, 0, "there is no manifest, though there is a file " + name);
      }
    }
  }

  private SplittableRandom random(int purpose) {
    return new SplittableRandom(environment.seed() + purpose);
  }

  /// Options that this engine does not know were written by a newer one: better to refuse than to act without them.
  private static void checkOptions(Version version) throws FormatTooNewException {
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      try {
        KeyspaceOptions.fromProperties(keyspace.options());
      } catch (IllegalArgumentException e) {
        throw FormatTooNewException.ofOptions(FileFormat.MANIFEST, keyspace.name(), e);
      }
    }
  }

  private void checkRuns(Version version, Map<String, Long> files) throws IOException {
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      for (RunRecord run : keyspace.runs()) {
        String name = FileFormat.run(run.fileId());
        Long bytes = files.get(name);
        if (bytes == null) {
          throw new CorruptionException(name, 0, "the manifest names this run, and it is missing");
        }
        if (bytes != run.fileBytes()) {
          throw new CorruptionException(
              name,
              Math.min(bytes, run.fileBytes()),
              "the run has " + bytes + " bytes instead of " + run.fileBytes());
        }
        RunFormatCheck.check(storage, version.databaseId(), run.fileId());
      }
    }
  }

  private Recovered start(Found found, List<LogWriter.OldSegment> segments, Map<String, Long> files)
      throws IOException {
    Version version = found.version();
    Clock clock = found.clock();
    LogWriter log =
        new LogWriter(storage, environment.clock(), logStart(found, segments), segments);
    try {
      Version open = version.withClosed(false).withMoment(clock.millis());
      Manifest manifest = new Manifest(storage, open, found.generation() + 1);
      // The first record of the new segment proves whatever was recovered.
      log.appendMark(clock.millis());
      log.sync();
      // Only now: what was read of the old manifest may have been in the page cache alone.
      deleteUnnamed(version, files);
      return new Recovered(open, manifest, log, found.scan(), clock, Optional.empty());
    } catch (IOException e) {
      log.close();
      throw e;
    }
  }

  /// Deletes files that were being made, under names that no state names.
  private void deleteHalfMade(Map<String, Long> files) throws IOException {
    for (String name : files.keySet()) {
      boolean spare = FileFormat.spareNumber(name).isPresent() && !name.equals(FileFormat.BALLAST);
      if (spare || name.equals(FileFormat.MANIFEST_NEW)) {
        storage.delete(name);
      }
    }
    storage.syncDirectory();
  }

  /// Deletes what the state does not name: runs of unfinished work and of the past, log segments given up.
  private void deleteUnnamed(Version version, Map<String, Long> files) throws IOException {
    Set<String> needed = new HashSet<>();
    version
        .keyspaces()
        .values()
        .forEach(k -> k.runs().forEach(run -> needed.add(FileFormat.run(run.fileId()))));
    for (String name : files.keySet()) {
      boolean run = FileFormat.runFileId(name).isPresent() && !needed.contains(name);
      var sequence = FileFormat.logSequence(name);
      boolean oldLog = sequence.isPresent() && sequence.getAsLong() < version.logStart().sequence();
      if (run || oldLog) {
        storage.delete(name);
      }
    }
    storage.syncDirectory();
  }
}
