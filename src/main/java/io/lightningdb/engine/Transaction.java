package io.lightningdb.engine;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.commit.Footprint;
import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Gaps;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.store.View;
import io.lightningdb.engine.transaction.DeadlockException;
import io.lightningdb.engine.transaction.KeyRef;
import io.lightningdb.engine.transaction.LockTable;
import io.lightningdb.engine.transaction.ReadSet;
import io.lightningdb.engine.transaction.TrackedCursor;
import io.lightningdb.engine.transaction.WriteSet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads one moment and its own writes, and makes these writes one commit at the end, or none.
///
/// *Thread-safe*: calls are carried out one after the other. Nothing of it is in the log before it commits, and nothing
/// ever if it does not. It ends by [#commit], [#rollback], [#close], or by itself when its lease or its age is over;
/// then it lets go of its snapshot and its locks.
public final class Transaction implements AutoCloseable {
  // The transaction, its lock, its empty sets, and its entry in the table.
  private static final long BYTES = 500;

  // A savepoint, and its place in a map by its number.
  private static final long SAVEPOINT_BYTES = 48 + HeapBytes.TREE_ENTRY + HeapBytes.LONG;

  private final TransactionTable table;
  private final long id;
  private final TransactionOptions options;
  private final SnapshotRegistry.Registration snapshot;
  private final long startedNanos;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`.
  private WriteSet writes = new WriteSet();
  private ReadSet reads = new ReadSet();
  private long charged;
  private long savepoints;
  private long locks;

  // Written under `lock`, read without it.
  private volatile long leaseEndNanos;
  private volatile State state = State.ACTIVE;
  private volatile long committedVersion;

  // Written by the thread that wants to end it, before taking `lock`; read by the one that waits
  // for a lock of
  // the table under `lock`.
  private volatile @Nullable State endWanted;

  /// Where a transaction stands.
  public enum State {
    /// It can be used.
    ACTIVE,
    /// It is committed.
    COMMITTED,
    /// It was rolled back by its owner, or because it conflicted or gave way in a deadlock.
    ROLLED_BACK,
    /// It was rolled back because its lease or age was over, or an operator ended it.
    EXPIRED
  }

  /// A mark to come back to. Immutable.
  public static final class Savepoint {
    private final Transaction transaction;
    private final long number;
    private final int writes;
    private final long lastVersion;
    private final long lastLock;

    private Savepoint(Transaction transaction) {
      this.transaction = transaction;
      this.number = ++transaction.savepoints;
      this.writes = transaction.writes.size();
      this.lastVersion = transaction.writes.lastVersion();
      this.lastLock = transaction.table.locks().lastNumber();
    }

    /// Its place among the savepoints of its transaction.
    ///
    /// @return from 1
    public long number() {
      return number;
    }

    private boolean isValidIn(Transaction other) {
      return transaction.id == other.id && other.writes.startsWith(writes, lastVersion);
    }
  }

  Transaction(
      TransactionTable table,
      long id,
      TransactionOptions options,
      SnapshotRegistry.Registration snapshot) {
    this.table = table;
    this.id = id;
    this.options = options;
    this.snapshot = snapshot;
    this.startedNanos = table.nanoTime();
    this.leaseEndNanos = startedNanos + options.lease().toNanos();
    this.charged = BYTES + HeapBytes.of(options.owner());
    table.charge(options.account(), charged);
  }

  /// Number of the transaction, unique while the database is open; the greater, the younger.
  ///
  /// @return its id
  public long id() {
    return id;
  }

  /// How it behaves.
  ///
  /// @return as it was begun
  public TransactionOptions options() {
    return options;
  }

  long snapshotId() {
    return snapshot.id();
  }

  /// The version that it reads.
  ///
  /// @return number of the newest commit that it sees
  public long snapshotVersion() {
    return snapshot.version();
  }

  /// Where it stands.
  ///
  /// @return the state
  public State state() {
    return state;
  }

  /// The version of its commit.
  ///
  /// @return 0 unless it is committed
  public long committedVersion() {
    return committedVersion;
  }

  /// Time until it ends by itself, if it is not used.
  ///
  /// @return not negative
  public Duration remaining() {
    long now = table.nanoTime();
    long ageEnd = startedNanos + options.ageMax().toNanos();
    long left = Math.min(leaseEndNanos - now, ageEnd - now);
    return Duration.ofNanos(Math.max(0, left));
  }

  /// Time since it was begun.
  ///
  /// @return not negative
  public Duration age() {
    return Duration.ofNanos(Math.max(0, table.nanoTime() - startedNanos));
  }

  /// Starts the lease anew.
  ///
  /// @throws EngineException.TransactionEnded if it has ended
  public void keepAlive() {
    inUse(() -> {});
  }

  /// Work on an active transaction.
  private interface Work {
    void run() throws IOException;
  }

  private void inUse(Work work) {
    lock.lock();
    try {
      throwUnlessActive();
      leaseEndNanos = table.nanoTime() + options.lease().toNanos();
      work.run();
    } catch (IOException e) {
      throw table.engine().failures().ofRead(e);
    } finally {
      settle();
      lock.unlock();
    }
  }

  /// Pays for what it holds by now, be it more or less than was asked for beforehand.
  private void settle() {
    if (state == State.ACTIVE) {
      long held = heapBytes();
      if (held != charged) {
        table.settle(options.account(), held - charged);
        charged = held;
      }
    }
  }

  private long heapBytes() {
    return BYTES
        + HeapBytes.of(options.owner())
        + writes.heapBytes()
        + reads.bytes()
        + locks * LockTable.lockBytes()
        + savepoints * SAVEPOINT_BYTES;
  }

  private void throwUnlessActive() {
    table.engine().throwIfClosed();
    if (state == State.ACTIVE && remaining().isZero()) {
      end(State.EXPIRED);
    }
    if (state != State.ACTIVE) {
      throw new EngineException.TransactionEnded(id, state);
    }
  }

  /// Reads a value.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return the value, the transaction's own if it has written the key; null if there is none
  /// @throws EngineException.LimitExceeded if the transaction has read and written too much
  /// @throws EngineException.TransactionEnded if it has ended
  public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
    Entry found = entry(keyspace, key);
    return found == null ? null : found.value();
  }

  /// Reads a value and its version.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return the entry, with version 0 if the transaction itself wrote it; null if there is none
  /// @throws EngineException.LimitExceeded if the transaction has read and written too much
  /// @throws EngineException.TransactionEnded if it has ended
  public @Nullable Entry entry(Keyspace keyspace, byte[] key) {
    WriteBatch.checkKey(key.length);
    @Nullable Entry[] found = new Entry[1];
    inUse(() -> found[0] = read(keyspace, key));
    return found[0];
  }

  /// Tells how large a value is, without reading it. What was only measured is not among the reads that a commit relies
  /// on.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return in bytes; 0 if there is no entry
  /// @throws EngineException.TransactionEnded if it has ended
  public int valueBytes(Keyspace keyspace, byte[] key) {
    WriteBatch.checkKey(key.length);
    int[] found = new int[1];
    inUse(() -> found[0] = readValueBytes(keyspace, key));
    return found[0];
  }

  private int readValueBytes(Keyspace keyspace, byte[] key) {
    WriteSet.Own own = writes.find(keyspace.id(), key, snapshot.instantMillis());
    if (own == null) {
      return table.engine().readValueBytes(keyspace.store(), key, snapshot);
    }
    byte[] value = own.value();
    return value == null ? 0 : value.length;
  }

  private @Nullable Entry read(Keyspace keyspace, byte[] key) {
    WriteSet.Own own = writes.find(keyspace.id(), key, snapshot.instantMillis());
    if (own != null) {
      byte[] value = own.value();
      return value == null ? null : new Entry(value, 0, own.expiryMillis());
    }
    Entry found = table.engine().readEntry(keyspace.store(), key, snapshot);
    if (tracksReads()) {
      KeyRef ref = new KeyRef(keyspace.id(), key.clone());
      throwIfTooLarge(reads.bytesOf(ref));
      reserve(reads.bytesOf(ref));
      reads.add(ref);
      reads.found(ref, found == null ? ExpiryTime.NEVER : found.expiryMillis());
    }
    return found;
  }

  private boolean tracksReads() {
    return options.isolation() == Isolation.SERIALIZABLE
        && options.access() == TransactionOptions.Access.READ_WRITE;
  }

  /// Walks a range: what the snapshot has, and the transaction's own writes up to now.
  ///
  /// @param keyspace where
  /// @param range keys and direction
  /// @return a scan, to be closed by the caller; it fails once the transaction has ended. Own entries have version 0
  /// @throws EngineException.LimitExceeded if the transaction has read and written too much
  /// @throws EngineException.TransactionEnded if it has ended
  public Scan scan(Keyspace keyspace, Range range) {
    @Nullable Scan[] opened = new Scan[1];
    inUse(() -> opened[0] = open(keyspace, range));
    Scan scan = opened[0];
    if (scan == null) {
      throw new IllegalStateException("the scan was not opened");
    }
    return scan;
  }

  private Scan open(Keyspace keyspace, Range range) throws IOException {
    ReadView.Direction direction =
        range.isReversed() ? ReadView.Direction.REVERSE : ReadView.Direction.FORWARD;
    KeyRange keys = range.keys();
    if (tracksReads()) {
      throwIfTooLarge(ReadSet.bytesOf(keys));
      reserve(ReadSet.bytesOf(keys));
    }
    keyspace.store().accessCounts().scan();
    View view = keyspace.store().pin();
    boolean done = false;
    try {
      ReadView readView =
          new ReadView(keys, direction, snapshot.version(), snapshot.instantMillis());
      Gaps gaps = keyspace.store().gaps();
      EntryCursor both = writes.over(keyspace.id(), part -> view.cursor(part, gaps), readView);
      EntryCursor tracked =
          tracksReads()
              ? new TrackedCursor(both, keys, direction, walk(keyspace.id(), keys, direction), lock)
              : both;
      Scan scan =
          Scan.of(
              table.engine(),
              new Scan.Source(keyspace.store(), view, tracked),
              new Snapshot(snapshot, Snapshot.Moment.PRESENT));
      done = true;
      return scan;
    } finally {
      if (!done) {
        view.unpin();
      }
    }
  }

  /// Entries that scans passed because the transaction had deleted them itself.
  long entriesPassed() {
    return writes.entriesPassed();
  }

  private ReadSet.Walked walk(int keyspaceId, KeyRange keys, ReadView.Direction direction) {
    byte[] upper = keys.upper();
    byte[] start = direction == ReadView.Direction.FORWARD || upper == null ? keys.lower() : upper;
    return reads.walk(keyspaceId, new KeyRange(start, start), ReadSet.bytesOf(keys));
  }

  /// Adds an entry or replaces it.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param value up to the limit of the database
  /// @throws EngineException.LimitExceeded if the key, the value or the transaction is too large
  /// @throws EngineException.TransactionEnded if it has ended
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    put(keyspace, key, value, Expiry.byDefault());
  }

  /// Adds an entry or replaces it, for some time.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param value up to the limit of the database
  /// @param expiry when the entry stops to be there; a time to live starts now, and not at the commit
  /// @throws EngineException.LimitExceeded if the key, the value or the transaction is too large
  /// @throws EngineException.TransactionEnded if it has ended
  public void put(Keyspace keyspace, byte[] key, byte[] value, Expiry expiry) {
    WriteBatch.checkKey(key.length);
    int valueBytesMax = table.engine().options().valueBytesMax();
    if (value.length > valueBytesMax) {
      throw new EngineException.LimitExceeded("value-bytes-max", valueBytesMax, value.length);
    }
    write(new WriteSet.Put(keyspace.id(), key, value, expiry.millis(keyspace)));
  }

  /// Removes an entry, if there is one.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @throws EngineException.LimitExceeded if the key or the transaction is too large
  /// @throws EngineException.TransactionEnded if it has ended
  public void delete(Keyspace keyspace, byte[] key) {
    WriteBatch.checkKey(key.length);
    write(new WriteSet.Delete(keyspace.id(), key));
  }

  /// Removes all entries of a range. Conflicts with every writer into the range.
  ///
  /// @param keyspace where
  /// @param range what; its direction has no meaning here
  /// @throws EngineException.LimitExceeded if a bound or the transaction is too large
  /// @throws EngineException.TransactionEnded if it has ended
  public void deleteRange(Keyspace keyspace, Range range) {
    // For its checks of the bounds.
    new WriteBatch().deleteRange(keyspace, range);
    if (!range.keys().isEmpty()) {
      write(new WriteSet.DeleteRange(keyspace.id(), range.keys()));
    }
  }

  private void write(WriteSet.Write write) {
    if (options.access() == TransactionOptions.Access.READ_ONLY) {
      throw new IllegalArgumentException("transaction " + id + " is read-only");
    }
    inUse(() -> {
      throwIfTooLarge(write.bytes());
      reserve(writes.heapBytesOf(write));
      writes.add(write);
    });
  }

  private void throwIfTooLarge(long moreBytes) {
    long bytes = writes.bytes() + reads.bytes() + locks * LockTable.lockBytes() + moreBytes;
    int bytesMax = table.limits().bytesMax();
    if (bytes > bytesMax) {
      throw new EngineException.LimitExceeded("transaction-bytes-max", bytesMax, bytes);
    }
  }

  /// Pays beforehand; what is too much by then is given back when the call ends.
  private void reserve(long moreBytes) {
    // What is read once more costs nothing, and is never refused.
    if (moreBytes > 0) {
      table.charge(options.account(), moreBytes);
      charged += moreBytes;
    }
  }

  /// Marks this moment.
  ///
  /// @return to be given to [#rollbackTo]
  /// @throws EngineException.TransactionEnded if it has ended
  public Savepoint savepoint() {
    @Nullable Savepoint[] made = new Savepoint[1];
    inUse(() -> {
      reserve(SAVEPOINT_BYTES);
      made[0] = new Savepoint(this);
    });
    Savepoint savepoint = made[0];
    if (savepoint == null) {
      throw new IllegalStateException("the savepoint was not made");
    }
    return savepoint;
  }

  /// Takes back what was written, and gives back the locks taken, since a savepoint. What was read stays read.
  ///
  /// @param savepoint of this transaction; savepoints behind it are void afterwards
  /// @throws IllegalArgumentException if the savepoint is of another transaction or void
  /// @throws EngineException.TransactionEnded if it has ended
  public void rollbackTo(Savepoint savepoint) {
    inUse(() -> {
      if (!savepoint.isValidIn(this)) {
        throw new IllegalArgumentException(
            "savepoint "
                + savepoint.number
                + " is of another transaction, or was undone by an earlier rollback");
      }
      writes.truncate(savepoint.writes);
      table.locks().releaseSince(id, savepoint.lastLock);
      locks = table.locks().countOf(id);
    });
  }

  /// Locks a key against other transactions that ask for it, and makes sure that it is as the snapshot sees it, now and
  /// at the commit.
  ///
  /// A writer of the key that does not ask makes the commit conflict, at either level of isolation, also if the lock
  /// was given back to a savepoint.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes, present or absent
  /// @throws EngineException.Deadlock if this transaction has to give way; it is rolled back
  /// @throws EngineException.LockTimeout if the lock is held for longer than a transaction waits; it goes on without
  /// @throws EngineException.DeadlineExceeded if the lock is held beyond the deadline of the caller; it goes on without
  /// @throws EngineException.TransactionConflict if the key was changed after the snapshot; it is rolled back
  /// @throws EngineException.TransactionEnded if it has ended
  public void lockForUpdate(Keyspace keyspace, byte[] key) {
    WriteBatch.checkKey(key.length);
    inUse(() -> {
      KeyRef ref = new KeyRef(keyspace.id(), key.clone());
      long more = reads.bytesOf(ref) + LockTable.lockBytes();
      throwIfTooLarge(more);
      reserve(more);
      long longest = Math.min(table.limits().lockWaitMax().toNanos(), remaining().toNanos());
      long wait = Deadline.bound(longest);
      if (!lock(ref, wait)) {
        throwIfEndWanted();
        EngineException.DeadlineExceeded.throwIfPast("a wait for a lock");
        throw new EngineException.LockTimeout(id, Duration.ofNanos(wait));
      }
      throwUnlessActive();
      locks = table.locks().countOf(id);
      reads.add(ref);
      if (keyspace.store().isChangedSince(key, snapshot.version())) {
        end(State.ROLLED_BACK);
        table.conflicted();
        throw new EngineException.TransactionConflict(keyspace.name(), key);
      }
    });
  }

  /// A thread that wants to end this transaction waits until it does not wait for a lock any more.
  private void throwIfEndWanted() {
    State wanted = endWanted;
    if (wanted != null) {
      end(wanted);
      throw new EngineException.TransactionEnded(id, wanted);
    }
  }

  private boolean lock(KeyRef ref, long waitNanos) {
    try {
      return table.locks().lock(id, ref, waitNanos, () -> endWanted != null);
    } catch (DeadlockException e) {
      end(State.ROLLED_BACK);
      table.deadlocked();
      throw new EngineException.Deadlock(id, e.cycle());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Commits, `SYNCED`.
  ///
  /// @return version of the commit; of a transaction that wrote nothing the version it read at
  /// @throws EngineException.TransactionConflict if another commit got in its way; it is rolled back
  /// @throws EngineException.TransactionEnded if it has ended otherwise than by a commit
  public long commit() {
    return commit(Durability.SYNCED);
  }

  /// Commits. Repeating a commit that succeeded gives the same answer.
  ///
  /// @param durability what the commit has survived when this returns
  /// @return version of the commit; of a transaction that wrote nothing the version it read at
  /// @throws EngineException.TransactionConflict if another commit got in its way; it is rolled back
  /// @throws EngineException.TransactionEnded if it has ended otherwise than by a commit
  public long commit(Durability durability) {
    return commit(durability, _ -> {});
  }

  /// Commits, with further writes that were not read and that are gone if the commit fails. Repeating a commit that
  /// succeeded gives the same answer and adds nothing.
  ///
  /// @param durability what the commit has survived when this returns
  /// @param last may add to the commit, after all that the transaction wrote
  /// @return version of the commit; of one that writes nothing the version the transaction read at
  /// @throws EngineException.TransactionConflict if another commit got in its way; it is rolled back
  /// @throws EngineException.TransactionEnded if it has ended otherwise than by a commit
  public long commit(Durability durability, Consumer<WriteBatch> last) {
    WritePath writePath = table.engine().writePath();
    long begun = writePath.commitBegins(durability);
    long version = commitOnce(durability, last);
    // Others see the commit by now, so nothing of the transaction is held until it is durable; and
    // a repeated commit may ask for more than the first time.
    if (durability == Durability.SYNCED && version > snapshot.version()) {
      writePath.awaitDurable(version);
    }
    if (version > snapshot.version()) {
      writePath.commitEnds(durability, begun);
    }
    return version;
  }

  private long commitOnce(Durability durability, Consumer<WriteBatch> last) {
    lock.lock();
    try {
      if (state == State.COMMITTED) {
        return committedVersion;
      }
      throwUnlessActive();
      WriteBatch batch = batch();
      last.accept(batch);
      committedVersion = batch.size() == 0 ? snapshot.version() : write(batch, durability);
      end(State.COMMITTED);
      return committedVersion;
    } catch (EngineException.TransactionConflict e) {
      end(State.ROLLED_BACK);
      table.conflicted();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private long write(WriteBatch batch, Durability durability) {
    return table.engine().writePath().write(batch, footprint(), durability);
  }

  /// What it would commit now.
  WriteBatch batch() {
    WriteBatch batch = new WriteBatch();
    writes.forEach(write -> {
      switch (write) {
        case WriteSet.Put(int keyspace, byte[] key, byte[] value, long expiryMillis) ->
            batch.writer().put(keyspace, key, value, expiryMillis);
        case WriteSet.Delete(int keyspace, byte[] key) -> batch.writer().delete(keyspace, key);
        case WriteSet.DeleteRange(int keyspace, KeyRange range) ->
            batch.writer().deleteRange(keyspace, range);
      }
    });
    return batch;
  }

  private Footprint footprint() {
    List<Footprint.Key> keys = new ArrayList<>();
    List<Footprint.Span> spans = new ArrayList<>();
    reads.keys().forEach(key -> keys.add(new Footprint.Key(key.keyspaceId(), key.key())));
    for (ReadSet.Walked walked : reads.ranges()) {
      if (!walked.range().isEmpty()) {
        spans.add(new Footprint.Span(walked.keyspaceId(), walked.range()));
      }
    }
    writes.forEachTarget(
        key -> keys.add(new Footprint.Key(key.keyspaceId(), key.key())),
        deleted -> spans.add(new Footprint.Span(deleted.keyspaceId(), deleted.range())));
    return new Footprint(snapshot.version(), keys, spans, firstToExpire());
  }

  private Footprint.@Nullable Expiring firstToExpire() {
    KeyRef key = reads.firstToExpire();
    return key == null
        ? null
        : new Footprint.Expiring(
            new Footprint.Key(key.keyspaceId(), key.key()), reads.firstExpiryMillis());
  }

  /// Gives up everything written. Without effect on a transaction that has ended.
  public void rollback() {
    endIfActive(State.ROLLED_BACK);
  }

  /// Ends the transaction of another caller: it is rolled back, and says that it has expired. Without effect on a
  /// transaction that has ended.
  public void expire() {
    endIfActive(State.EXPIRED);
  }

  /// As [#rollback].
  @Override
  public void close() {
    rollback();
  }

  void endIfActive(State how) {
    if (state != State.ACTIVE) {
      return;
    }
    if (!lock.tryLock()) {
      endWanted = how;
      table.locks().wake(id);
      lock.lock();
    }
    try {
      if (state == State.ACTIVE) {
        end(how);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends it if its lease or age is over and it is not in use right now. Returns whether it has ended.
  boolean expireIfDue() {
    if (!remaining().isZero() || !lock.tryLock()) {
      return false;
    }
    try {
      if (state == State.ACTIVE && remaining().isZero()) {
        end(State.EXPIRED);
      }
      return state != State.ACTIVE;
    } finally {
      lock.unlock();
    }
  }

  private void end(State how) {
    state = how;
    snapshot.close();
    table.settle(options.account(), -charged);
    charged = 0;
    // What nothing is paid for is not held either, even by those who keep the transaction.
    writes = new WriteSet();
    reads = new ReadSet();
    table.locks().releaseAll(id);
    table.ended(this);
    options.account().ended();
  }
}
