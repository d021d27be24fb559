package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.LogForArchive;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.commit.CommitTimes;
import io.lightningdb.engine.commit.Present;
import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.commit.VisibleVersion;
import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.MaintenanceCounters;
import io.lightningdb.engine.compaction.Room;
import io.lightningdb.engine.compaction.RunIds;
import io.lightningdb.engine.compaction.Throughput;
import io.lightningdb.engine.compaction.WriteRateLimiter;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.Quarantine;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.integrity.ScrubStats;
import io.lightningdb.engine.integrity.Scrubber;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.store.KeyChanges;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.transaction.LockTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The running parts of a database, connected. *Thread-safe.* [Database] is its face; [Keyspace], [Scan] and [Transaction] come here
/// for what they read, and for the part that does what they are asked.
///
/// It opens and wires the parts, reads, switches between the states of [Availability], and closes.
final class Engine implements AutoCloseable {
  private final AutoCloseable directoryLock;
  private final Core core;
  private final Clock clock;
  private final long openedNanos;
  private final long openedMillis;
  private final Availability availability;
  private final Failures failures;
  private final Present present;
  private final SnapshotRegistry snapshots;
  private final LogForArchive logForArchive;
  private final KeyspaceCatalog catalog;
  private final CommitPipeline pipeline;
  private final CommitTimes commitTimes = new CommitTimes();
  private final TransactionTable transactions;
  private final Background background;
  private final WriteGate gate;
  private final WritePath writePath;
  private final ManualCompaction manualCompaction;
  private final Scrubber scrubber;
  private final Statistics statistics;
  private final Resumption resumption;
  private final Backups backups;
  private final RecoveryReport recovery;

  /// Recovers a directory and starts.
  ///
  /// @param directoryLock held; closed with the engine, and by the caller if this throws
  Engine(Environment environment, DatabaseOptions options, AutoCloseable directoryLock)
      throws IOException {
    this.directoryLock = directoryLock;
    this.openedNanos = environment.clock().nanoTime();
    this.openedMillis = environment.clock().millis();
    Recovery.Recovered recovered = new Recovery(environment, options.logSegmentBytes()).run();
    this.clock = recovered.clock();
    this.core = core(environment, options, recovered);
    this.availability = core.availability();
    this.failures = core.failures();
    this.present = new Present(core.visible(), clock);
    this.snapshots =
        new SnapshotRegistry(
            core.visible(), clock, core.memory().account(MemoryBudget.Part.SNAPSHOTS));
    this.logForArchive =
        new LogForArchive(
            environment.storage(), core.manifest(), core.log(), options.archivedLogBytesMax());
    this.catalog = new KeyspaceCatalog(this, core, logForArchive, this::wakeMerge);
    this.pipeline = new CommitPipeline(core.log(), present, catalog::storeById);
    this.transactions =
        new TransactionTable(this, options.transactions(), new LockTable(environment.clock()));
    Maintenance maintenance = maintenance();
    this.background =
        new Background(
            core,
            maintenance,
            catalog,
            pipeline::freeze,
            new Background.Duties(
                this::tick,
                new SelfResume(
                    core, catalog, maintenance.disk(), this::writeFailure, this::resumeAfter),
                new LogMarks(core, pipeline)));
    this.resumption = new Resumption(core, catalog, pipeline, background, maintenance.disk());
    this.gate = gate();
    this.writePath = new WritePath(core, maintenance, pipeline, gate, background);
    this.manualCompaction = new ManualCompaction(core, maintenance.disk(), pipeline, background);
    this.scrubber = scrubber();
    try {
      recovered.unwritable().ifPresent(failures::writeFailed);
      catalog.open(recovered.version());
      new Replay(core, catalog, pipeline, background.flushes()).run(recovered);
    } catch (IOException e) {
      closeFiles(e);
      throw e;
    } catch (RuntimeException e) {
      closeFiles(new IOException(e));
      throw e;
    }
    this.statistics =
        new Statistics(
            core, catalog, maintenance, background, gate, writePath, core.visible().get());
    this.backups = new Backups(core, catalog);
    this.recovery = RecoveryReport.of(recovered.scan(), Duration.ofNanos(nanoTime() - openedNanos));
    background.start(environment.workers());
    if (options.scrub().isOn()) {
      background.startScrub(environment.workers(), scrubber);
    }
  }

  private Core core(
      Environment environment, DatabaseOptions options, Recovery.Recovered recovered) {
    Clock time = environment.clock();
    Failures none = new Failures(time, new Quarantine(time, this::stores));
    MemoryBudget memory =
        new MemoryBudget(options.memory().bytesMax(), options.memory().cacheBytesMax());
    memory.account(MemoryBudget.Part.LOG).charge(LogWriter.bufferBytes());
    return new Core(
        environment,
        clock,
        options,
        new Availability(none),
        none,
        new Room(time),
        new Shortages(time),
        new Throughput(),
        memory,
        new Core.Durable(
            recovered.manifest(), recovered.log(), new RunIds(recovered.version().nextIds())),
        new VisibleVersion(recovered.version().logStart().version()));
  }

  private Maintenance maintenance() {
    DatabaseOptions options = core.options();
    return new Maintenance(
        core.environment().storage(),
        core.manifest(),
        core.log(),
        snapshots,
        core.ids(),
        new FormsOfOptions(core, catalog, commitTimes),
        core.memory(),
        options.runBytesTargetWithinMemory(),
        catalog::runUnused,
        new MaintenanceCounters(),
        new WriteRateLimiter(
            options.backgroundBytesPerSecondMax(),
            core.environment().clock(),
            this::maintenancePressure),
        diskGuard());
  }

  private DiskGuard diskGuard() {
    DatabaseOptions options = core.options();
    long stepBytes = 2 * options.runBytesTargetWithinMemory();
    DiskGuard guard =
        new DiskGuard(
            core.environment().storage(),
            options.diskReserveBytesRaised(),
            stepBytes + options.logSegmentBytes(),
            () -> core.memory().bytes(MemoryBudget.Part.MEMTABLES));
    guard.look();
    return guard;
  }

  private WriteGate gate() {
    return new WriteGate(
        core.options(),
        core.room(),
        core.shortages(),
        core.environment().clock(),
        core.throughput(),
        catalog::byId,
        availability::isStopped,
        background::wakeFlushAndMerge,
        background.flushes()::memtablesBehind);
  }

  private Scrubber scrubber() {
    return new Scrubber(
        core.environment(),
        new Scrubber.Files(core.manifest(), core.log(), this::stores),
        core.options().scrub(),
        new Scrubber.Circumstances(
            this::maintenancePressure,
            () -> failures.writeFailure().isEmpty(),
            background::isClosing),
        damage -> failures.damaged(damage, Finder.SCRUB));
  }

  private List<KeyspaceStore> stores() {
    return catalog.stores();
  }

  /// How urgent flushes and merges are, 0 to 1.
  private double maintenancePressure() {
    return background.flushes().isLogLong() ? 1 : gate.pressure();
  }

  /// Flushes or merges of a keyspace may be behind now, so that writes have to wait for them.
  void mayBeBehind(int keyspaceId) {
    gate.mayBeBehind(keyspaceId);
  }

  private void wakeMerge() {
    background.wakeMerge();
  }

  /// What has to be done about once a second.
  private void tick() {
    transactions.expireDue();
    commitTimes.sample(core.visible().get(), clock.millis());
  }

  void throwIfClosed() {
    availability.throwIfClosed();
  }

  DatabaseOptions options() {
    return core.options();
  }

  Failures failures() {
    return failures;
  }

  Shortages shortages() {
    return core.shortages();
  }

  RecoveryReport recovery() {
    return recovery;
  }

  VisibleVersion visible() {
    return core.visible();
  }

  KeyspaceCatalog catalog() {
    return catalog;
  }

  TransactionTable transactions() {
    return transactions;
  }

  WritePath writePath() {
    return writePath;
  }

  ManualCompaction manualCompaction() {
    return manualCompaction;
  }

  /// What commits have done under the sequencer's lock so far.
  long commitSteps() {
    return pipeline.steps();
  }

  Statistics statistics() {
    return statistics;
  }

  Backups backups() {
    return backups;
  }

  ScrubStats scrubStats() {
    return scrubber.stats();
  }

  MemoryBudget memory() {
    return core.memory();
  }

  MemoryLease memoryLease() {
    return core.memory().callers().lease(core.options().writeWaitMax().toNanos());
  }

  /// Wall-clock time, by which entries expire.
  long millis() {
    return clock.millis();
  }

  long steadyMillis() {
    return openedMillis + (nanoTime() - openedNanos) / 1_000_000;
  }

  long nanoTime() {
    return core.environment().clock().nanoTime();
  }

  SnapshotRegistry.Registration registerSnapshot(String owner) {
    throwIfClosed();
    return snapshots.register(owner);
  }

  Snapshot snapshot(String owner) {
    throwIfClosed();
    return new Snapshot(snapshots.register(owner), Snapshot.Moment.PRESENT);
  }

  /// Snapshots that flushes and merges have looked at so far, to know what is still read.
  long snapshotsSearched() {
    return snapshots.searched();
  }

  List<SnapshotInfo> snapshots() {
    throwIfClosed();
    return snapshots.list().stream()
        .map(each ->
            new SnapshotInfo(
                each.id(), each.owner(), each.version(), Duration.ofNanos(each.ageNanos())))
        .toList();
  }

  boolean endSnapshot(long id) {
    throwIfClosed();
    return transactions.expireReader(id) || snapshots.end(id);
  }

  Snapshot snapshotAt(long version, String owner) {
    throwIfClosed();
    if (version < 0 || version > core.visible().get()) {
      throw new IllegalArgumentException(
          "version="
              + version
              + " is outside 0.."
              + core.visible().get()
              + ", the visible version");
    }
    return new Snapshot(snapshots.registerAt(version, owner), Snapshot.Moment.PAST);
  }

  /// Reads an entry as it is now.
  <T> @Nullable T read(KeyspaceStore store, byte[] key, Projection<T> projection) {
    return read(store, key, present, projection);
  }

  /// Reads an entry as it is at a moment that is kept.
  <T> @Nullable T read(
      KeyspaceStore store, byte[] key, ReadMoment moment, Projection<T> projection) {
    try {
      return store.get(key, moment, projection);
    } catch (IOException e) {
      throw failures.ofRead(e);
    }
  }

  /// Reads an entry as it was at a snapshot.
  <T> @Nullable T read(
      KeyspaceStore store, byte[] key, Snapshot snapshot, Projection<T> projection) {
    snapshot.throwIfClosed();
    T found;
    try {
      found =
          snapshot.isPast()
              ? store.getAt(key, snapshot.moment(), projection)
              : store.get(key, snapshot.moment(), projection);
    } catch (IOException e) {
      throw failures.ofRead(e);
    }
    // Closed meanwhile: what it saw may have been merged away.
    snapshot.throwIfClosed();
    return found;
  }

  /// Reads an entry as it is now. Who has a [MemoryLease] gets a large value when there is memory for it.
  @Nullable Entry readEntry(KeyspaceStore store, byte[] key) {
    return readEntry(projection -> read(store, key, projection));
  }

  /// Reads an entry as it was at a snapshot, likewise.
  @Nullable Entry readEntry(KeyspaceStore store, byte[] key, Snapshot snapshot) {
    return readEntry(projection -> read(store, key, snapshot, projection));
  }

  /// Reads an entry as it is at a moment that is kept, likewise.
  @Nullable Entry readEntry(KeyspaceStore store, byte[] key, ReadMoment moment) {
    return readEntry(projection -> read(store, key, moment, projection));
  }

  /// Tells the versions of a key that are kept.
  KeyHistory history(KeyspaceStore store, byte[] key, long before, int max, int headBytes) {
    try {
      KeyChanges changes =
          store.changes(key, () -> Math.min(core.visible().get(), before - 1), max, headBytes);
      List<KeyHistory.Version> versions =
          changes.changes().stream()
              .map(change ->
                  new KeyHistory.Version(
                      change.version(),
                      change.deletion(),
                      change.deletion() ? null : Expiry.instant(change.expiryMillis()),
                      change.valueBytes(),
                      change.head()))
              .toList();
      return new KeyHistory(versions, changes.historyFloor(), changes.more());
    } catch (IOException e) {
      throw failures.ofRead(e);
    }
  }

  /// Size of the value that an entry has at a moment that is kept, 0 if there is none.
  int readValueBytes(KeyspaceStore store, byte[] key, ReadMoment moment) {
    Entry.UpTo size = new Entry.UpTo(-1);
    return read(store, key, moment, size) == null ? 0 : size.valueBytes();
  }

  /// Size of the value that an entry had at a snapshot, 0 if there was none.
  int readValueBytes(KeyspaceStore store, byte[] key, Snapshot snapshot) {
    Entry.UpTo size = new Entry.UpTo(-1);
    return read(store, key, snapshot, size) == null ? 0 : size.valueBytes();
  }

  private static @Nullable Entry readEntry(Function<Projection<Entry>, @Nullable Entry> read) {
    MemoryLease lease = MemoryLease.current();
    if (lease == null) {
      return read.apply(Entry.PROJECTION);
    }
    Entry.UpTo projection = new Entry.UpTo(MemoryLease.SMALL_BYTES);
    Entry found = read.apply(projection);
    while (found != null && projection.isTooLarge()) {
      // Nothing is held while this waits; the entry may be another one afterwards.
      int valueBytes = projection.valueBytes();
      long held = lease.bytes();
      lease.takeForValue(valueBytes);
      projection = new Entry.UpTo(valueBytes);
      found = read.apply(projection);
      if (found != null && projection.isTooLarge()) {
        lease.giveBackTo(held);
      }
    }
    return found;
  }

  Optional<IntegrityReport> checkIntegrity(
      BooleanSupplier cancelled, IntegrityCheck.Progress progress) {
    throwIfClosed();
    return new OnlineCheck(core, catalog).run(cancelled, progress);
  }

  LogArchiver archiveTo(BackupTarget target) {
    throwIfClosed();
    return logForArchive.to(target);
  }

  SortedMap<String, String> properties() {
    throwIfClosed();
    return core.manifest().current().properties();
  }

  void setProperty(String name, String value) {
    throwIfClosed();
    try {
      core.manifest().applyWhole(_ -> VersionEdit.of(new Change.Property(name, value)));
    } catch (IOException e) {
      throw failures.ofWrite(e);
    }
  }

  /// Refuses writes from now on, or takes them again.
  ///
  /// @param reason what those who want to write are told; null to take them again
  void writesOff(@Nullable String reason) {
    // Changes of keyspaces that are under way end before this returns.
    catalog.lock().lock();
    try {
      // First, so that a commit that is refused finds the reason.
      availability.writesOff(reason);
      pipeline.switchOff(reason != null);
    } finally {
      catalog.lock().unlock();
    }
  }

  Optional<IOException> writeFailure() {
    Optional<IOException> found = failures.writeFailure();
    if (found.isPresent()) {
      return found;
    }
    return Optional.ofNullable(core.log().failure())
        .or(() -> Optional.ofNullable(pipeline.failure()));
  }

  /// Takes writes again after a storage failure, if the disk works and everything that readers see could be made durable anew. Those that
  /// come meanwhile are refused as before; reads go on.
  ///
  /// @return false if nothing had failed
  boolean resume() {
    throwIfClosed();
    // Several at a time would find the work of the first done.
    catalog.lock().lock();
    try {
      throwIfClosed();
      Optional<IOException> cause = writeFailure();
      cause.ifPresent(resumption::run);
      return cause.isPresent();
    } finally {
      catalog.lock().unlock();
    }
  }

  private void resumeAfter(IOException cause) {
    resumption.run(cause);
  }

  /// The directory, as its storage names it.
  String directory() {
    return core.environment().storage().toString();
  }

  /// Ends reads and writes, makes runs of all memtables so that the next start has no log to read, and gives the directory
  /// back. What cannot be written any more stays in the log.
  @Override
  public void close() {
    backups.close();
    catalog.lock().lock();
    try {
      if (availability.isClosed()) {
        return;
      }
      transactions.endAll();
      pipeline.close();
      background.close();
      finish();
    } catch (ResourceExhaustedException e) {
      // There is no other try: what could not be written stays in the log.
      throw new EngineException.ReadOnly(failures.writeFailed(e));
    } catch (IOException e) {
      throw failures.ofWrite(e);
    } finally {
      catalog.lock().unlock();
    }
  }

  private void finish() throws IOException {
    IOException failed = null;
    try {
      if (writeFailure().isEmpty()) {
        flushEverything();
      }
    } catch (IOException e) {
      failed = failures.writeFailed(e);
    }
    availability.close();
    core.room().changed();
    failed = closeFiles(failed);
    if (failed != null) {
      throw failed;
    }
  }

  private void flushEverything() throws IOException {
    core.log().sync();
    // Should the log stay, its end is proved.
    core.log().appendMark(clock.millis());
    core.log().sync();
    boolean archived = logForArchive.finish();
    for (KeyspaceStore store : catalog.stores()) {
      pipeline.freeze(store);
      background.flushes().flushNow(store);
    }
    if (!archived) {
      // The next start finds in the log what the archive lacks.
      core.manifest().mark();
      return;
    }
    Change.LogStart end = new Change.LogStart(core.log().nextSequence(), core.visible().get());
    Change.Moment moment = new Change.Moment(clock.millis());
    core.manifest().apply(_ -> VersionEdit.of(end, moment, core.ids().next(), new Change.Closed()));
    core.log().deleteAll();
  }

  /// Closes whatever is open. Returns the first failure: the one given, or one of its own.
  private @Nullable IOException closeFiles(@Nullable IOException first) {
    availability.close();
    catalog.stores().forEach(KeyspaceStore::close);
    IOException failed = first;
    for (AutoCloseable part : List.of(core.log(), core.manifest(), directoryLock)) {
      failed = closeOne(part, failed);
    }
    return failed;
  }

  private static @Nullable IOException closeOne(AutoCloseable part, @Nullable IOException first) {
    try {
      part.close();
      return first;
    } catch (Exception e) {
      IOException failed = e instanceof IOException io ? io : new IOException(e);
      if (first == null) {
        return failed;
      }
      first.addSuppressed(failed);
      return first;
    }
  }
}
