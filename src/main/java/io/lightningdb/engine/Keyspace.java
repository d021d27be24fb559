package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.cursor.Projections;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.View;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A named map from keys to values, ordered by key.
///
/// *Thread-safe.* Obtained from a [Database] and valid until the keyspace is dropped or the database closed. Arrays passed in
/// are copied or used up before a call returns; arrays returned belong to the caller.
public final class Keyspace {
  private final Engine engine;
  private final KeyspaceStore store;
  private final AutoLayout autoLayout = new AutoLayout();
  private volatile KeyspaceOptions options;

  Keyspace(Engine engine, KeyspaceStore store, KeyspaceOptions options) {
    this.engine = engine;
    this.store = store;
    this.options = options;
    store.accessCounts().counting(options.layout() == Layout.AUTO);
  }

  int id() {
    return store.id();
  }

  KeyspaceStore store() {
    return store;
  }

  Engine engine() {
    return engine;
  }

  void options(KeyspaceOptions changed) {
    options = changed;
    store.accessCounts().counting(changed.layout() == Layout.AUTO);
    engine.mayBeBehind(id());
  }

  /// How the runs are laid out at present.
  LayoutPolicy policy() {
    LayoutPolicy fixed = options.layout().policy();
    return fixed == null ? autoLayout.policy() : fixed;
  }

  /// Ends a window of the layout `AUTO`.
  ///
  /// @return whether another policy is in force now
  boolean adaptLayout(long millis) {
    boolean changed =
        options.layout() == Layout.AUTO && autoLayout.endWindow(name(), store.accesses(), millis);
    if (changed) {
      engine.mayBeBehind(id());
    }
    return changed;
  }

  /// The layout in force: that of the options, or what `AUTO` has come to.
  ///
  /// @return never `AUTO`
  public Layout effectiveLayout() {
    return Layout.of(policy());
  }

  /// What `AUTO` has decided since the database was opened, and why.
  ///
  /// @return the last 20 decisions at most, the newest last
  public List<LayoutDecision> layoutDecisions() {
    return autoLayout.decisions();
  }

  /// The name.
  ///
  /// @return as it was created
  public String name() {
    return store.name();
  }

  /// The options in force.
  ///
  /// @return they may be changed by [Database#configureKeyspace]
  public KeyspaceOptions options() {
    return options;
  }

  /// Figures of this moment.
  ///
  /// @return the figures
  public KeyspaceStats stats() {
    return engine.statistics().of(store);
  }

  /// What the keyspace is made of at this moment. Nothing waits for it: memtables and runs are looked at as readers see them.
  ///
  /// @param runFilesMax most run files to list, at least 0; the newest are
  /// @return memtables, run files by level, and compactions under way
  public KeyspaceShape shape(int runFilesMax) {
    return engine.statistics().shapeOf(store, policy(), runFilesMax);
  }

  /// Counts the older versions that are kept: those with a newer version of the same key in the same memtable or run file. An
  /// older version in another file than the newer one is not counted, so the figure is a lower bound until the keyspace is merged;
  /// when all is one run, it is exactly what history and snapshots keep.
  ///
  /// @return a count; of a run file that only part of its keys is still read of, the whole file counts
  /// @throws EngineException.Corruption if a run file is damaged
  public long versionsKept() {
    try {
      View view = store.pin();
      try {
        return Figures.versionsKept(view);
      } finally {
        view.unpin();
      }
    } catch (IOException e) {
      throw engine.failures().ofRead(e);
    }
  }

  /// Counts what scans of what is committed walk through for nothing.
  ///
  /// @return number of entries that they passed without showing them, because they were deleted or had expired, since the
  ///     database was opened
  public long entriesPassed() {
    return store.gaps().entriesPassed();
  }

  /// Reads the newest value of a key.
  ///
  /// @param key 1 to 4096 bytes
  /// @return the value, or null if there is none
  /// @throws EngineException.Corruption if what has to be read is damaged
  public byte @Nullable [] get(byte[] key) {
    WriteBatch.checkKey(key.length);
    return engine.read(store, key, Projections.VALUE);
  }

  /// Reads the value that a key had at a snapshot.
  ///
  /// @param key 1 to 4096 bytes
  /// @param snapshot open
  /// @return the value, or null if there was none
  /// @throws EngineException.Corruption if what has to be read is damaged
  public byte @Nullable [] get(byte[] key, Snapshot snapshot) {
    WriteBatch.checkKey(key.length);
    return engine.read(store, key, snapshot, Projections.VALUE);
  }

  /// Reads the newest value of a key, and its version.
  ///
  /// @param key 1 to 4096 bytes
  /// @return the entry, or null if there is none
  /// @throws EngineException.Corruption if what has to be read is damaged
  public @Nullable Entry entry(byte[] key) {
    WriteBatch.checkKey(key.length);
    return engine.readEntry(store, key);
  }

  /// Reads the value that a key had at a snapshot, and its version.
  ///
  /// @param key 1 to 4096 bytes
  /// @param snapshot open
  /// @return the entry, or null if there was none
  /// @throws EngineException.Corruption if what has to be read is damaged
  public @Nullable Entry entry(byte[] key, Snapshot snapshot) {
    WriteBatch.checkKey(key.length);
    return engine.readEntry(store, key, snapshot);
  }

  /// Tells how large the value is that a key had at a snapshot, without reading it.
  ///
  /// @param key 1 to 4096 bytes
  /// @param snapshot open
  /// @return in bytes; 0 if there was no entry
  /// @throws EngineException.Corruption if what has to be read is damaged
  public int valueBytes(byte[] key, Snapshot snapshot) {
    WriteBatch.checkKey(key.length);
    return engine.readValueBytes(store, key, snapshot);
  }

  /// Tells the versions of a key, as far back as every moment can be read, the one in force at that moment included.
  ///
  /// @param key 1 to 4096 bytes
  /// @param before only versions before this one
  /// @param max most versions, at least 1
  /// @param headBytes how much of each value is told; nothing of values of more than 64 KiB
  /// @return the newest of them
  /// @throws EngineException.Corruption if what has to be read is damaged
  public KeyHistory history(byte[] key, long before, int max, int headBytes) {
    WriteBatch.checkKey(key.length);
    return engine.history(store, key, before, max, headBytes);
  }

  /// Writes a value with the durability of the keyspace.
  ///
  /// @param key 1 to 4096 bytes
  /// @param value up to the limit of the database
  /// @return version of the commit
  /// @throws EngineException.LimitExceeded if the key or value is too large
  public long put(byte[] key, byte[] value) {
    return put(key, value, options.durability());
  }

  /// Writes a value.
  ///
  /// @param key 1 to 4096 bytes
  /// @param value up to the limit of the database
  /// @param durability what the write has survived when this returns
  /// @return version of the commit
  /// @throws EngineException.LimitExceeded if the key or value is too large
  public long put(byte[] key, byte[] value, Durability durability) {
    return put(key, value, Expiry.byDefault(), durability);
  }

  /// Writes a value that may expire.
  ///
  /// @param key 1 to 4096 bytes
  /// @param value up to the limit of the database
  /// @param expiry when the entry stops to be there
  /// @param durability what the write has survived when this returns
  /// @return version of the commit
  /// @throws EngineException.LimitExceeded if the key or value is too large
  public long put(byte[] key, byte[] value, Expiry expiry, Durability durability) {
    WriteBatch batch = new WriteBatch(48 + key.length + value.length);
    return engine.writePath().write(batch.put(this, key, value, expiry), durability);
  }

  /// Removes an entry, if there is one, with the durability of the keyspace.
  ///
  /// @param key 1 to 4096 bytes
  /// @return version of the commit
  public long delete(byte[] key) {
    return delete(key, options.durability());
  }

  /// Removes an entry, if there is one.
  ///
  /// @param key 1 to 4096 bytes
  /// @param durability what the removal has survived when this returns
  /// @return version of the commit
  public long delete(byte[] key, Durability durability) {
    WriteBatch batch = new WriteBatch(32 + key.length);
    return engine.writePath().write(batch.delete(this, key), durability);
  }

  /// Walks a range at a snapshot.
  ///
  /// @param range keys and direction
  /// @param snapshot open for as long as the scan is used
  /// @return a scan before its first entry, to be closed by the caller
  /// @throws EngineException.Corruption if what has to be read is damaged
  public Scan scan(Range range, Snapshot snapshot) {
    snapshot.throwIfClosed();
    return Scan.open(engine, store, range, snapshot, Scan.Ownership.BORROWED);
  }

  /// Walks a range as it is at this moment.
  ///
  /// @param range keys and direction
  /// @return a scan before its first entry, to be closed by the caller
  /// @throws EngineException.Corruption if what has to be read is damaged
  public Scan scan(Range range) {
    Snapshot snapshot = engine.snapshot("a scan");
    try {
      return Scan.open(engine, store, range, snapshot, Scan.Ownership.OWNED);
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  /// Makes all commits up to now runs, and waits for it.
  public void flush() {
    engine.manualCompaction().flush(store);
  }

  /// Merges all runs into one row, flushed first, and waits for it.
  public void compact() {
    compact(() -> false);
  }

  /// As [#compact()], unless somebody does not want it any more. What was merged by then stays merged.
  ///
  /// @param cancelled asked now and then, on another thread too; once it says true it must go on to do so
  /// @return false if it was cancelled
  public boolean compact(BooleanSupplier cancelled) {
    return engine.manualCompaction().compact(store, cancelled);
  }
}
