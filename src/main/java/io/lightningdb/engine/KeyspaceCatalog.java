package io.lightningdb.engine;

import io.lightningdb.engine.backup.KeyspaceDefinition;
import io.lightningdb.engine.backup.LogForArchive;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The keyspaces of an engine: finds, creates, changes and drops them. *Thread-safe.*
///
/// The parts of the engine and [Database] ask it. It is filled once by [#open], before any other thread is there. A
/// lookup is one volatile read: the table is immutable and replaced whole, durable first.
final class KeyspaceCatalog {
  private final Engine engine;
  private final Core core;
  private final LogForArchive logForArchive;
  private final Runnable wakeMerge;
  private final ReentrantLock lock = new ReentrantLock();

  // Replaced under the lock, read without it.
  private volatile KeyspaceTable table = new KeyspaceTable(List.of());

  /// Makes an empty catalog.
  ///
  /// @param engine that its keyspaces read and write through
  /// @param logForArchive is told of keyspaces that are dropped
  /// @param wakeMerge starts merges, which what is changed or dropped may have become due for
  KeyspaceCatalog(Engine engine, Core core, LogForArchive logForArchive, Runnable wakeMerge) {
    this.engine = engine;
    this.core = core;
    this.logForArchive = logForArchive;
    this.wakeMerge = wakeMerge;
  }

  /// Held while keyspaces come, change and go: the thread that has it finds them as they were.
  ReentrantLock lock() {
    return lock;
  }

  /// Takes in the keyspaces of a state that was recovered.
  void open(Version version) {
    List<Keyspace> opened = new ArrayList<>();
    for (KeyspaceRecord record : version.keyspaces().values()) {
      opened.add(newKeyspace(record, sharedRuns(version.databaseId(), record)));
    }
    table = new KeyspaceTable(opened);
    opened.forEach(keyspace -> engine.mayBeBehind(keyspace.id()));
  }

  /// All keyspaces.
  ///
  /// @return ascending by name
  List<Keyspace> all() {
    return table.all();
  }

  @Nullable Keyspace byName(String name) {
    return table.byName(name);
  }

  @Nullable Keyspace byId(int id) {
    return table.byId(id);
  }

  List<KeyspaceStore> stores() {
    return all().stream().map(Keyspace::store).toList();
  }

  @Nullable KeyspaceStore storeById(int id) {
    Keyspace keyspace = byId(id);
    return keyspace == null ? null : keyspace.store();
  }

  /// The options in force.
  ///
  /// @return the defaults, if the keyspace was dropped
  KeyspaceOptions optionsOf(KeyspaceStore store) {
    Keyspace keyspace = byId(store.id());
    return keyspace == null ? KeyspaceOptions.defaults() : keyspace.options();
  }

  /// Creates a keyspace, or gives it other options; durable when it returns.
  KeyspaceChange configure(String name, KeyspaceOptions wanted) {
    throwIfRefused();
    lock.lock();
    try {
      throwIfRefused();
      Keyspace found = byName(name);
      if (found == null) {
        create(name, wanted);
        return KeyspaceChange.CREATED;
      }
      if (found.options().equals(wanted)) {
        return KeyspaceChange.UNCHANGED;
      }
      record(new Change.KeyspaceSet(found.id(), name, withOptional(found.id(), wanted)));
      found.options(wanted);
      wakeMerge.run();
      return KeyspaceChange.CHANGED;
    } catch (IOException e) {
      throw core.failures().ofWrite(e);
    } finally {
      lock.unlock();
    }
  }

  /// Drops a keyspace; durable when it returns.
  ///
  /// @return false if there is none
  boolean drop(String name) {
    throwIfRefused();
    lock.lock();
    try {
      throwIfRefused();
      Keyspace found = byName(name);
      if (found != null) {
        drop(found);
      }
      return found != null;
    } catch (IOException e) {
      throw core.failures().ofWrite(e);
    } finally {
      lock.unlock();
    }
  }

  private void throwIfRefused() {
    core.availability().throwIfClosed();
    core.availability().throwIfWritesAreRefused();
  }

  private void create(String name, KeyspaceOptions wanted) throws IOException {
    long count = all().stream().filter(KeyspaceCatalog::isCounted).count() + 1;
    int countMax = core.options().keyspacesMax();
    if (!name.startsWith(Database.INTERNAL_PREFIX)
        && count > Math.min(countMax, Limits.KEYSPACES_MAX)) {
      throw new EngineException.LimitExceeded("keyspaces-max", countMax, count);
    }
    int id = core.ids().takeKeyspaceId();
    record(new Change.KeyspaceSet(id, name, wanted.toProperties()));
    KeyspaceRecord created = new KeyspaceRecord(id, name, wanted.toProperties(), 0, 0, List.of());
    table = table.with(newKeyspace(created, List.of()));
  }

  private static boolean isCounted(Keyspace keyspace) {
    return !keyspace.name().startsWith(Database.INTERNAL_PREFIX);
  }

  private void drop(Keyspace keyspace) throws IOException {
    var definition =
        new KeyspaceDefinition(
            keyspace.id(), keyspace.name(), withOptional(keyspace.id(), keyspace.options()));
    // Before, so that no piece of the archive is without it; and behind, for what is committed
    // meanwhile.
    logForArchive.dropped(definition, core.visible().get());
    record(new Change.KeyspaceDropped(keyspace.id()));
    logForArchive.dropped(definition, core.visible().get());
    table = table.without(keyspace);
    keyspace.store().drop();
    wakeMerge.run();
    core.room().changed();
  }

  /// Options as they are stored, with those that a later engine has added and this one passes on.
  private SortedMap<String, String> withOptional(int id, KeyspaceOptions options) {
    SortedMap<String, String> all = options.toProperties();
    KeyspaceRecord stored = core.manifest().current().keyspace(id);
    if (stored != null) {
      stored
          .options()
          .forEach((name, value) -> {
            if (KeyspaceOptions.isOptional(name)) {
              all.put(name, value);
            }
          });
    }
    return all;
  }

  private void record(Change change) throws IOException {
    core.manifest().apply(_ -> VersionEdit.of(change, core.ids().next()));
  }

  private Keyspace newKeyspace(KeyspaceRecord record, List<SharedRun> runs) {
    KeyspaceStore store =
        new KeyspaceStore(
            record.id(),
            record.name(),
            new KeyspaceStore.Memtables(this::newMemtable, engine::mayBeBehind),
            runs,
            record.historyFloor(),
            core.memory().account(MemoryBudget.Part.RUNS));
    return new Keyspace(engine, store, KeyspaceOptions.fromProperties(record.options()));
  }

  private Memtable newMemtable() {
    return new Memtable(
        core.options().memtableBytesMaxWithinMemory(),
        core.memory().account(MemoryBudget.Part.MEMTABLES));
  }

  private List<SharedRun> sharedRuns(long databaseId, KeyspaceRecord keyspace) {
    Map<Long, SharedRun> byFile = new HashMap<>();
    List<SharedRun> runs = new ArrayList<>();
    for (RunRecord record : keyspace.runs()) {
      SharedRun first =
          byFile.computeIfAbsent(
              record.fileId(),
              fileId -> {
                var identity = new RunWriter.Identity(databaseId, keyspace.id(), fileId);
                return new SharedRun(record, newRun(identity), this::runUnused);
              });
      runs.add(first.with(record));
    }
    return runs;
  }

  private Run newRun(RunWriter.Identity identity) {
    return new Run(
        core.environment().storage(),
        identity,
        core.memory().cache(),
        core.memory().account(MemoryBudget.Part.RUNS));
  }

  /// No view of any keyspace uses the file any more.
  void runUnused(SharedRun.SharedFile run) {
    run.run().close();
    // After the end another process may have the directory; the next start deletes what no state
    // names.
    if (run.isObsolete() && !core.availability().isClosed()) {
      try {
        core.environment().storage().delete(run.run().name());
      } catch (IOException e) {
        core.failures().writeFailed(e);
      }
    }
  }
}
