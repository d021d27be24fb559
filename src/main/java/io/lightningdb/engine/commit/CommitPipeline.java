package io.lightningdb.engine.commit;

import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CommitWriter;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The sequencer: makes commits one after the other.
///
/// Under one lock a commit is checked, gets its version, is appended to the log, changes the memtables and becomes visible, in
/// this order; so log order, version order and memtable order are one, a commit that is refused leaves no trace, and nobody
/// sees part of one. The lock is never held over a sync.
public final class CommitPipeline {
  private static final long[] NOTHING_OBSERVED = {};

  // Each but the first follows a flush that ended while the one before it went on.
  private static final int CHECKS_AHEAD_MAX = 8;

  private final LogWriter log;
  private final Premises premises;
  private final VisibleVersion visible;
  private final IntFunction<@Nullable KeyspaceStore> stores;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`: the commit that is in the log and not, or not wholly, in the memtables.
  // Nothing
  // follows it before it is applied.
  private @Nullable Unapplied unapplied;

  // Written under `lock`.
  private volatile boolean expiring;

  // Guarded by `lock`.
  private long steps;
  private boolean closed;
  private boolean switchedOff;

  /// Connects the parts.
  ///
  /// @param log takes the commits
  /// @param present its visible version is raised by each commit, its clock tells what has expired when one is made
  /// @param stores finds keyspaces by id
  public CommitPipeline(
      LogWriter log, Present present, IntFunction<@Nullable KeyspaceStore> stores) {
    this.log = log;
    this.premises = new Premises(present, stores);
    this.visible = present.visible();
    this.stores = stores;
  }

  /// What a commit did.
  ///
  /// @param version its version; for an empty commit the visible version
  /// @param observed for each condition the version found
  /// @param frozen whether a memtable is full now and waits for its flush
  public record Result(long version, long[] observed, boolean frozen) {}

  /// A commit that is in the log and could not be applied.
  ///
  /// @param body its operations, which nothing changes before it is applied: until then all writes are refused
  /// @param version its version, the next one that becomes visible
  /// @param failure why it could not be applied
  private record Unapplied(CommitWriter body, long version, IOException failure) {}

  /// Makes a commit. It survives the death of the process when this returns; for more, wait for the log.
  ///
  /// What conditions are about is read before the lock is taken, and again only if it was changed meanwhile: the lock is not held
  /// over a read of a file, unless flushes follow each other faster than reads.
  ///
  /// @param body what changes; finished
  /// @param conditions what must hold
  /// @param mode how it reaches the page cache
  /// @return what it did
  /// @throws ConditionFailedException if a condition does not hold
  /// @throws KeyspaceGoneException if a keyspace does not exist
  /// @throws SwitchedOffException if commits are refused
  /// @throws IOException if the log or a read failed
  public Result commit(CommitWriter body, List<Condition> conditions, AppendMode mode)
      throws ConditionFailedException, IOException {
    Set<Integer> keyspaces = Premises.keyspaces(conditions);
    for (int checks = 0; ; checks++) {
      Premises.Observed observed = premises.observe(conditions);
      lock.lock();
      try {
        throwIfRefused();
        checkKeyspaces(body);
        if (checks == CHECKS_AHEAD_MAX || !premises.readsRuns(keyspaces, observed.asOf())) {
          return append(body, premises.check(conditions, observed), mode);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /// Makes a commit even while commits are switched off.
  ///
  /// @param body the commit, finished
  /// @param mode how durable it is to be
  /// @return the version
  /// @throws KeyspaceGoneException if a keyspace does not exist
  /// @throws IOException if the log or a read failed
  public Result commitWhileSwitchedOff(CommitWriter body, AppendMode mode) throws IOException {
    lock.lock();
    try {
      throwIfStuck();
      checkKeyspaces(body);
      return append(body, NOTHING_OBSERVED, mode);
    } finally {
      lock.unlock();
    }
  }

  /// Makes the commit of a transaction, if nothing that it relies on has changed.
  ///
  /// A large footprint is checked twice: first without the lock, and then, under it, only against what was committed
  /// meanwhile. So is one whose check would read runs, since what it relies on was flushed after its snapshot: the lock is not
  /// held over a read of a file, unless flushes follow each other faster than checks.
  ///
  /// @param body what changes; finished, not empty
  /// @param footprint what must not have changed
  /// @param mode how it reaches the page cache
  /// @return what it did
  /// @throws ConflictException if something has changed
  /// @throws KeyspaceGoneException if a keyspace does not exist
  /// @throws SwitchedOffException if commits are refused
  /// @throws IOException if the log or a read failed
  public Result commit(CommitWriter body, Footprint footprint, AppendMode mode)
      throws ConflictException, IOException {
    Set<Integer> keyspaces = footprint.keyspaces();
    long checkedUpTo = footprint.snapshotVersion();
    boolean ahead = !footprint.isSmall();
    for (int checks = 0; ; checks++) {
      if (ahead) {
        long now = visible.get();
        premises.checkUnchanged(footprint, checkedUpTo);
        checkedUpTo = now;
      }
      lock.lock();
      try {
        throwIfRefused();
        checkKeyspaces(body);
        ahead = checks < CHECKS_AHEAD_MAX && premises.readsRuns(keyspaces, checkedUpTo);
        if (!ahead) {
          return commitChecked(body, footprint, checkedUpTo, mode);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private Result commitChecked(
      CommitWriter body, Footprint footprint, long checkedUpTo, AppendMode mode)
      throws ConflictException, IOException {
    if (visible.get() > checkedUpTo) {
      premises.checkUnchanged(footprint, checkedUpTo);
    }
    premises.checkUnexpired(footprint.firstToExpire());
    return append(body, NOTHING_OBSERVED, mode);
  }

  private Result append(CommitWriter body, long[] observed, AppendMode mode) throws IOException {
    if (body.operations() == 0) {
      return new Result(visible.get(), observed, false);
    }
    long version = visible.get() + 1;
    log.append(version, body.bytes(), body.length(), mode);
    Touched touched = applyAndPublish(body, version);
    return new Result(version, observed, touched.freezeFull());
  }

  private void throwIfRefused() throws IOException {
    throwIfStuck();
    if (switchedOff) {
      throw new SwitchedOffException();
    }
  }

  private void throwIfStuck() throws IOException {
    if (closed) {
      throw new StoreClosedException();
    }
    if (unapplied != null) {
      throw unapplied.failure();
    }
  }

  private void checkKeyspaces(CommitWriter body) throws KeyspaceGoneException {
    if (body.operations() == 0) {
      return;
    }
    CommitReader operations = new CommitReader(body.bytes(), body.length());
    while (operations.next()) {
      steps++;
      premises.store(operations.keyspaceId());
    }
  }

  private Touched applyAndPublish(CommitWriter body, long version) {
    try {
      Touched touched = apply(new CommitReader(body.bytes(), body.length()), version);
      // A scan that adds a gap now finds the puts, or the gap is found here.
      VarHandle.fullFence();
      if (touched.haveGaps()) {
        cutGaps(new CommitReader(body.bytes(), body.length()));
      }
      visible.publish(version);
      return touched;
    } catch (Throwable e) {
      // No reader may see half of it, and nothing may follow it.
      unapplied =
          new Unapplied(
              body,
              version,
              new IOException(
                  "commit %d is in the log and could not be applied: %s".formatted(version, e), e));
      throw e;
    }
  }

  private void cutGaps(CommitReader operations) {
    while (operations.next()) {
      steps++;
      KeyspaceStore store = operations.isPut() ? stores.apply(operations.keyspaceId()) : null;
      if (store != null && !store.gaps().isEmpty()) {
        store.gaps().cut(operations.key());
      }
    }
  }

  /// Applies a commit read from the log: the caller is recovery, alone. Changes of keyspaces that are gone, or in runs
  /// already, are left out.
  ///
  /// @param version its version
  /// @param operations its operations
  /// @param needed tells by keyspace id whether a change of this version is not in runs yet
  /// @return whether a memtable is full now
  public boolean replay(long version, CommitReader operations, ReplayFilter needed) {
    lock.lock();
    try {
      Touched touched = new Touched();
      @Nullable PendingPuts puts = operations.hasRange() ? new PendingPuts() : null;
      while (operations.next()) {
        steps++;
        KeyspaceStore store = stores.apply(operations.keyspaceId());
        if (store != null && needed.isNeeded(operations.keyspaceId(), version)) {
          applyOne(store, operations, version, puts);
          touched.add(store);
        }
      }
      visible.publish(Math.max(version, visible.get()));
      steps += puts == null ? 0 : puts.steps();
      return touched.freezeFull();
    } finally {
      lock.unlock();
    }
  }

  /// Decides what recovery applies.
  @FunctionalInterface
  public interface ReplayFilter {
    /// Tells whether a change is not in runs yet.
    ///
    /// @param keyspaceId its keyspace, which exists
    /// @param version its version
    /// @return false to leave it out
    boolean isNeeded(int keyspaceId, long version);
  }

  private Touched apply(CommitReader operations, long version) {
    Touched touched = new Touched();
    @Nullable PendingPuts puts = operations.hasRange() ? new PendingPuts() : null;
    while (operations.next()) {
      steps++;
      // Dropped since the commit was checked: the drop counts as the later one, and takes the
      // change with it.
      KeyspaceStore store = stores.apply(operations.keyspaceId());
      if (store != null) {
        applyOne(store, operations, version, puts);
        touched.add(store);
      }
    }
    steps += puts == null ? 0 : puts.steps();
    return touched;
  }

  private void applyOne(
      KeyspaceStore store, CommitReader operation, long version, @Nullable PendingPuts puts) {
    if (!expiring && operation.kind() == Operation.PUT_EXPIRING) {
      expiring = true;
    }
    Memtable memtable = store.peek().active();
    if (operation.isRange()) {
      KeyRange range = operation.range();
      long pieces = memtable.deletedRanges().steps();
      memtable.deleteRange(version, range);
      steps += memtable.deletedRanges().steps() - pieces;
      if (puts != null) {
        puts.takeWithin(store, range, key -> takeBack(memtable, key, version));
      }
    } else {
      memtable.apply(version, change(operation.kind(), operation));
      if (operation.isPut() && puts != null) {
        puts.add(store, operation.key());
      }
    }
  }

  private void takeBack(Memtable memtable, byte[] key, long version) {
    steps++;
    memtable.apply(
        version, new Memtable.Change(Operation.DELETE, key, 0, key.length, key.length, 0));
  }

  private static Memtable.Change change(int kind, CommitReader operation) {
    return new Memtable.Change(
        kind,
        operation.bytes(),
        operation.keyOffset(),
        operation.keyLength(),
        operation.storedValueOffset(),
        operation.storedValueLength());
  }

  /// The keyspaces that a commit changes, mostly one. *Confined to one thread.*
  private static final class Touched {
    private @Nullable KeyspaceStore first;
    private @Nullable Set<KeyspaceStore> others;

    void add(KeyspaceStore store) {
      if (first == null) {
        first = store;
      } else if (!store.equals(first)) {
        addOther(store);
      }
    }

    private void addOther(KeyspaceStore store) {
      Set<KeyspaceStore> known = others;
      if (known == null) {
        known = new HashSet<>();
        others = known;
      }
      known.add(store);
    }

    /// Tells whether scans have found gaps in any of them.
    boolean haveGaps() {
      return (first != null && !first.gaps().isEmpty())
          || (others != null && others.stream().anyMatch(store -> !store.gaps().isEmpty()));
    }

    /// Freezes the memtables that are full.
    ///
    /// @return whether any was
    boolean freezeFull() {
      boolean frozen = first != null && freezeIfFull(first);
      if (others != null) {
        for (KeyspaceStore store : others) {
          frozen |= freezeIfFull(store);
        }
      }
      return frozen;
    }

    private static boolean freezeIfFull(KeyspaceStore store) {
      boolean full = store.peek().active().isFull();
      if (full) {
        store.freeze();
      }
      return full;
    }
  }

  /// Freezes the active memtable of a keyspace, if there is anything in it, and no part of a commit that nobody may see.
  ///
  /// @param store the keyspace
  public void freeze(KeyspaceStore store) {
    lock.lock();
    try {
      if (unapplied == null && !store.peek().active().isEmpty()) {
        store.freeze();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Applies the commit that is in the log and could not be applied, if there is one, and makes it visible.
  ///
  /// It is applied from its beginning: within one version a later change of a key replaces an earlier one, and a range
  /// deletion is one however often it is added, so what was applied before changes nothing. If it fails again, it waits as before.
  public void applyLogged() {
    lock.lock();
    try {
      Unapplied waiting = unapplied;
      if (waiting == null) {
        return;
      }
      unapplied = null;
      applyAndPublish(waiting.body(), waiting.version());
    } finally {
      lock.unlock();
    }
  }

  /// Freezes the active memtables of keyspaces, between two commits.
  ///
  /// @param all the keyspaces
  /// @return newest commit in these memtables and those before them
  /// @throws IOException if a commit is in the log and not, or not wholly, in the memtables
  public long freezeAll(List<KeyspaceStore> all) throws IOException {
    lock.lock();
    try {
      throwIfStuck();
      for (KeyspaceStore store : all) {
        if (!store.peek().active().isEmpty()) {
          store.freeze();
        }
      }
      return visible.get();
    } finally {
      lock.unlock();
    }
  }

  /// Marks the end of the log, between two commits, if all of it is on stable storage; see [LogWriter#appendMark].
  ///
  /// @param momentMillis the greatest moment seen
  /// @return whether the mark was appended
  /// @throws IOException if the log failed
  public boolean mark(long momentMillis) throws IOException {
    lock.lock();
    try {
      return !closed && log.appendMark(momentMillis);
    } finally {
      lock.unlock();
    }
  }

  /// Tells whether a put that expires was made or replayed since the opening.
  ///
  /// @return true from the first one on
  public boolean hasExpiring() {
    return expiring;
  }

  /// Starts the log anew, between two commits.
  ///
  /// @return as [LogWriter#startAnew]
  public List<Long> startLogAnew() {
    lock.lock();
    try {
      return log.startAnew();
    } finally {
      lock.unlock();
    }
  }

  /// Refuses commits, or takes them again. When this returns, whatever commit is made is made as was said.
  ///
  /// @param off true to refuse them with [SwitchedOffException]
  public void switchOff(boolean off) {
    lock.lock();
    try {
      switchedOff = off;
    } finally {
      lock.unlock();
    }
  }

  /// What commits have done under the lock so far, those of the replay among them: operations looked at, pieces of range deletions
  /// passed, keys compared to find puts that a range deletion of the same commit takes back, and such puts.
  ///
  /// @return a count
  public long steps() {
    lock.lock();
    try {
      return steps;
    } finally {
      lock.unlock();
    }
  }

  /// Refuses commits from now on.
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /// Why no commit is possible any more, apart from failures of the log.
  ///
  /// @return the cause, or null
  public @Nullable IOException failure() {
    lock.lock();
    try {
      return unapplied == null ? null : unapplied.failure();
    } finally {
      lock.unlock();
    }
  }
}
