package io.lightningdb.engine.repair;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.run.RunSalvage;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Repairs the runs of a directory that no process has open. *Confined to one thread.*
///
/// For each damaged run the first of these that helps: the same file out of a backup; a new run of its entries, if none
/// of them is damaged; the log, if it still holds every commit since the oldest one in the run; and, if the loss is
/// accepted, a new run of what is sound.
///
/// A file out of a backup takes its place by a rename. All else is decided by one new manifest at the end. So power may
/// fail at any moment: each run is then as it was or repaired, and the repair can be started again. Files that no
/// manifest names are deleted by the next opening.
///
/// Of a lost range of keys, newer runs and the log keep what they hold, which is right. What older runs hold of it may
/// have been changed or deleted by what is lost, so it goes too, unless [OlderState#SHOW] is asked for.
public final class Repair {
  private final Storage storage;
  private final RepairRequest request;
  private final IntegrityCheck.Progress progress;
  private final List<Remedy> remedies = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();

  /// Prepares a repair.
  ///
  /// @param storage the data directory
  /// @param request how
  /// @param progress is told of each file that is checked
  public Repair(Storage storage, RepairRequest request, IntegrityCheck.Progress progress) {
    this.storage = storage;
    this.request = request;
    this.progress = progress;
  }

  /// A run that is damaged.
  ///
  /// @param keyspace whose it is
  /// @param identity its file
  /// @param records what the manifest says of it, part by part
  record DamagedRun(KeyspaceRecord keyspace, RunWriter.Identity identity, List<RunRecord> records) {
    String file() {
      return FileFormat.run(identity.fileId());
    }
  }

  /// Looks for damage, and repairs it as far as the request allows.
  ///
  /// @return what was found and done
  /// @throws CorruptionException if the manifest itself is damaged, or a restore into the directory was not finished
  /// @throws LossNotAcceptedException if the code of the accepted losses is not that of the losses there would be
  /// @throws io.lightningdb.engine.io.DirectoryLockedException if a process has the directory open
  /// @throws IOException if a file cannot be read or written
  public RepairReport run() throws IOException {
    try (AutoCloseable _ = storage.lock(FileFormat.LOCK)) {
      return runLocked();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private RepairReport runLocked() throws IOException {
    throwIfRestoring();
    ManifestReader.Loaded loaded = ManifestReader.read(storage);
    List<CorruptionException> found = check();
    RunChanges changes = new RunChanges(loaded.version());
    List<DamagedRun> damaged = damagedRuns(loaded.version(), found);
    damaged = withoutThoseInBackups(damaged);
    boolean logIsSound = found.stream().allMatch(f -> FileFormat.logSequence(f.file()).isEmpty());
    Map<DamagedRun, Optional<RunSalvage>> left = new LinkedHashMap<>();
    try {
      for (DamagedRun run : damaged) {
        left.put(run, salvage(run));
      }
      decide(left, changes, logIsSound);
      return finish(loaded, found, left, changes);
    } finally {
      left.values().forEach(salvage -> salvage.ifPresent(RunSalvage::close));
    }
  }

  private void throwIfRestoring() throws IOException {
    if (storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.RESTORING))) {
      throw new CorruptionException(
          FileFormat.RESTORING,
          0,
          "a restore into this directory was not finished; delete what is in it and restore again");
    }
  }

  private List<CorruptionException> check() throws IOException {
    IntegrityCheck check = new IntegrityCheck(storage, () -> false, progress);
    check.checkAll();
    return check.result().faults();
  }

  private static List<DamagedRun> damagedRuns(Version version, List<CorruptionException> found) {
    Set<String> files = found.stream().map(CorruptionException::file).collect(Collectors.toSet());
    List<DamagedRun> damaged = new ArrayList<>();
    for (KeyspaceRecord keyspace : version.keyspaces().values()) {
      Map<Long, List<RunRecord>> byFile =
          keyspace.runs().stream()
              .filter(run -> files.contains(FileFormat.run(run.fileId())))
              .collect(Collectors.groupingBy(RunRecord::fileId, TreeMap::new, Collectors.toList()));
      byFile.forEach((id, records) ->
          damaged.add(
              new DamagedRun(
                  keyspace,
                  new RunWriter.Identity(version.databaseId(), keyspace.id(), id),
                  records)));
    }
    return damaged;
  }

  private List<DamagedRun> withoutThoseInBackups(List<DamagedRun> damaged) throws IOException {
    if (request.backups().isEmpty() || damaged.isEmpty()) {
      return damaged;
    }
    Backups backups = new Backups(storage, request.backups().get());
    List<DamagedRun> left = new ArrayList<>();
    for (DamagedRun run : damaged) {
      Optional<String> backup = backups.fetch(run.identity(), run.records().getFirst());
      backup.ifPresentOrElse(
          id -> remedies.add(new Remedy(run.file(), Remedy.Kind.BACKUP, id)), () -> left.add(run));
      if (backup.isPresent() && request.mode() == RepairRequest.Mode.REPAIR) {
        storage.rename(FileFormat.REPAIRING, run.file());
        storage.syncDirectory();
      }
    }
    Backups.deleteIfThere(storage);
    return left;
  }

  /// Opens what is left of a run; empty if it cannot be opened at all.
  private Optional<RunSalvage> salvage(DamagedRun run) throws IOException {
    boolean exists = storage.list().stream().anyMatch(file -> file.name().equals(run.file()));
    if (!exists) {
      return Optional.empty();
    }
    try {
      return Optional.of(RunSalvage.open(storage, run.identity()));
    } catch (CorruptionException _) {
      return Optional.empty();
    }
  }

  private void decide(
      Map<DamagedRun, Optional<RunSalvage>> damaged, RunChanges changes, boolean logIsSound) {
    List<DamagedRun> lossy = new ArrayList<>();
    damaged.forEach((run, salvage) -> {
      if (salvage.filter(found -> found.lost().isEmpty()).isPresent()) {
        remedies.add(new Remedy(run.file(), Remedy.Kind.REWRITE, ""));
      } else {
        lossy.add(run);
      }
    });
    Map<Integer, List<DamagedRun>> byKeyspace =
        lossy.stream().collect(Collectors.groupingBy(run -> run.keyspace().id()));
    for (List<DamagedRun> runs : byKeyspace.values()) {
      if (logIsSound && changes.toLog(runs)) {
        runs.forEach(run -> remedies.add(new Remedy(run.file(), Remedy.Kind.LOG, "")));
      } else {
        runs.forEach(run -> {
          remedies.add(new Remedy(run.file(), Remedy.Kind.LOSS, ""));
          lose(run, damaged.getOrDefault(run, Optional.empty()), changes);
        });
      }
    }
  }

  private void lose(DamagedRun run, Optional<RunSalvage> salvage, RunChanges changes) {
    List<KeyRange> lost = salvage.map(RunSalvage::lost).orElse(List.of(KeyRange.ALL));
    for (RunRecord record : run.records()) {
      for (KeyRange range : lost) {
        KeyRange keys = record.bounds().intersect(range);
        if (!keys.isEmpty()) {
          int older = changes.older(run.keyspace().id(), record.place(), keys);
          losses.add(new Loss(run.keyspace().name(), run.file(), keys, older));
        }
      }
    }
  }

  private RepairReport finish(
      ManifestReader.Loaded loaded,
      List<CorruptionException> found,
      Map<DamagedRun, Optional<RunSalvage>> left,
      RunChanges changes)
      throws IOException {
    String code = code();
    if (request.acceptedLoss().isPresent() && !request.acceptedLoss().get().equals(code)) {
      throw new LossNotAcceptedException(request.acceptedLoss().get(), code);
    }
    boolean accepted = losses.isEmpty() || request.acceptedLoss().isPresent();
    if (request.mode() == RepairRequest.Mode.LOOK) {
      return new RepairReport(found, remedies, losses, code, false, found);
    }
    Version changed = apply(left, changes, accepted);
    if (!changed.equals(loaded.version())) {
      storage.syncDirectory();
      new Manifest(storage, changed, loaded.generation() + 1).close();
    }
    return new RepairReport(found, remedies, losses, code, accepted, check());
  }

  private Version apply(
      Map<DamagedRun, Optional<RunSalvage>> left, RunChanges changes, boolean accepted)
      throws IOException {
    for (var each : left.entrySet()) {
      DamagedRun run = each.getKey();
      Remedy.Kind kind = kind(run);
      RunSalvage salvage = each.getValue().orElse(null);
      if (kind == Remedy.Kind.REWRITE || (kind == Remedy.Kind.LOSS && accepted)) {
        changes.replace(run, written(run, salvage, changes));
      }
    }
    if (accepted && !losses.isEmpty()) {
      changes.forget(left, request.olderState());
    }
    return changes.version();
  }

  private Remedy.Kind kind(DamagedRun run) {
    return remedies.stream()
        .filter(remedy -> remedy.file().equals(run.file()))
        .findFirst()
        .orElseThrow()
        .kind();
  }

  private List<RunRecord> written(DamagedRun run, @Nullable RunSalvage salvage, RunChanges changes)
      throws IOException {
    List<RunRecord> records = new ArrayList<>();
    if (salvage != null) {
      for (RunRecord record : run.records()) {
        new RunRewrite(storage, run, salvage)
            .write(record, changes.takeFileId())
            .ifPresent(records::add);
      }
    }
    return records;
  }

  /// Changes with each of the losses, so that no loss is accepted unseen.
  private String code() {
    if (losses.isEmpty()) {
      return "";
    }
    CRC32C crc = new CRC32C();
    for (Loss loss : losses) {
      String text =
          loss.keyspace() + ' ' + loss.file() + ' ' + loss.keys() + ' ' + loss.olderFiles();
      crc.update(text.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
