package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The backups in a target. *Thread-safe*, as far as the target is; backups are added and deleted on one thread at a
/// time.
public final class Catalogue {
  private static final int ENTRY_BYTES_MAX = 256 << 20;

  // Ids begin with the time too, but in seconds.
  private static final Comparator<BackupEntry> AGE =
      Comparator.comparingLong(BackupEntry::createdMillis)
          .thenComparingLong(BackupEntry::version)
          .thenComparing(BackupEntry::id);

  private final BackupTarget target;

  /// Looks into a target.
  ///
  /// @param target where the backups are
  public Catalogue(BackupTarget target) {
    this.target = target;
  }

  /// What is in the catalogue.
  ///
  /// @param entries the backups, oldest first
  /// @param damaged ids of backups whose entry cannot be read as what it should be
  public record Listing(List<BackupEntry> entries, List<String> damaged) {
    /// Copies the lists.
    public Listing {
      entries = List.copyOf(entries);
      damaged = List.copyOf(damaged);
    }

    /// Finds a backup.
    ///
    /// @param id its id
    /// @return the backup, or empty if it is not there or damaged
    public Optional<BackupEntry> find(String id) {
      return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    /// The newest backup.
    ///
    /// @return the one begun last, or empty if there is none
    public Optional<BackupEntry> newest() {
      return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
    }

    /// The backups that build on another, directly.
    ///
    /// @param id the other
    /// @return oldest first
    public List<BackupEntry> childrenOf(String id) {
      return entries.stream().filter(e -> e.parent().filter(id::equals).isPresent()).toList();
    }
  }

  /// Reads all entries.
  ///
  /// @return the backups
  /// @throws IOException if the target cannot be read
  public Listing list() throws IOException {
    List<BackupEntry> entries = new ArrayList<>();
    List<String> damaged = new ArrayList<>();
    for (StoredObject object : target.list(ObjectNames.BACKUP)) {
      Optional<String> id = ObjectNames.owner(ObjectNames.BACKUP, object.name());
      if (id.isPresent() && object.name().equals(ObjectNames.entry(id.get()))) {
        try {
          entries.add(get(id.get()));
        } catch (BackupException e) {
          if (e.kind() != Kind.NOT_FOUND) {
            damaged.add(id.get());
          }
        }
      }
    }
    entries.sort(AGE);
    return new Listing(entries, damaged);
  }

  /// Reads one entry.
  ///
  /// @param id id of the backup
  /// @return the backup
  /// @throws BackupException if there is none, or its entry is damaged
  /// @throws IOException if the target cannot be read
  public BackupEntry get(String id) throws IOException {
    if (!ObjectNames.isId(id)) {
      throw notFound(id);
    }
    try {
      BackupEntry entry = BackupEntry.decode(read(ObjectNames.entry(id)));
      if (!entry.id().equals(id)) {
        throw new IllegalArgumentException("it is that of backup " + entry.id());
      }
      return entry;
    } catch (NoSuchFileException _) {
      throw notFound(id);
    } catch (IllegalArgumentException e) {
      throw new BackupException(
          Kind.DAMAGED,
          "the catalogue entry %s in %s does not verify: %s; use another backup"
              .formatted(ObjectNames.entry(id), target, FailureText.of(e)),
          e);
    }
  }

  private BackupException notFound(String id) {
    return new BackupException(Kind.NOT_FOUND, "there is no backup " + id + " in " + target);
  }

  private byte[] read(String name) throws IOException {
    try (InputStream in = target.get(name)) {
      return in.readNBytes(ENTRY_BYTES_MAX);
    }
  }

  /// Finds the backup from which to restore.
  ///
  /// @param goal what is to be restored
  /// @return the newest backup from which the goal can be reached, as far as names tell
  /// @throws BackupException if there is none
  /// @throws IOException if the target cannot be read
  public BackupEntry baseFor(Goal goal) throws IOException {
    BackupException reason = new BackupException(Kind.NOT_FOUND, "there is no backup in " + target);
    for (BackupEntry entry : list().entries().reversed()) {
      try {
        new ArchivedLog(target, entry, goal).check();
        return entry;
      } catch (BackupException e) {
        reason = e;
      }
    }
    throw reason;
  }

  void put(BackupEntry entry) throws IOException {
    byte[] bytes = entry.encode();
    target.put(ObjectNames.entry(entry.id()), out -> out.write(bytes));
  }

  /// Records that a backup was verified.
  ///
  /// @param id id of the backup
  /// @param verification when, and what was found
  /// @throws IOException if the target cannot be written
  public void verified(String id, Verification verification) throws IOException {
    byte[] bytes = verification.encode();
    target.put(ObjectNames.verified(id), out -> out.write(bytes));
  }

  /// When a backup was last verified.
  ///
  /// @param id id of the backup
  /// @return the result, or empty if it never was, or what is left of the result is damaged
  /// @throws IOException if the target cannot be read
  public Optional<Verification> verification(String id) throws IOException {
    try {
      return Optional.of(Verification.decode(read(ObjectNames.verified(id))));
    } catch (NoSuchFileException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Deletes a backup: first its entry, so that it no longer exists, then its files.
  ///
  /// @param id id of the backup, whose entry may be damaged
  /// @throws BackupException if there is none, or others need it
  /// @throws IOException if the target fails; what is left of its files goes with the next [#deleteOrphans]
  public void delete(String id) throws IOException {
    Listing listing = list();
    if (listing.find(id).isEmpty() && !listing.damaged().contains(id)) {
      throw notFound(id);
    }
    List<BackupEntry> users = listing.entries().stream().filter(entry -> uses(entry, id)).toList();
    if (!users.isEmpty()) {
      throw new BackupException(
          Kind.NEEDED_BY_OTHERS,
          "backup %s is needed by backup %s, which builds on it; delete that first"
              .formatted(id, users.getLast().id()));
    }
    target.delete(ObjectNames.entry(id));
    target.delete(ObjectNames.verified(id));
    // An entry that cannot be read may use files of this backup.
    if (listing.damaged().stream().allMatch(id::equals)) {
      deleteFiles(id, _ -> true);
    }
  }

  private static boolean uses(BackupEntry entry, String id) {
    return !entry.id().equals(id)
        && (entry.parent().filter(id::equals).isPresent()
            || entry.files().stream().anyMatch(file -> file.owner().equals(id)));
  }

  void deleteFiles(String id, Predicate<String> unwanted) throws IOException {
    for (StoredObject object : target.list(ObjectNames.data(id))) {
      if (unwanted.test(object.name())) {
        target.delete(object.name());
      }
    }
    target.deleteUnfinished(ObjectNames.data(id));
  }

  /// Deletes the backups that a rule no longer keeps, youngest first so that no chain is ever broken.
  ///
  /// While the entry of any backup is damaged nothing is deleted: it may need any of the others.
  ///
  /// @param retention the rule
  /// @param now the time
  /// @return ids of the backups deleted
  /// @throws IOException if the target fails
  public List<String> deleteExpired(Retention retention, Instant now) throws IOException {
    Listing listing = list();
    if (!listing.damaged().isEmpty()) {
      return List.of();
    }
    List<String> expired = retention.expired(listing.entries(), now).reversed();
    for (String id : expired) {
      delete(id);
    }
    return expired;
  }

  /// Deletes the files of backups that were begun and never finished, and what is left of objects that were never
  /// whole. Nobody makes a backup meanwhile.
  ///
  /// While the entry of any backup is damaged nothing is deleted: it may need any file.
  ///
  /// @param age how long ago they were begun at least; longer than any backup takes, and than anybody waits to resume
  ///     one
  /// @param now the time
  /// @return ids of the backups that were never finished
  /// @throws IOException if the target fails
  public List<String> deleteOrphans(Duration age, Instant now) throws IOException {
    Listing listing = list();
    if (!listing.damaged().isEmpty()) {
      return List.of();
    }
    target.deleteUnfinished(ObjectNames.DATA);
    List<String> orphans =
        unfinished().stream()
            .filter(id -> listing.find(id).isEmpty())
            .filter(id -> ObjectNames.begun(id).filter(t -> t.plus(age).isBefore(now)).isPresent())
            .toList();
    for (String id : orphans) {
      deleteFiles(id, _ -> true);
      target.delete(ObjectNames.verified(id));
    }
    return orphans;
  }

  /// Backups of which there are files but no entry: aborted, or being made.
  ///
  /// @return their ids, oldest first; any of them can be resumed
  /// @throws IOException if the target cannot be read
  public List<String> unfinished() throws IOException {
    Set<String> finished = new HashSet<>();
    for (StoredObject object : target.list(ObjectNames.BACKUP)) {
      ObjectNames.owner(ObjectNames.BACKUP, object.name()).ifPresent(finished::add);
    }
    return target.list(ObjectNames.DATA).stream()
        .flatMap(object -> ObjectNames.owner(ObjectNames.DATA, object.name()).stream())
        .distinct()
        .filter(id -> !finished.contains(id))
        .toList();
  }
}
