package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.integrity.ScrubStats;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.ThreadWorkers;
import io.lightningdb.engine.latency.Latencies;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A database in a directory: the way into the engine.
///
/// *Thread-safe.* One process at a time has a directory open. Close the database to give it back; if the process dies
/// instead, nothing acknowledged is lost.
///
/// ```java
/// try (Database db = Database.open(Path.of("data"), DatabaseOptions.defaults())) {
///   Keyspace users = db.keyspace("users", KeyspaceOptions.defaults());
///   users.put(key, value);
///   byte[] found = users.get(key);
/// }
/// ```
public final class Database implements AutoCloseable {
  /// Name of the keyspace that always exists.
  public static final String DEFAULT_KEYSPACE = "default";

  /// What the names of keyspaces start with in which an application keeps its own records beside those of its users.
  /// They do not count for the limit of keyspaces; an application creates a fixed few of them.
  public static final String INTERNAL_PREFIX = "lightning-";

  private static final Pattern NAME =
      Pattern.compile("[a-z][a-z0-9_-]{0," + (Limits.KEYSPACE_NAME_LENGTH_MAX - 1) + "}");

  private final Engine engine;

  private Database(Engine engine) {
    this.engine = engine;
  }

  /// Opens a database, and makes a new one where the directory is empty or does not exist.
  ///
  /// @param directory where the files are
  /// @param options how to use memory, log and files
  /// @return the open database
  /// @throws EngineException.DirectoryInUse if a process has it open
  /// @throws EngineException.Corruption if something that was promised to last is damaged; nothing is changed then
  /// @throws EngineException.FormatTooNew if a newer engine wrote it; nothing is changed then
  /// @throws EngineException.StorageFailed if the directory cannot be read or written
  public static Database open(Path directory, DatabaseOptions options) {
    try {
      DiskStorage storage = DiskStorage.inDirectory(directory);
      long seed = new SecureRandom().nextLong();
      return open(new Environment(storage, Clock.SYSTEM, new ThreadWorkers(), seed), options);
    } catch (IOException e) {
      throw Failures.translate("cannot use the directory " + directory, e);
    }
  }

  /// Opens a database on a disk, clock and threads of the caller's choice.
  ///
  /// @param environment what the engine takes from outside
  /// @param options how to use memory, log and files
  /// @return the open database
  /// @throws EngineException as [#open(Path, DatabaseOptions)]
  public static Database open(Environment environment, DatabaseOptions options) {
    try {
      AutoCloseable lock = environment.storage().lock(FileFormat.LOCK);
      Database database = null;
      try {
        database = new Database(new Engine(environment, options, lock));
        database.keyspace(DEFAULT_KEYSPACE, options.keyspaceDefaults());
        return database;
      } catch (IOException | RuntimeException e) {
        closeAfter(database == null ? lock : database, e);
        throw e;
      }
    } catch (EngineException.ReadOnly e) {
      // Met while the default keyspace was created: there is no open database that could be
      // read-only.
      IOException cause = e.getCause() instanceof IOException first ? first : new IOException(e);
      throw Failures.translate("cannot open the database in " + environment.storage(), cause);
    } catch (IOException e) {
      throw Failures.translate("cannot open the database in " + environment.storage(), e);
    }
  }

  private static void closeAfter(AutoCloseable part, Exception cause) {
    try {
      part.close();
    } catch (Exception e) {
      cause.addSuppressed(e);
    }
  }

  /// Tells whether a directory holds a database, whole or damaged. Changes nothing.
  ///
  /// @param directory may not exist
  /// @return true if there is a manifest, a run or a log segment
  /// @throws EngineException.StorageFailed if the directory exists and cannot be read
  public static boolean exists(Path directory) {
    try {
      return exists(new DiskStorage(directory));
    } catch (NoSuchFileException | NotDirectoryException _) {
      return false;
    } catch (IOException e) {
      throw Failures.translate("cannot read the directory " + directory, e);
    }
  }

  private static boolean exists(DiskStorage storage) throws IOException {
    return storage.list().stream().anyMatch(file -> FileFormat.isOfDatabase(file.name()));
  }

  /// Refuses a directory that a process has open, long before it is to be opened here. The directory may still be taken
  /// until then, so that [#open] asks again. The lock is held for a moment only, and nothing is made in a directory
  /// without one.
  ///
  /// @param directory may not exist
  /// @throws EngineException.DirectoryInUse if a process has it open
  /// @throws EngineException.StorageFailed if the directory exists and cannot be read
  public static void requireUnused(Path directory) {
    DiskStorage storage = new DiskStorage(directory);
    try {
      if (storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.LOCK))) {
        storage.lock(FileFormat.LOCK).close();
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      // Opening it makes it, or says why that cannot be.
    } catch (IOException e) {
      throw Failures.translate("cannot use the directory " + directory, e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Checks every byte of a directory that no process has open. Takes the directory's lock and changes nothing else.
  ///
  /// @param directory where the files are
  /// @param progress is told of each file
  /// @return what is wrong, if anything
  /// @throws EngineException.DirectoryInUse if a process has it open
  /// @throws EngineException.FormatTooNew if a newer engine wrote it
  /// @throws EngineException.Corruption if a restore into the directory was not finished
  /// @throws EngineException.StorageFailed if a file cannot be read, or there is no database; nothing is changed then
  public static IntegrityReport verify(Path directory, IntegrityCheck.Progress progress) {
    DiskStorage storage = new DiskStorage(directory);
    try {
      // Before the lock, which would leave its file behind where there is nothing to lock.
      if (!exists(storage)) {
        throw new NoSuchFileException(directory.toString(), null, "there is no database in it");
      }
      return verifyLocked(storage, progress);
    } catch (IOException e) {
      throw Failures.translate("cannot verify the directory " + directory, e);
    }
  }

  private static IntegrityReport verifyLocked(DiskStorage storage, IntegrityCheck.Progress progress)
      throws IOException {
    try (AutoCloseable _ = storage.lock(FileFormat.LOCK)) {
      Recovery.checkNoRestore(
          storage.list().stream().map(Storage.FileEntry::name).collect(Collectors.toSet()));
      IntegrityCheck check = new IntegrityCheck(storage, () -> false, progress);
      check.checkAll();
      return Reports.of(check.result());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// The options in force.
  ///
  /// @return as they were given
  public DatabaseOptions options() {
    return engine.options();
  }

  /// Finds a keyspace.
  ///
  /// @param name its name
  /// @return the keyspace
  /// @throws EngineException.KeyspaceNotFound if there is none
  public Keyspace keyspace(String name) {
    return findKeyspace(name).orElseThrow(() -> new EngineException.KeyspaceNotFound(name));
  }

  /// Opens a keyspace as it is, or creates it with these options.
  ///
  /// @param name a lower-case letter, then up to 63 lower-case letters, digits, `_` and `-`
  /// @param options for a new keyspace; one that exists keeps its own
  /// @return the keyspace
  /// @throws EngineException.LimitExceeded if there are too many
  public Keyspace keyspace(String name, KeyspaceOptions options) {
    Optional<Keyspace> found = findKeyspace(name);
    if (found.isPresent()) {
      return found.get();
    }
    engine.catalog().configure(checkedName(name), options);
    return keyspace(name);
  }

  /// Finds a keyspace.
  ///
  /// @param name its name
  /// @return the keyspace, or empty if there is none
  public Optional<Keyspace> findKeyspace(String name) {
    engine.throwIfClosed();
    return Optional.ofNullable(engine.catalog().byName(name));
  }

  /// All keyspaces.
  ///
  /// @return ascending by name
  public List<Keyspace> keyspaces() {
    engine.throwIfClosed();
    return engine.catalog().all();
  }

  /// Creates a keyspace, or gives it other options. Runs that exist keep their form until they are merged.
  ///
  /// @param name a lower-case letter, then up to 63 lower-case letters, digits, `_` and `-`
  /// @param options what it shall have
  /// @return what was done
  /// @throws EngineException.LimitExceeded if there are too many keyspaces
  public KeyspaceChange configureKeyspace(String name, KeyspaceOptions options) {
    return engine.catalog().configure(checkedName(name), options);
  }

  private static String checkedName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name=" + name + " is no name of a keyspace: it has to match " + NAME.pattern());
    }
    return name;
  }

  /// Drops a keyspace with all its data, at once.
  ///
  /// @param name its name
  /// @return false if there is none
  public boolean dropKeyspace(String name) {
    return engine.catalog().drop(name);
  }

  /// Writes a batch, `SYNCED`.
  ///
  /// @param batch what changes and what must hold
  /// @return version of the commit; of a batch without changes the visible version
  /// @throws EngineException.ConditionFailed if a condition does not hold; nothing is changed then
  /// @throws EngineException.LimitExceeded if the batch or a value is too large; nothing is changed then
  /// @throws EngineException.Overloaded if flushes and merges are too far behind; nothing is changed then
  /// @throws EngineException.ReadOnly if the disk failed, now or before; if now, the batch may or may not survive
  /// @throws EngineException.DeadlineExceeded if the caller has a [Deadline] and it is past; nothing is changed then
  /// @throws EngineException.OutcomeUnknown if the caller has a [Deadline] and it was past while the commit waited for
  ///     stable storage
  public long write(WriteBatch batch) {
    return engine.writePath().write(batch, Durability.SYNCED);
  }

  /// Writes a batch.
  ///
  /// @param batch what changes and what must hold
  /// @param durability what the batch has survived when this returns
  /// @return version of the commit; of a batch without changes the visible version
  /// @throws EngineException as [#write(WriteBatch)]
  public long write(WriteBatch batch, Durability durability) {
    return engine.writePath().write(batch, durability);
  }

  /// Takes a snapshot of this moment.
  ///
  /// @return to be closed by the caller
  public Snapshot snapshot() {
    return snapshot("");
  }

  /// Takes a snapshot of this moment.
  ///
  /// @param owner who takes it, for [#snapshots]
  /// @return to be closed by the caller
  public Snapshot snapshot(String owner) {
    return engine.snapshot(owner);
  }

  /// Charges the memory budget for what the program around the database holds for as long as its clients like, so that
  /// the cache makes room for it.
  ///
  /// @return an account; what is charged is to be given back
  public MemoryAccount memoryAccount() {
    return engine.memory().account(MemoryBudget.Part.EMBEDDER);
  }

  /// The most that all open transactions together may keep.
  ///
  /// @return in bytes
  public long transactionBytesMax() {
    return engine.memory().transactionBytesMax();
  }

  /// The open snapshots, those that transactions read through among them.
  ///
  /// @return in the order in which they were taken
  public List<SnapshotInfo> snapshots() {
    return engine.snapshots();
  }

  /// Ends the snapshot of another caller, so that what it sees need not be kept any longer. Its reads and scans fail
  /// with [EngineException.SnapshotEnded] from now on; a transaction that reads through it expires.
  ///
  /// @param id number of the snapshot
  /// @return false if no such snapshot is open
  public boolean endSnapshot(long id) {
    return engine.endSnapshot(id);
  }

  /// Begins a transaction with default options, but not of a greater age than transactions may have here.
  ///
  /// @param isolation what it is protected from
  /// @return to be committed, or closed by the caller
  /// @throws EngineException.LimitExceeded if too many are open
  public Transaction begin(Isolation isolation) {
    TransactionOptions options = TransactionOptions.defaults().withIsolation(isolation);
    Duration ageMax = engine.options().transactions().ageMax();
    return begin(ageMax.compareTo(options.ageMax()) < 0 ? options.withAgeMax(ageMax) : options);
  }

  /// Begins a transaction.
  ///
  /// @param options how it behaves
  /// @return to be committed, or closed by the caller
  /// @throws EngineException.LimitExceeded if too many are open, or it is to live longer than allowed
  public Transaction begin(TransactionOptions options) {
    return engine.transactions().begin(options);
  }

  /// The open transactions.
  ///
  /// @return oldest first
  public List<Transaction> transactions() {
    return engine.transactions().list();
  }

  /// Figures of transactions.
  ///
  /// @return the figures
  public TransactionStats transactionStats() {
    return engine.transactions().stats();
  }

  /// Takes a snapshot of a past moment.
  ///
  /// @param version number of the newest commit that it sees, up to the visible version
  /// @return to be closed by the caller; a read through it throws [EngineException.VersionNotRetained] where that
  ///     moment is no longer kept
  /// @throws IllegalArgumentException if the version does not exist yet
  public Snapshot snapshotAt(long version) {
    return snapshotAt(version, "");
  }

  /// As [#snapshotAt(long)].
  ///
  /// @param version number of the newest commit that it sees, up to the visible version
  /// @param owner who takes it, for [#snapshots]
  /// @return to be closed by the caller
  /// @throws IllegalArgumentException if the version does not exist yet
  public Snapshot snapshotAt(long version, String owner) {
    return engine.snapshotAt(version, owner);
  }

  /// The newest version that readers see.
  ///
  /// @return number of a commit, 0 for the empty database
  public long visibleVersion() {
    return engine.visible().get();
  }

  /// Time as the engine measures it: the wall-clock time at which the database was opened, and what has passed since.
  /// It does not jump when the clock is set.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  public long steadyMillis() {
    return engine.steadyMillis();
  }

  /// Waits until a version is visible.
  ///
  /// @param version number of a commit
  /// @param timeout longest wait
  /// @return false if the time ran out before
  /// @throws InterruptedException if the caller is interrupted
  /// @throws EngineException.DeadlineExceeded if the deadline of the caller comes before
  public boolean awaitVisible(long version, Duration timeout) throws InterruptedException {
    boolean visible = engine.visible().await(version, Deadline.bound(timeout.toNanos()));
    if (!visible) {
      EngineException.DeadlineExceeded.throwIfPast("a wait for version " + version);
    }
    return visible;
  }

  /// Figures of this moment.
  ///
  /// @return the figures
  public EngineStats stats() {
    return engine.statistics().all();
  }

  /// How long commits, syncs, flushes, merges and waits have taken.
  ///
  /// @return the durations so far
  public Latencies latencies() {
    return engine.statistics().latencies();
  }

  /// What the opening of this database found.
  ///
  /// @return the report
  public RecoveryReport recovery() {
    return engine.recovery();
  }

  /// The first failure to write, since which writes are refused.
  ///
  /// @return the failure, or empty if all is well
  public Optional<IOException> writeFailure() {
    return engine.writeFailure();
  }

  /// How long ago the first failure to write was met.
  ///
  /// @return empty if there was none
  public Optional<Duration> writeFailureAge() {
    return engine.failures().writeFailureAge();
  }

  /// What the system refuses to give to flushes, merges or the log just now, so that they wait and are tried again. No
  /// failure: writes go on as far as they find room.
  ///
  /// @return empty if nothing waits
  public Optional<ShortageStats> shortage() {
    return engine.shortages().current();
  }

  /// How often flushes, merges or the log were refused something by the system.
  ///
  /// @param resource what
  /// @return a count since the opening
  public long shortages(ResourceExhaustedException.Resource resource) {
    return engine.shortages().count(resource);
  }

  /// Memory for one request of a caller. While the request is inside [MemoryLease#call], large values that it reads are
  /// copied only when there is memory for them in the budget, after a wait of up to [DatabaseOptions#writeWaitMax].
  ///
  /// @return to be closed at the end of the request
  public MemoryLease memoryLease() {
    return engine.memoryLease();
  }

  /// Takes writes again after a storage failure, once its cause is mended.
  ///
  /// First the disk is tried: a file is written, synced, read and deleted. Then everything that readers see becomes
  /// durable anew, in files that did not exist when the failure happened, and the log goes on in a new segment: what
  /// was acknowledged is kept, whatever the disk has lost of what it was given before, and so is a write that was
  /// refused with [EngineException.ReadOnly] and is visible all the same. Reads, snapshots and transactions go on
  /// meanwhile. It takes a flush of what is in memory, and as much of the disk.
  ///
  /// @return false if nothing had failed; then nothing is done
  /// @throws EngineException.ReadOnly if the disk still fails, with what it said; writes are refused as before, and
  ///     nothing is lost. This may be tried again
  public boolean resume() {
    return engine.resume();
  }

  /// The present moment, by which entries expire: wall-clock time that stands still where the clock of the machine is
  /// set back by up to an hour, over restarts, too.
  ///
  /// @return to the millisecond
  public Instant instant() {
    return Instant.ofEpochMilli(engine.millis());
  }

  /// A property of the database: a value that its manifest keeps and its backups carry.
  ///
  /// @param name its name
  /// @return its value, or empty if it has none
  /// @throws EngineException.Closed if the database was closed
  public Optional<String> property(String name) {
    return Optional.ofNullable(engine.properties().get(name));
  }

  /// Sets a property. It survives a power failure when this returns.
  ///
  /// @param name its name, 1 to 1024 bytes in UTF-8
  /// @param value its value, up to 1024 bytes in UTF-8; empty for none
  /// @throws EngineException.Closed if the database was closed
  /// @throws EngineException.ReadOnly if the manifest cannot be written, now or since an earlier failure
  public void setProperty(String name, String value) {
    engine.setProperty(name, value);
  }

  /// Refuses writes and changes of keyspaces from now on. When this returns, nothing changes any more that readers see:
  /// a write that is under way was made, and at most waits for stable storage, or it is refused. Reads, flushes and
  /// merges go on. The next opening takes writes again; a program that wants otherwise keeps a record of it
  /// ([#writeWhileSwitchedOff]).
  ///
  /// @param reason what those who want to write are told, by [EngineException.WritesSwitchedOff]
  public void switchWritesOff(String reason) {
    engine.writesOff(reason);
  }

  /// Commits, `SYNCED`, a record of the program that switched writes off, about that. Neither the switch nor the
  /// reserve of the disk refuses it.
  ///
  /// @param batch what changes; its conditions are not looked at
  /// @return version of the commit
  /// @throws EngineException.LimitExceeded if the batch or a value is too large; nothing is changed then
  /// @throws EngineException.ReadOnly if the disk failed, now or before; if now, the batch may or may not survive
  public long writeWhileSwitchedOff(WriteBatch batch) {
    return engine.writePath().writeWhileSwitchedOff(batch);
  }

  /// Takes writes again. Changes nothing about those that a storage failure or the reserve of the disk refuses.
  public void switchWritesOn() {
    engine.writesOff(null);
  }

  /// Damage that reads, merges and checks have met since the opening.
  ///
  /// @return the first 100 places
  public List<IntegrityReport.Fault> faultsSeen() {
    return engine.failures().faults();
  }

  /// Reads and checks everything on disk, beside reads and writes.
  ///
  /// @return what is wrong, if anything
  /// @throws EngineException.StorageFailed if a file cannot be read
  public IntegrityReport checkIntegrity() {
    return checkIntegrity(() -> false, (_, _) -> {}).orElseThrow();
  }

  /// As [#checkIntegrity()], unless it is not wanted any more. A check that was cancelled says nothing of the database;
  /// the damage that it had met by then is known, as if a read had met it.
  ///
  /// @param cancelled asked behind each file, and behind each MiB of the log
  /// @param progress is told how far the check is, each time before that is asked
  /// @return what is wrong, if anything; empty if it was cancelled
  /// @throws EngineException.StorageFailed if a file cannot be read
  public Optional<IntegrityReport> checkIntegrity(
      BooleanSupplier cancelled, IntegrityCheck.Progress progress) {
    return engine.checkIntegrity(cancelled, progress);
  }

  /// The damaged parts of runs that were met since the database was opened, and are in use.
  ///
  /// @return in the order in which they were found, at most 1,000
  public List<QuarantinedBlock> quarantine() {
    return engine.failures().quarantine().list();
  }

  /// What the scrubber does and has done.
  ///
  /// @return the figures of this moment
  public ScrubStats scrubStats() {
    return engine.scrubStats();
  }

  /// Makes a backup, beside reads and writes, on the thread of the caller.
  ///
  /// It restores to exactly one version, the one that was visible when the backup took hold of it. Every block of every
  /// file is verified as it is copied. One backup at a time.
  ///
  /// @param target where to; it holds backups of this database and no other
  /// @param request what kind of backup, how fast, and who watches
  /// @return the entry of the catalogue
  /// @throws EngineException.Corruption if a file of the database is damaged; then there is no backup
  /// @throws EngineException.BackupFailed if it was cancelled or refused, or the target failed; then there is no
  ///     backup, and what was copied can be used by one that goes on with it
  /// @throws EngineException.Closed if the database was closed
  public BackupEntry backup(BackupTarget target, BackupRequest request) {
    return engine.backups().make(target, request);
  }

  /// Archives the log from now on, so that a backup can be carried on to any version after it. Nothing is copied before
  /// the archiver is run, which the caller does again and again; the last part is copied by [#close].
  ///
  /// @param target where to; that of the backups
  /// @return to be run
  /// @throws IllegalStateException if the options do not keep the log for an archive, or it is archived already
  public LogArchiver archiveTo(BackupTarget target) {
    return engine.archiveTo(target);
  }

  /// Makes runs of all memtables, and gives the directory back. Closing twice is allowed; use afterwards throws
  /// [EngineException.Closed].
  ///
  /// @throws EngineException.ReadOnly if that failed; what was acknowledged is safe in the log
  @Override
  public void close() {
    engine.close();
  }

  /// Names the directory.
  ///
  /// @return for messages
  @Override
  public String toString() {
    return engine.directory();
  }
}
