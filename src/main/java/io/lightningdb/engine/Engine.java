package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupJob;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.KeyspaceDefinition;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.commit.CommitLatency;
import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.commit.CommitTimes;
import io.lightningdb.engine.commit.ConditionFailedException;
import io.lightningdb.engine.commit.ConflictException;
import io.lightningdb.engine.commit.Footprint;
import io.lightningdb.engine.commit.Present;
import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.commit.SwitchedOffException;
import io.lightningdb.engine.commit.VisibleVersion;
import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.DiskProbe;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.MaintenanceCounters;
import io.lightningdb.engine.compaction.RunIds;
import io.lightningdb.engine.compaction.VersionRetention;
import io.lightningdb.engine.compaction.WriteRateLimiter;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.integrity.Quarantine;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.integrity.ScrubStats;
import io.lightningdb.engine.integrity.Scrubber;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.latency.Latencies;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.StoreClosedException;
import io.lightningdb.engine.store.View;
import io.lightningdb.engine.transaction.LockTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The running parts of a database, connected. *Thread-safe.* [Database] is its face.
final class Engine implements AutoCloseable {
  private final Environment environment;
  private final Clock clock;
  private final long openedNanos;
  private final long openedMillis;
  private final DatabaseOptions options;
  private final AutoCloseable directoryLock;
  private final Failures failures;
  private final Room room;
  private final Manifest manifest;
  private final LogWriter log;
  private final RunIds ids;
  private final VisibleVersion visible;
  private final Present present;
  private final SnapshotRegistry snapshots;
  private final CommitPipeline pipeline;
  private final MaintenanceCounters counters = new MaintenanceCounters();
  private final MemoryBudget memory;
  private final WriteRateLimiter limiter;
  private final DiskGuard disk;
  private final LongAdder refusedForDisk = new LongAdder();
  private final Maintenance maintenance;
  private final Background background;
  private final CommitLatency commitLatency;
  private final CommitTimes commitTimes = new CommitTimes();
  private final TransactionTable transactions;
  private final WriteGate gate;
  private final RecoveryReport recovery;
  private final long firstVersion;
  private final Backups backups;
  private final LogForArchive logForArchive;
  private final Scrubber scrubber;

  // Held to create, change and drop keyspaces, and to close.
  private final ReentrantLock keyspacesLock = new ReentrantLock();
  private volatile KeyspaceTable keyspaces = new KeyspaceTable(List.of());
  private volatile boolean closed;

  // Why writes are switched off, if they are.
  private volatile @Nullable String writesOffReason;

  /// Recovers a directory and starts.
  ///
  /// @param directoryLock held; closed with the engine, and by the caller if this throws
  Engine(Environment environment, DatabaseOptions options, AutoCloseable directoryLock)
      throws IOException {
    this.environment = environment;
    this.clock = new SteadyClock(environment.clock());
    this.options = options;
    this.directoryLock = directoryLock;
    this.failures =
        new Failures(environment.clock(), new Quarantine(environment.clock(), this::stores));
    this.room = new Room(environment.clock());
    this.memory = new MemoryBudget(options.memory().bytesMax(), options.memory().cacheBytesMax());
    long start = environment.clock().nanoTime();
    this.openedNanos = start;
    this.openedMillis = environment.clock().millis();
    Recovery.Recovered recovered = new Recovery(environment, options.logSegmentBytes()).run();
    this.manifest = recovered.manifest();
    this.log = recovered.log();
    this.memory.account(MemoryBudget.Part.LOG).charge(LogWriter.bufferBytes());
    this.ids = new RunIds(recovered.version().nextIds());
    this.visible = new VisibleVersion(recovered.version().logStart().version());
    this.present = new Present(visible, clock);
    this.snapshots = new SnapshotRegistry(visible, clock);
    this.commitLatency = new CommitLatency(visible, environment.clock());
    this.pipeline = new CommitPipeline(log, present, this::storeById);
    this.transactions =
        new TransactionTable(this, options.transactions(), new LockTable(environment.clock()));
    this.limiter =
        new WriteRateLimiter(
            options.backgroundBytesPerSecondMax(), environment.clock(), this::maintenancePressure);
    this.disk = diskGuard();
    this.maintenance = maintenance();
    this.background =
        new Background(
            maintenance,
            options,
            failures,
            room,
            environment.clock(),
            () -> keyspaces.all(),
            pipeline::freeze,
            this::tick);
    this.gate =
        new WriteGate(
            options,
            room,
            environment.clock(),
            background.throughput(),
            () -> keyspaces.all(),
            () -> closed || failures.writeFailure().isPresent(),
            this::wakeMaintenance,
            background::memtablesBehind);
    this.logForArchive =
        new LogForArchive(environment.storage(), manifest, log, options.archivedLogBytesMax());
    this.scrubber = scrubber();
    try {
      openKeyspaces(recovered);
      replay(recovered);
    } catch (IOException e) {
      closeFiles(e);
      throw e;
    } catch (RuntimeException e) {
      closeFiles(new IOException(e));
      throw e;
    }
    this.firstVersion = visible.get();
    this.backups =
        new Backups(
            environment,
            new Backups.Parts(manifest, log, visible, room),
            keyspacesLock,
            () -> keyspaces.all());
    this.recovery = report(recovered, environment.clock().nanoTime() - start);
    background.start(environment.workers());
    if (options.scrub().isOn()) {
      background.startScrub(environment.workers(), scrubber);
    }
  }

  private Scrubber scrubber() {
    return new Scrubber(
        environment,
        new Scrubber.Files(manifest, log, this::stores),
        options.scrub(),
        new Scrubber.Circumstances(
            this::maintenancePressure,
            () -> failures.writeFailure().isEmpty(),
            background::isClosing),
        damage -> failures.damaged(damage, Finder.SCRUB));
  }

  private List<KeyspaceStore> stores() {
    return keyspaces.all().stream().map(Keyspace::store).toList();
  }

  ScrubStats scrubStats() {
    return scrubber.stats();
  }

  private DiskGuard diskGuard() {
    long stepBytes = 2 * options.runBytesTargetWithinMemory();
    DiskGuard guard =
        new DiskGuard(
            environment.storage(),
            options.diskReserveBytesRaised(),
            stepBytes + options.logSegmentBytes(),
            () -> memory.bytes(MemoryBudget.Part.MEMTABLES));
    guard.look();
    return guard;
  }

  private Maintenance maintenance() {
    return new Maintenance(
        environment.storage(),
        manifest,
        log,
        snapshots,
        ids,
        new FormsOfOptions(),
        memory,
        options.runBytesTargetWithinMemory(),
        this::runUnused,
        counters,
        limiter,
        disk);
  }

  /// How urgent flushes and merges are, 0 to 1.
  private double maintenancePressure() {
    return background.isLogLong() ? 1 : gate.pressure();
  }

  /// Reads the form of runs out of the options of their keyspace.
  private final class FormsOfOptions implements Maintenance.Forms {
    @Override
    public RunWriter.Form runForm(KeyspaceStore store) {
      KeyspaceOptions wanted = options(store);
      return form(wanted, wanted.compression());
    }

    @Override
    public RunWriter.Form bottomRunForm(KeyspaceStore store) {
      KeyspaceOptions wanted = options(store);
      return form(wanted, wanted.bottomCompression().resolve(wanted.compression()));
    }

    private KeyspaceOptions options(KeyspaceStore store) {
      Keyspace keyspace = keyspaces.byId(store.id());
      return keyspace == null ? KeyspaceOptions.defaults() : keyspace.options();
    }

    private static RunWriter.Form form(KeyspaceOptions wanted, Compression compression) {
      return new RunWriter.Form(
          compression.codec(), wanted.pointIndex() == PointIndex.HASH, wanted.leafBytes());
    }

    @Override
    public VersionRetention.Past past(KeyspaceStore store) {
      Keyspace keyspace = keyspaces.byId(store.id());
      History history = keyspace == null ? History.NONE : keyspace.options().history();
      long floor =
          history.age().isZero()
              ? Long.MAX_VALUE
              : commitTimes.newestAt(clock.millis() - history.age().toMillis());
      return new VersionRetention.Past(floor, history.versions());
    }

    @Override
    public long flushedEverywhere(KeyspaceStore flushing, long flushedVersion) {
      // Read before the stores: a commit that becomes visible or durable later is newer. No more
      // than what is visible: recovery flushes while later commits are still to be replayed. No
      // more than what is durable: a keyspace dropped with commits that were not would leave the
      // log shorter than the manifest says.
      long everywhere = Math.min(visible.get(), log.durableVersion());
      for (Keyspace keyspace : keyspaces.all()) {
        KeyspaceStore store = keyspace.store();
        long first =
            store == flushing
                ? store.firstUnflushedVersionAfter(flushedVersion)
                : store.firstUnflushedVersion();
        everywhere = Math.min(everywhere, first - 1);
      }
      return everywhere;
    }
  }

  private @Nullable KeyspaceStore storeById(int id) {
    Keyspace keyspace = keyspaces.byId(id);
    return keyspace == null ? null : keyspace.store();
  }

  private void openKeyspaces(Recovery.Recovered recovered) {
    List<Keyspace> opened = new ArrayList<>();
    for (KeyspaceRecord record : recovered.version().keyspaces().values()) {
      opened.add(newKeyspace(record, sharedRuns(recovered.version().databaseId(), record)));
    }
    keyspaces = new KeyspaceTable(opened);
  }

  private List<SharedRun> sharedRuns(long databaseId, KeyspaceRecord keyspace) {
    Map<Long, SharedRun> byFile = new HashMap<>();
    List<SharedRun> runs = new ArrayList<>();
    for (RunRecord record : keyspace.runs()) {
      SharedRun first = byFile.get(record.fileId());
      if (first == null) {
        var identity = new RunWriter.Identity(databaseId, keyspace.id(), record.fileId());
        first =
            new SharedRun(
                record,
                new Run(
                    environment.storage(),
                    identity,
                    memory.cache(),
                    memory.account(MemoryBudget.Part.RUNS)),
                this::runUnused);
        byFile.put(record.fileId(), first);
      }
      runs.add(first.with(record));
    }
    return runs;
  }

  private Keyspace newKeyspace(KeyspaceRecord record, List<SharedRun> runs) {
    KeyspaceStore store =
        new KeyspaceStore(
            record.id(), record.name(), this::newMemtable, runs, record.historyFloor());
    return new Keyspace(this, store, KeyspaceOptions.fromProperties(record.options()));
  }

  private Memtable newMemtable() {
    return new Memtable(
        options.memtableBytesMaxWithinMemory(), memory.account(MemoryBudget.Part.MEMTABLES));
  }

  private void replay(Recovery.Recovered recovered) throws IOException {
    LogCheck.replay(
        environment.storage(),
        recovered.version(),
        recovered.scan(),
        (version, body, bodyBytes) -> {
          boolean frozen =
              pipeline.replay(
                  version,
                  new CommitReader(body, bodyBytes),
                  (id, v) -> isNeeded(recovered, id, v));
          if (memory.takeFlushWanted()) {
            frozen |= background.freezeLargest();
          }
          if (frozen) {
            for (Keyspace keyspace : keyspaces.all()) {
              background.flushNow(keyspace.store());
            }
          }
        });
  }

  private static boolean isNeeded(Recovery.Recovered recovered, int keyspaceId, long version) {
    KeyspaceRecord record = recovered.version().keyspace(keyspaceId);
    return record != null && version > record.flushedVersion();
  }

  private static RecoveryReport report(Recovery.Recovered recovered, long nanos) {
    return new RecoveryReport(
        recovered.scan().segments().size(),
        recovered.scan().commits(),
        Duration.ofNanos(nanos),
        recovered.scan().cut().map(cut -> new RecoveryReport.Cut(cut.file(), cut.offset())));
  }

  private void runUnused(SharedRun.SharedFile run) {
    run.run().close();
    // After the end somebody else may have the directory; the next start deletes what no state
    // names.
    if (run.isObsolete() && !closed) {
      try {
        environment.storage().delete(run.run().name());
      } catch (IOException e) {
        failures.writeFailed(e);
      }
    }
  }

  /// What has to be done about once a second.
  private void tick() {
    transactions.expireDue();
    commitTimes.sample(visible.get(), clock.millis());
  }

  void throwIfClosed() {
    if (closed) {
      throw new EngineException.Closed("the database");
    }
  }

  DatabaseOptions options() {
    return options;
  }

  Failures failures() {
    return failures;
  }

  RecoveryReport recovery() {
    return recovery;
  }

  long visibleVersion() {
    return visible.get();
  }

  VisibleVersion visible() {
    return visible;
  }

  KeyspaceTable keyspaces() {
    return keyspaces;
  }

  Snapshot snapshot(String owner) {
    throwIfClosed();
    return new Snapshot(snapshots.register(owner), Snapshot.Moment.PRESENT);
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
    if (version < 0 || version > visible.get()) {
      throw new IllegalArgumentException(
          "version=" + version + " is outside 0.." + visible.get() + ", the visible version");
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

  /// Wall-clock time, by which entries expire.
  long millis() {
    return clock.millis();
  }

  long steadyMillis() {
    return openedMillis + (nanoTime() - openedNanos) / 1_000_000;
  }

  long nanoTime() {
    return environment.clock().nanoTime();
  }

  /// The account of a part of the memory budget.
  MemoryAccount account(MemoryBudget.Part part) {
    return memory.account(part);
  }

  /// What an open scan of a keyspace holds, at most.
  ///
  /// @param view what it walks
  /// @return in bytes
  long scanBytes(KeyspaceStore store, View view) {
    Keyspace keyspace = keyspaces.byId(store.id());
    KeyspaceOptions of = keyspace == null ? KeyspaceOptions.defaults() : keyspace.options();
    return Scan.bytes(view, of.leafBytes());
  }

  MemoryBudget memory() {
    return memory;
  }

  SnapshotRegistry.Registration registerSnapshot(String owner) {
    throwIfClosed();
    return snapshots.register(owner);
  }

  TransactionTable transactions() {
    return transactions;
  }

  /// Commits a transaction. What is to survive more than the death of the process has to wait by [#awaitDurable].
  long write(WriteBatch batch, Footprint footprint, Durability durability) {
    prepare(batch);
    try {
      CommitPipeline.Result result = pipeline.commit(batch.writer(), footprint, mode(durability));
      committed(batch, result);
      if (batch.writer().deletesRanges()) {
        background.rangeDeleted();
      }
      return result.version();
    } catch (ConflictException e) {
      throw new EngineException.TransactionConflict(e.keyspace(), e.key());
    } catch (SwitchedOffException _) {
      throw switchedOff();
    } catch (IOException e) {
      throw failures.ofWrite(e);
    }
  }

  /// A commit begins to be timed, if it shall be.
  ///
  /// @return for [#commitEnds]
  long commitBegins(Durability durability) {
    return commitLatency.begin(mode(durability));
  }

  void commitEnds(Durability durability, long begun) {
    commitLatency.end(mode(durability), begun);
  }

  Latencies latencies() {
    return new Latencies(
        commitLatency.synced(),
        commitLatency.logged(),
        log.syncs(),
        counters.flushLatency().snapshot(),
        counters.mergeStepLatency().snapshot(),
        room.waited(Room.Cause.FLUSHES),
        room.waited(Room.Cause.MERGES));
  }

  /// Waits until a commit, and all before it, are durable.
  void awaitDurable(long version) {
    try {
      log.awaitDurable(version);
    } catch (DeadlineException e) {
      throw new EngineException.OutcomeUnknown(version, e);
    } catch (IOException e) {
      throw failures.ofWrite(e);
    }
  }

  private void prepare(WriteBatch batch) {
    throwIfClosed();
    throwIfWritesAreRefused();
    EngineException.DeadlineExceeded.throwIfPast("a write");
    checkLimits(batch);
    checkDisk(batch);
    gate.pass(batch.bytes());
    throwIfClosed();
    throwIfWritesAreRefused();
    checkDisk(batch);
    batch.writer().finish(clock.millis());
  }

  private void throwIfWritesAreRefused() {
    failures.throwIfReadOnly();
    String reason = writesOffReason;
    if (reason != null) {
      throw new EngineException.WritesSwitchedOff(reason);
    }
  }

  /// Refuses writes from now on, or takes them again.
  ///
  /// @param reason what those who want to write are told; null to take them again
  void writesOff(@Nullable String reason) {
    // Changes of keyspaces that are under way end before this returns.
    keyspacesLock.lock();
    try {
      // First, so that a commit that is refused finds the reason.
      writesOffReason = reason;
      pipeline.switchOff(reason != null);
    } finally {
      keyspacesLock.unlock();
    }
  }

  private EngineException switchedOff() {
    String reason = writesOffReason;
    return new EngineException.WritesSwitchedOff(
        reason == null ? "they were when the write came" : reason);
  }

  private static AppendMode mode(Durability durability) {
    return durability == Durability.SYNCED ? AppendMode.WRITE : AppendMode.STORE;
  }

  private long finish(WriteBatch batch, CommitPipeline.Result result, Durability durability) {
    committed(batch, result);
    if (durability == Durability.SYNCED) {
      awaitDurable(result.version());
    }
    if (batch.writer().deletesRanges()) {
      background.rangeDeleted();
    }
    return result.version();
  }

  long write(WriteBatch batch, Durability durability) {
    long begun = commitBegins(durability);
    prepare(batch);
    try {
      CommitPipeline.Result result =
          pipeline.commit(batch.writer(), batch.conditions(), mode(durability));
      batch.observed(result.observed());
      long version = finish(batch, result, durability);
      commitEnds(durability, begun);
      return version;
    } catch (ConditionFailedException e) {
      throw Failures.ofCondition(e);
    } catch (SwitchedOffException _) {
      throw switchedOff();
    } catch (IOException e) {
      throw failures.ofWrite(e);
    }
  }

  private void wakeMaintenance() {
    background.wakeFlush();
    background.wakeMerge();
  }

  private void committed(WriteBatch batch, CommitPipeline.Result result) {
    limiter.userWrote(batch.bytes());
    if (result.frozen()) {
      gate.frozen();
      background.wakeFlush();
    }
    if (memory.takeFlushWanted()) {
      background.wakeFlush();
    }
    if (log.isNextMissing()) {
      background.wakeLogPrepare();
    }
  }

  private void checkLimits(WriteBatch batch) {
    if (batch.bytes() > options.batchBytesMax()) {
      throw new EngineException.LimitExceeded(
          "batch-bytes-max", options.batchBytesMax(), batch.bytes());
    }
    int value = batch.writer().valueBytesLargest();
    if (value > options.valueBytesMax()) {
      throw new EngineException.LimitExceeded("value-bytes-max", options.valueBytesMax(), value);
    }
  }

  private void checkDisk(WriteBatch batch) {
    DiskGuard.State now = disk.state();
    if (now.reached() && batch.writer().puts()) {
      refusedForDisk.increment();
      throw new EngineException.DiskReserveReached(
          "writes of new data are refused", now.resumeBytes(), now.usableBytes());
    }
  }

  private void checkRoomForMerge() {
    if (!disk.hasRoomForMerge()) {
      throw new EngineException.DiskReserveReached(
          "merges wait", disk.mergeBytes(), disk.state().usableBytes());
    }
  }

  void flush(Keyspace keyspace) {
    throwIfClosed();
    failures.throwIfReadOnly();
    KeyspaceStore store = keyspace.store();
    pipeline.freeze(store);
    long until = visible.get();
    background.wakeFlush();
    room.await(
        () ->
            closed
                || failures.writeFailure().isPresent()
                || store.isDropped()
                || store.firstFrozenVersion() > until,
        Deadline.bound(Long.MAX_VALUE));
    throwIfClosed();
    failures.throwIfReadOnly();
    if (!store.isDropped() && store.firstFrozenVersion() <= until) {
      EngineException.DeadlineExceeded.throwIfPast("a flush, which goes on,");
    }
  }

  /// Returns false if it was cancelled.
  boolean compact(Keyspace keyspace, BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      return false;
    }
    flush(keyspace);
    checkRoomForMerge();
    background.mergeFully(keyspace.store(), cancelled);
    throwIfClosed();
    if (background.isClosing()) {
      throw new EngineException.Closed("the database");
    }
    failures.throwIfReadOnly();
    checkRoomForMerge();
    throwIfClosedToMerges(keyspace.store());
    return !cancelled.getAsBoolean();
  }

  /// A full merge that had to leave something out is none.
  private void throwIfClosedToMerges(KeyspaceStore store) {
    if (store.closedRanges().isEmpty()) {
      return;
    }
    QuarantinedBlock block =
        failures.quarantine().list().stream()
            .filter(each -> each.keyspace().equals(store.name()))
            .findFirst()
            .orElse(null);
    IntegrityReport.Fault fault = failures.faults().getLast();
    throw new EngineException.Corruption(
        block == null
            ? new CorruptionException(fault.file(), fault.offset(), fault.reason())
            : new CorruptionException(block.file(), block.offset(), block.reason()),
        block);
  }

  List<QuarantinedBlock> quarantine() {
    return failures.quarantine().list();
  }

  KeyspaceChange configure(String name, KeyspaceOptions wanted) {
    throwIfClosed();
    throwIfWritesAreRefused();
    keyspacesLock.lock();
    try {
      throwIfClosed();
      throwIfWritesAreRefused();
      Keyspace found = keyspaces.byName(name);
      if (found == null) {
        create(name, wanted);
        return KeyspaceChange.CREATED;
      }
      if (found.options().equals(wanted)) {
        return KeyspaceChange.UNCHANGED;
      }
      record(new Change.KeyspaceSet(found.id(), name, wanted.toProperties()));
      found.options(wanted);
      background.wakeMerge();
      return KeyspaceChange.CHANGED;
    } catch (IOException e) {
      throw failures.ofWrite(e);
    } finally {
      keyspacesLock.unlock();
    }
  }

  private void create(String name, KeyspaceOptions wanted) throws IOException {
    long count = keyspaces.all().stream().filter(Engine::isCounted).count() + 1;
    if (!name.startsWith(Database.INTERNAL_PREFIX)
        && count > Math.min(options.keyspacesMax(), Limits.KEYSPACES_MAX)) {
      throw new EngineException.LimitExceeded("keyspaces-max", options.keyspacesMax(), count);
    }
    int id = ids.takeKeyspaceId();
    record(new Change.KeyspaceSet(id, name, wanted.toProperties()));
    KeyspaceRecord created = new KeyspaceRecord(id, name, wanted.toProperties(), 0, 0, List.of());
    keyspaces = keyspaces.with(newKeyspace(created, List.of()));
  }

  private static boolean isCounted(Keyspace keyspace) {
    return !keyspace.name().startsWith(Database.INTERNAL_PREFIX);
  }

  private void record(Change change) throws IOException {
    manifest.apply(_ -> VersionEdit.of(change, ids.next()));
  }

  boolean drop(String name) {
    throwIfClosed();
    throwIfWritesAreRefused();
    keyspacesLock.lock();
    try {
      throwIfClosed();
      throwIfWritesAreRefused();
      Keyspace found = keyspaces.byName(name);
      if (found == null) {
        return false;
      }
      var definition = new KeyspaceDefinition(found.id(), name, found.options().toProperties());
      // Before, so that no piece of the archive is without it; and behind, for what is committed
      // meanwhile.
      logForArchive.dropped(definition, visible.get());
      record(new Change.KeyspaceDropped(found.id()));
      logForArchive.dropped(definition, visible.get());
      keyspaces = keyspaces.without(found);
      found.store().drop();
      background.wakeMerge();
      room.changed();
      return true;
    } catch (IOException e) {
      throw failures.ofWrite(e);
    } finally {
      keyspacesLock.unlock();
    }
  }

  KeyspaceStats stats(KeyspaceStore store) {
    return Figures.of(store.peek(), millis(), background.mergesUnderWay(store));
  }

  EngineStats stats() {
    List<View> views = keyspaces.all().stream().map(k -> k.store().peek()).toList();
    long runBytes = views.stream().mapToLong(Figures::runBytes).sum();
    WriteGate.Behind behind = gate.behind();
    Latencies times = latencies();
    return new EngineStats(
        visible.get(),
        log.durableVersion(),
        visible.get() - firstVersion,
        log.bytes(),
        log.segmentCount(),
        times.syncs().count(),
        times.syncs().sumNanos(),
        counters.flushes(),
        counters.flushBytes(),
        counters.merges(),
        counters.mergeBytesRead(),
        counters.mergeBytesWritten(),
        counters.runsMoved(),
        counters.runsDropped(),
        background.mergesUnderWay(),
        behind.flushes(),
        behind.merges(),
        counters.expired(),
        views.stream().mapToLong(Figures::memtableBytes).sum(),
        views.stream().mapToInt(Figures::runs).sum(),
        runBytes,
        snapshots.count(),
        snapshots.oldestNanos(),
        times.waitsForFlushes().count() + times.waitsForMerges().count(),
        times.waitsForFlushes().sumNanos() + times.waitsForMerges().sumNanos(),
        Figures.of(memory.cache().figures()),
        Figures.of(memory),
        Figures.of(limiter),
        diskStats());
  }

  private DiskStats diskStats() {
    DiskGuard.State now = disk.state();
    return new DiskStats(
        now.usableBytes(),
        disk.reserveBytes(),
        now.resumeBytes(),
        now.reached(),
        refusedForDisk.sum());
  }

  IntegrityReport checkIntegrity() {
    throwIfClosed();
    IntegrityCheck check = new IntegrityCheck(environment.storage(), (_, _) -> {});
    try {
      for (Keyspace keyspace : keyspaces.all()) {
        checkKeyspace(check, keyspace);
      }
      check.checkLive(manifest, log, visible.get());
    } catch (IOException e) {
      throw failures.ofRead(e);
    }
    IntegrityCheck.Result result = check.result();
    result.faults().forEach(fault -> failures.damaged(fault, Finder.CHECK));
    return Reports.of(result);
  }

  private static void checkKeyspace(IntegrityCheck check, Keyspace keyspace) throws IOException {
    View view;
    try {
      view = keyspace.store().pin();
    } catch (KeyspaceGoneException _) {
      return;
    }
    try {
      for (SharedRun run : view.runs()) {
        check.checkRun(run.run(), run.record(), run.record().fileBytes());
      }
    } finally {
      view.unpin();
    }
  }

  BackupEntry backup(BackupTarget target, BackupRequest request) {
    throwIfClosed();
    BackupJob job = new BackupJob(backups, target, request);
    try {
      return backups.run(job);
    } catch (CorruptionException | StoreClosedException e) {
      throw failures.ofRead(e, Finder.BACKUP);
    } catch (IOException e) {
      throw new EngineException.BackupFailed(job.id(), e);
    }
  }

  LogArchiver archiveTo(BackupTarget target) {
    throwIfClosed();
    return logForArchive.to(target);
  }

  Optional<IOException> writeFailure() {
    Optional<IOException> found = failures.writeFailure();
    if (found.isPresent()) {
      return found;
    }
    return Optional.ofNullable(log.failure()).or(() -> Optional.ofNullable(pipeline.failure()));
  }

  /// Takes writes again after a storage failure, if the disk works and everything that readers see could be made durable anew. Those that
  /// come meanwhile are refused as before; reads go on.
  ///
  /// @return false if nothing had failed
  boolean resume() {
    throwIfClosed();
    // Several at a time would find the work of the first done.
    keyspacesLock.lock();
    try {
      throwIfClosed();
      Optional<IOException> cause = writeFailure();
      cause.ifPresent(this::resume);
      return cause.isPresent();
    } finally {
      keyspacesLock.unlock();
    }
  }

  private void resume(IOException cause) {
    failures.writeFailed(cause);
    try {
      new DiskProbe(environment.storage()).run(new SplittableRandom(environment.seed()));
      // No commit may reach the old log any more, whether or not it was the log that failed.
      log.closeToAppends(cause);
      background.resume(
          () -> pipeline.freezeAll(keyspaces.all().stream().map(Keyspace::store).toList()));
    } catch (IOException e) {
      throw new EngineException.ReadOnly(cause, e);
    }
    deleteSegments(pipeline.startLogAnew());
    failures.writeResumed();
    room.changed();
    wakeMaintenance();
    background.wakeLogPrepare();
  }

  private void deleteSegments(List<Long> sequences) {
    try {
      log.deleteSegments(sequences);
    } catch (IOException _) {
      // The manifest does not name them: the next start deletes what is left.
    }
  }

  /// Ends reads and writes, makes runs of all memtables so that the next start has no log to read, and gives the directory
  /// back. What cannot be written any more stays in the log.
  @Override
  public void close() {
    backups.close();
    keyspacesLock.lock();
    try {
      if (closed) {
        return;
      }
      transactions.endAll();
      pipeline.close();
      background.close();
      finish();
    } catch (IOException e) {
      throw failures.ofWrite(e);
    } finally {
      keyspacesLock.unlock();
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
    closed = true;
    room.changed();
    failed = closeFiles(failed);
    if (failed != null) {
      throw failed;
    }
  }

  private void flushEverything() throws IOException {
    log.sync();
    boolean archived = logForArchive.finish();
    for (Keyspace keyspace : keyspaces.all()) {
      pipeline.freeze(keyspace.store());
      background.flushNow(keyspace.store());
    }
    if (!archived) {
      // The next start finds in the log what the archive lacks.
      return;
    }
    Change.LogStart end = new Change.LogStart(log.nextSequence(), visible.get());
    manifest.apply(_ -> VersionEdit.of(end, ids.next(), new Change.Closed()));
    log.deleteAll();
  }

  /// Closes whatever is open. Returns the first failure: the one given, or one of its own.
  private @Nullable IOException closeFiles(@Nullable IOException first) {
    closed = true;
    keyspaces.all().forEach(keyspace -> keyspace.store().close());
    IOException failed = first;
    for (AutoCloseable part : List.of(log, manifest, directoryLock)) {
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
