package io.lightningdb.server.backup;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.backup.Archive;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.backup.Retention;
import io.lightningdb.engine.backup.Verification;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.target.ObjectStoreException;
import io.lightningdb.target.TargetAddress;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Makes backups, restores them into a scratch directory to see that they are good, and deletes old ones. *Thread-safe.*
@Component
public final class BackupService {
  private static final Logger LOG = LoggerFactory.getLogger(BackupService.class);

  /// Longer than any backup takes, and than anybody waits to resume one.
  private static final Duration ORPHAN_AGE = Duration.ofDays(2);

  private final Database database;
  private final LightningProperties.Backup settings;
  private final Optional<BackupTarget> target;
  private final BackupStatus status;
  private final ScratchDirectory scratch;

  private final AtomicBoolean reading = new AtomicBoolean();

  // Held while backups are added or deleted: a parent must not go while another builds on it.
  private final ReentrantLock changing = new ReentrantLock();

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings where and how
  /// @param status remembers how backups went
  /// @throws IOException if the directory for backups cannot be made, or it is not known how to reach the store
  BackupService(Database database, LightningProperties settings, BackupStatus status)
      throws IOException {
    this.database = database;
    this.settings = settings.backup();
    this.status = status;
    this.scratch = new ScratchDirectory(settings);
    this.target = open(settings.backup());
    // Also where there are no backups any more.
    scratch.clean();
    if (target.isPresent()) {
      tellIfOnVolumeOfData(settings);
      rememberBeforeOrAfterTheStart(target.get());
    }
  }

  private static void tellIfOnVolumeOfData(LightningProperties settings) {
    if (isOnVolumeOfData(settings)) {
      LOG.warn(
          "lightning.backup.directory is on the volume of the data: what takes the data takes the backups, too");
    }
  }

  /// Tells whether what takes the data takes the backups, too.
  static boolean isOnVolumeOfData(LightningProperties settings) {
    String place = settings.backup().directory();
    return !place.isBlank()
        && TargetAddress.parse(place) instanceof TargetAddress.Directory directory
        && Volumes.areSame(directory.path(), settings.directory().toAbsolutePath());
  }

  private static Optional<BackupTarget> open(LightningProperties.Backup settings)
      throws IOException {
    return settings.directory().isBlank()
        ? Optional.empty()
        : Optional.of(TargetAddress.parse(settings.directory()).open(settings.s3().settings()));
  }

  /// The start does not wait for a store elsewhere.
  private void rememberBeforeOrAfterTheStart(BackupTarget place) {
    switch (TargetAddress.parse(settings.directory())) {
      case TargetAddress.Directory _ -> remember(place);
      case TargetAddress.Bucket _ ->
          Thread.ofVirtual().name("backup-catalogue").start(() -> remember(place));
    }
  }

  /// What happened before this start is in the catalogue.
  private void remember(BackupTarget place) {
    try {
      Catalogue catalogue = new Catalogue(place);
      Catalogue.Listing listing = catalogue.list();
      List<Verification> verifications = new ArrayList<>();
      for (BackupEntry entry : listing.entries()) {
        catalogue.verification(entry.id()).ifPresent(verifications::add);
      }
      // Only now, so that nothing counts twice when it is read again.
      status.found(listing.entries());
      verifications.forEach(status::verified);
      wasRead(listing);
    } catch (IOException | RuntimeException e) {
      boolean known = status.state().hasFailed(BackupStatus.Work.CATALOGUE);
      status.failed(BackupStatus.Work.CATALOGUE, e);
      if (!known) {
        LOG.warn("The catalogue of backups in {} cannot be read; it is tried again", place, e);
      }
    }
  }

  /// A backup whose entry is damaged cannot be restored: that is no list of backups that is as it should be.
  private void wasRead(Catalogue.Listing listing) {
    if (listing.damaged().isEmpty()) {
      status.succeeded(BackupStatus.Work.CATALOGUE);
    } else {
      status.failed(
          BackupStatus.Work.CATALOGUE,
          new BackupException(
              BackupException.Kind.DAMAGED,
              "the entries of %s are damaged; delete these backups, and make another"
                  .formatted(String.join(", ", listing.damaged()))));
    }
  }

  /// Reads the catalogue again while it could not be read the last time, whether anybody asks for it or not: health and metrics go by it.
  @Scheduled(fixedDelay = 60_000, initialDelay = 60_000)
  public void readAgain() {
    if (target.isPresent()
        && status.state().hasFailed(BackupStatus.Work.CATALOGUE)
        && reading.compareAndSet(false, true)) {
      // The schedule does not wait for a store elsewhere.
      Thread.ofVirtual()
          .name("backup-catalogue")
          .start(() -> {
            try {
              remember(target.get());
            } finally {
              reading.set(false);
            }
          });
    }
  }

  /// Kinds of backups.
  public enum Type {
    /// Everything is copied.
    FULL,
    /// What the newest backup has is not copied again.
    INCREMENTAL
  }

  /// Follows the work.
  @FunctionalInterface
  public interface Watcher extends BackupRequest.Progress {}

  /// Tells whether a place for backups is configured.
  ///
  /// @return true if backups can be made
  public boolean isConfigured() {
    return target.isPresent();
  }

  /// Refuses if no place for backups is configured.
  ///
  /// @throws ProblemException saying which setting to make
  public void throwIfNotConfigured() {
    if (target.isEmpty()) {
      throw Problem.of(
              ProblemType.BACKUPS_NOT_CONFIGURED, ProblemType.BACKUPS_NOT_CONFIGURED.meaning())
          .asException();
    }
  }

  /// The place for backups.
  Optional<BackupTarget> place() {
    return target;
  }

  private BackupTarget target() {
    throwIfNotConfigured();
    return target.orElseThrow();
  }

  private Catalogue catalogue() {
    return new Catalogue(target());
  }

  /// Looks into the catalogue.
  ///
  /// @param <T> what is seen
  @FunctionalInterface
  public interface Look<T> {
    /// Looks.
    ///
    /// @param catalogue to be asked for backups
    /// @return what was seen
    /// @throws IOException if the place for backups cannot be read
    T at(Catalogue catalogue) throws IOException;
  }

  /// Looks into the catalogue.
  ///
  /// @param <T> what is seen
  /// @param look asks the catalogue
  /// @return what was seen
  /// @throws IOException if the place for backups cannot be read
  /// @throws ProblemException if no place for backups is configured
  public <T> T look(Look<T> look) throws IOException {
    try {
      T seen = look.at(catalogue());
      if (status.state().hasFailed(BackupStatus.Work.CATALOGUE)) {
        remember(target());
      }
      return seen;
    } catch (IOException e) {
      throw named(e);
    }
  }

  /// Makes a backup, and deletes what is no longer kept.
  ///
  /// @param type full, or on top of the newest backup if there is one
  /// @param resume id of an unfinished backup to go on with
  /// @param cancelled asked often whether to stop
  /// @param watcher is told how far it is
  /// @return what was made, as members of JSON
  /// @throws IOException if the place for backups fails
  public Map<String, Object> backUp(
      Type type, Optional<String> resume, BooleanSupplier cancelled, Watcher watcher)
      throws IOException {
    lock();
    try {
      if (resume.isPresent() && !catalogue().unfinished().contains(resume.get())) {
        throw new BackupException(
            BackupException.Kind.NOT_FOUND, "there is no unfinished backup " + resume.get());
      }
      Optional<BackupEntry> parent =
          type == Type.INCREMENTAL ? catalogue().list().newest() : Optional.empty();
      BackupRequest request =
          new BackupRequest(
              parent.map(BackupEntry::id),
              resume,
              settings.bytesPerSecondMax().toBytes(),
              cancelled,
              watcher);
      BackupEntry entry = database.backup(target(), request);
      status.made(entry);
      status.succeeded(BackupStatus.Work.BACKUP);
      LOG.info(
          "Backup {} made at version {}, {} bytes copied",
          entry.id(),
          entry.version(),
          entry.ownBytes());
      return result(entry, deleteOld());
    } catch (EngineException e) {
      failed(BackupStatus.Work.BACKUP, resume, cancelled, e);
      throw e;
    } catch (IOException e) {
      failed(BackupStatus.Work.BACKUP, resume, cancelled, e);
      throw named(e);
    } finally {
      changing.unlock();
    }
  }

  /// A caller that names a backup which is not there, or stops what goes on, is no failure of backups.
  private void failed(
      BackupStatus.Work work, Optional<String> named, BooleanSupplier cancelled, Exception cause) {
    boolean ofCaller =
        switch (kind(cause)) {
          case NOT_FOUND -> named.isPresent();
          case BUSY, CANCELLED, NEEDED_BY_OTHERS -> true;
          case DAMAGED, OTHER_DATABASE, NOT_EMPTY, NOT_REACHABLE, FAILED -> false;
        };
    if (!ofCaller && !cancelled.getAsBoolean()) {
      status.failed(work, cause);
    }
  }

  private static BackupException.Kind kind(Exception failure) {
    BackupException.@Nullable Kind kind =
        switch (failure) {
          case BackupException backup -> backup.kind();
          case EngineException.BackupFailed backup -> backup.kind();
          default -> null;
        };
    return kind == null ? BackupException.Kind.FAILED : kind;
  }

  private void lock() {
    if (!changing.tryLock()) {
      throw Problem.of(
              ProblemType.OPERATION_IN_PROGRESS, "Backups are being made or deleted already.")
          .asException();
    }
  }

  /// What is old goes only after a new backup is there. That it cannot go is no reason to call the new one failed.
  private List<String> deleteOld() {
    try {
      Instant now = Instant.now();
      List<String> deleted =
          catalogue().deleteExpired(new Retention(settings.keepMin(), settings.keepFor()), now);
      catalogue().deleteOrphans(ORPHAN_AGE, now);
      Catalogue.Listing kept = catalogue().list();
      if (kept.damaged().isEmpty()) {
        new Archive(target()).deleteUnneeded(kept.entries());
      }
      wasRead(kept);
      status.succeeded(BackupStatus.Work.RETENTION);
      return deleted;
    } catch (IOException e) {
      status.failed(BackupStatus.Work.RETENTION, e);
      LOG.warn("Old backups could not be deleted", e);
      return List.of();
    }
  }

  private static Map<String, Object> result(BackupEntry entry, List<String> deleted) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("backup", entry.id());
    result.put("version", entry.version());
    result.put("bytes", entry.totalBytes());
    result.put("ownBytes", entry.ownBytes());
    result.put("deleted", deleted);
    return result;
  }

  /// Restores a backup into a scratch directory, verifies every byte of the result, and deletes it.
  ///
  /// @param id which; the newest if it is empty
  /// @param cancelled asked often whether to stop
  /// @param watcher is told how far it is
  /// @return what was found, as members of JSON
  /// @throws IOException if the backup is damaged or cannot be restored
  public Map<String, Object> restoreCheck(
      Optional<String> id, BooleanSupplier cancelled, Watcher watcher) throws IOException {
    String wanted = id.isPresent() ? id.get() : look(BackupService::newest);
    lock();
    try {
      Restore.Restored restored = restore(wanted, cancelled, watcher);
      verified(wanted, "");
      status.succeeded(BackupStatus.Work.RESTORE_CHECK);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("backup", wanted);
      result.put("version", restored.version());
      result.put("filesChecked", restored.check().filesChecked());
      result.put("bytesChecked", restored.check().bytesChecked());
      result.put("entriesChecked", restored.check().entriesChecked());
      return result;
    } catch (IOException e) {
      if (!cancelled.getAsBoolean() && isAboutTheBackup(e)) {
        verified(wanted, FailureText.of(e));
      }
      failed(BackupStatus.Work.RESTORE_CHECK, id, cancelled, e);
      throw named(e);
    } finally {
      changing.unlock();
    }
  }

  /// Says of a failure that it is one of backups.
  private IOException named(IOException failure) {
    return switch (failure) {
      case BackupException known -> known;
      case CorruptionException damage -> damage;
      case ObjectStoreException store ->
          new BackupException(BackupException.Kind.FAILED, FailureText.of(store), store);
      default ->
          new BackupException(
              BackupException.Kind.FAILED,
              "%s, or the scratch directory, does not work: %s"
                  .formatted(target.map(Object::toString).orElse(""), failure),
              failure);
    };
  }

  /// A full scratch disk says nothing about the backup.
  private static boolean isAboutTheBackup(IOException failure) {
    return failure instanceof CorruptionException
        || (failure instanceof BackupException known
            && known.kind() == BackupException.Kind.DAMAGED);
  }

  private static String newest(Catalogue catalogue) throws IOException {
    return catalogue
        .list()
        .newest()
        .orElseThrow(
            () -> new BackupException(BackupException.Kind.NOT_FOUND, "there is no backup yet"))
        .id();
  }

  private void verified(String id, String fault) throws IOException {
    Verification verification =
        new Verification(Instant.now().toEpochMilli(), Verification.Depth.RESTORED, fault);
    status.verified(verification);
    catalogue().verified(id, verification);
  }

  private Restore.Restored restore(String id, BooleanSupplier cancelled, Watcher watcher)
      throws IOException {
    long bytes = look(catalogue -> catalogue.get(id)).totalBytes();
    return scratch.with(
        bytes,
        directory ->
            new Restore(
                    target(), new DiskStorage(directory), new SecureRandom(), cancelled, watcher)
                .run(id));
  }

  /// Deletes a backup.
  ///
  /// @param id which
  /// @throws ProblemException if backups are being made or deleted already
  /// @throws IOException if there is none, others need it, or the place for backups fails
  public void delete(String id) throws IOException {
    throwIfNotConfigured();
    lock();
    try {
      catalogue().delete(id);
      status.newestLeft(catalogue().list().newest());
    } catch (IOException e) {
      throw named(e);
    } finally {
      changing.unlock();
    }
  }
}
