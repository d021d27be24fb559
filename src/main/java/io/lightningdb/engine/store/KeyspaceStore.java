package io.lightningdb.engine.store;

import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.Gaps;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.Projections;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The memtables and runs of one keyspace. *Thread-safe*, except that [#freeze] and changes of the active memtable are for
/// the holder of the sequencer's lock.
public final class KeyspaceStore {
  private static final Comparator<SharedRun> ORDER =
      Comparator.comparing((SharedRun run) -> run.record().place())
          .thenComparing((a, b) ->
              Arrays.compareUnsigned(a.record().bounds().lower(), b.record().bounds().lower()));

  private final int id;
  private final String name;
  private final Memtables memtables;

  // Taken to replace the view, never while reading.
  private final ReentrantLock viewLock = new ReentrantLock();
  private final AccessCounts accessCounts = new AccessCounts();
  private final Gaps gaps;
  private volatile View view;
  private volatile State state = State.OPEN;
  private volatile List<KeyRange> closedRanges = List.of();

  /// Where the memtables of a keyspace come from.
  ///
  /// @param empty makes an empty one
  /// @param frozen is told the id of the keyspace when one was frozen, on the thread that did it
  public record Memtables(Supplier<Memtable> empty, IntConsumer frozen) {}

  private enum State {
    OPEN,
    DROPPED,
    CLOSED
  }

  /// Opens a keyspace.
  ///
  /// @param id its id
  /// @param name its name
  /// @param memtables where its memtables come from
  /// @param runs its runs in any order
  /// @param historyFloor from this version on every moment can be read in full
  /// @param account pays for what is known of where scans found nothing
  public KeyspaceStore(
      int id,
      String name,
      Memtables memtables,
      List<SharedRun> runs,
      long historyFloor,
      MemoryAccount account) {
    this.id = id;
    this.name = name;
    this.memtables = memtables;
    this.gaps = new Gaps((range, version) -> peek().isUntouched(range, version), account);
    this.view = new View(memtables.empty().get(), List.of(), sorted(runs), historyFloor);
  }

  private static List<SharedRun> sorted(List<SharedRun> runs) {
    return runs.stream().sorted(ORDER).toList();
  }

  /// The id of the keyspace.
  ///
  /// @return its id
  public int id() {
    return id;
  }

  /// The name of the keyspace.
  ///
  /// @return its name
  public String name() {
    return name;
  }

  /// Where scans found nothing.
  ///
  /// @return to be used by scans, and cut by commits
  public Gaps gaps() {
    return gaps;
  }

  /// Counts how the keyspace is used.
  ///
  /// @return to be switched on and told of scans
  public AccessCounts accessCounts() {
    return accessCounts;
  }

  /// How the keyspace was used so far, as far as it was counted.
  ///
  /// @return the sums
  public AccessCounts.Sums accesses() {
    return accessCounts.sums(view.active().entries());
  }

  /// Tells whether the keyspace was dropped.
  ///
  /// @return true once it was
  public boolean isDropped() {
    return state == State.DROPPED;
  }

  /// Pins the current view.
  ///
  /// @return to be unpinned by the caller
  /// @throws KeyspaceGoneException if the keyspace was dropped
  /// @throws StoreClosedException if the database was closed
  public View pin() throws IOException {
    while (true) {
      // The state is read after the view: a view that has lost its runs comes with the state that
      // says why.
      View current = view;
      throwUnlessOpen();
      if (current.tryPin()) {
        return current;
      }
    }
  }

  /// Keeps the files of the current runs, without keeping the memtables beside them in memory as a pinned view does.
  ///
  /// @return to be closed by the caller
  /// @throws KeyspaceGoneException if the keyspace was dropped
  /// @throws StoreClosedException if the database was closed
  public PinnedRuns pinRuns() throws IOException {
    return pinRuns(_ -> true);
  }

  /// Keeps the files of some of the current runs.
  ///
  /// @param wanted tells which
  /// @return to be closed by the caller
  /// @throws KeyspaceGoneException if the keyspace was dropped
  /// @throws StoreClosedException if the database was closed
  public PinnedRuns pinRuns(Predicate<RunRecord> wanted) throws IOException {
    View pinned = pin();
    try {
      return new PinnedRuns(
          pinned.runs().stream().filter(run -> wanted.test(run.record())).toList());
    } finally {
      pinned.unpin();
    }
  }

  private void throwUnlessOpen() throws IOException {
    switch (state) {
      case OPEN -> {}
      case DROPPED -> throw new KeyspaceGoneException(name);
      case CLOSED -> throw new StoreClosedException();
    }
  }

  /// Keys that merges have to leave alone, because something that holds them is damaged.
  ///
  /// @return not overlapping; none as a rule
  public List<KeyRange> closedRanges() {
    return closedRanges;
  }

  /// Says which keys merges have to leave alone.
  ///
  /// @param ranges not overlapping
  public void closeToMerges(List<KeyRange> ranges) {
    closedRanges = List.copyOf(ranges);
  }

  /// Number of rows in level 0 that wait to be merged.
  ///
  /// @return a count, in which what merges have to leave alone does not count
  public int newestLevelRows() {
    List<KeyRange> closed = closedRanges;
    View current = view;
    return closed.isEmpty()
        ? current.newestLevelRows()
        : (int)
            current.runs().stream()
                .map(SharedRun::record)
                .filter(run -> run.place().level() == 0)
                .filter(run -> closed.stream().noneMatch(range -> range.covers(run.bounds())))
                .map(RunRecord::place)
                .distinct()
                .count();
  }

  /// The current view, for looking at its shape without reading from its runs.
  ///
  /// @return not pinned
  public View peek() {
    return view;
  }

  /// Reads an entry.
  ///
  /// The read version is asked for after the view is pinned: then nothing that it sees can have been merged away.
  ///
  /// @param <T> what is made of the entry
  /// @param key any key
  /// @param moment of the read
  /// @param projection makes the result
  /// @return the result, or null if there is no entry
  /// @throws IOException if a run cannot be read or is damaged, or the keyspace was dropped
  public <T> @Nullable T get(byte[] key, ReadMoment moment, Projection<T> projection)
      throws IOException {
    accessCounts.get();
    int stripe = ReadPins.stripe();
    View entered = enter(stripe);
    try {
      return entered.find(key, moment.version(), moment, projection);
    } finally {
      entered.leave(stripe);
    }
  }

  private View enter(int stripe) throws IOException {
    while (true) {
      View current = view;
      current.enter(stripe);
      // Looked at again behind the entry: whoever replaces the view afterwards sees that it is
      // read.
      if (view == current && state == State.OPEN) {
        return current;
      }
      current.leave(stripe);
      throwUnlessOpen();
    }
  }

  /// Reads an entry as it was at a past version.
  ///
  /// @param <T> what is made of the entry
  /// @param key any key
  /// @param moment of the read
  /// @param projection makes the result
  /// @return the result, or null if there was no entry, or it has expired since
  /// @throws HistoryGoneException if that moment can no longer be read
  /// @throws IOException as [#get]
  public <T> @Nullable T getAt(byte[] key, ReadMoment moment, Projection<T> projection)
      throws IOException {
    accessCounts.get();
    long version = moment.version();
    View pinned = pinAt(version);
    try {
      return pinned.find(key, version, moment, projection);
    } finally {
      pinned.unpin();
    }
  }

  /// Pins the current view, if a past version can be read in it.
  ///
  /// @param version where to read
  /// @return to be unpinned by the caller
  /// @throws HistoryGoneException if that moment can no longer be read
  /// @throws IOException as [#pin]
  public View pinAt(long version) throws IOException {
    View pinned = pin();
    if (pinned.historyFloor() > version) {
      pinned.unpin();
      throw new HistoryGoneException(name, version, pinned.historyFloor());
    }
    return pinned;
  }

  /// Tells the version of an entry.
  ///
  /// @param key any key
  /// @param moment of the read
  /// @return its version, or 0 if there is no entry
  /// @throws IOException as [#get]
  public long versionOf(byte[] key, ReadMoment moment) throws IOException {
    Long version = get(key, moment, Projections.VERSION);
    return version == null ? 0 : version;
  }

  /// Tells whether a key was changed after a version, by whatever means.
  ///
  /// @param key any key
  /// @param version changes up to it do not count
  /// @return true if there is a newer change
  /// @throws IOException as [#get]
  public boolean isChangedSince(byte[] key, long version) throws IOException {
    View pinned = pin();
    try {
      return pinned.isChangedSince(key, version);
    } finally {
      pinned.unpin();
    }
  }

  /// Tells the changes of a key, as far back as every moment can be read: down to the one that was in force then.
  ///
  /// @param key any key
  /// @param newest tells the newest version that counts; asked once the view is pinned
  /// @param max most changes, at least 1
  /// @param headBytes how much of each value is kept
  /// @return the newest of them
  /// @throws IOException as [#get]
  public KeyChanges changes(byte[] key, LongSupplier newest, int max, int headBytes)
      throws IOException {
    View pinned = pin();
    try {
      return pinned.changes(key, newest.getAsLong(), max, headBytes);
    } finally {
      pinned.unpin();
    }
  }

  /// Tells whether looking for changes after a version reads runs: some were flushed since.
  ///
  /// @param version changes up to it do not count
  /// @return false if all of them are in memory
  public boolean areChangesInRuns(long version) {
    return view.newestRunVersion() > version;
  }

  /// Finds a change inside a range that is newer than a version.
  ///
  /// @param range the keys
  /// @param version changes up to it do not count
  /// @return a key that was changed, or null
  /// @throws IOException as [#get]
  public byte @Nullable [] changedSince(KeyRange range, long version) throws IOException {
    View pinned = pin();
    try {
      return pinned.changedSince(range, version);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      pinned.unpin();
    }
  }

  private void replace(UnaryOperator<View> change) {
    viewLock.lock();
    try {
      View old = view;
      view = change.apply(old);
      old.unpin();
    } finally {
      viewLock.unlock();
    }
  }

  /// Freezes the active memtable and starts another. The caller holds the sequencer's lock.
  public void freeze() {
    replace(old -> {
      accessCounts.frozen(old.active().entries());
      List<Memtable> frozen = new ArrayList<>();
      frozen.add(old.active());
      frozen.addAll(old.frozen());
      return new View(memtables.empty().get(), frozen, old.runs(), old.historyFloor());
    });
    memtables.frozen().accept(id);
  }

  /// Puts the runs that a memtable became in its place.
  ///
  /// @param memtable the oldest frozen memtable
  /// @param runs what it became; may be empty
  /// @param historyFloor from which version on everything can be read, as far as this flush is concerned
  public void flushed(Memtable memtable, List<SharedRun> runs, long historyFloor) {
    replace(old -> {
      List<Memtable> frozen = new ArrayList<>(old.frozen());
      frozen.remove(memtable);
      memtable.release();
      List<SharedRun> all = new ArrayList<>(runs);
      all.addAll(old.runs());
      return new View(
          old.active(), frozen, sorted(all), Math.max(old.historyFloor(), historyFloor));
    });
    dropAgainIfDropped();
  }

  /// A keyspace that was dropped while its runs were made has no use for them.
  private void dropAgainIfDropped() {
    if (isDropped()) {
      drop();
    }
  }

  /// Puts runs, or parts of runs, in the place of others, whose files can go if nothing is left of them.
  ///
  /// @param removed what is gone
  /// @param added what has taken its place
  /// @param historyFloor from which version on everything can be read, as far as this change is concerned
  public void replaceRuns(Set<RunRecord> removed, List<SharedRun> added, long historyFloor) {
    replace(old -> {
      List<SharedRun> all = new ArrayList<>(added);
      List<SharedRun> gone = new ArrayList<>();
      for (SharedRun run : old.runs()) {
        (removed.contains(run.record()) ? gone : all).add(run);
      }
      makeObsolete(gone, all);
      return new View(
          old.active(), old.frozen(), sorted(all), Math.max(old.historyFloor(), historyFloor));
    });
    dropAgainIfDropped();
  }

  private static void makeObsolete(List<SharedRun> gone, List<SharedRun> kept) {
    Set<Long> needed = kept.stream().map(run -> run.record().fileId()).collect(Collectors.toSet());
    gone.stream()
        .filter(run -> !needed.contains(run.record().fileId()))
        .forEach(SharedRun::makeObsolete);
  }

  /// Ends the keyspace: reads and writes fail from now on, and all its files can go.
  public void drop() {
    state = State.DROPPED;
    gaps.end();
    replace(old -> {
      old.runs().forEach(SharedRun::makeObsolete);
      releaseMemtables(old);
      Memtable unused = memtables.empty().get();
      unused.release();
      return new View(unused, List.of(), List.of(), old.historyFloor());
    });
  }

  /// Lets go of the runs: the database is being closed.
  public void close() {
    state = State.CLOSED;
    gaps.end();
    replace(old -> {
      releaseMemtables(old);
      return new View(old.active(), old.frozen(), List.of(), old.historyFloor());
    });
  }

  private static void releaseMemtables(View view) {
    view.active().release();
    view.frozen().forEach(Memtable::release);
  }

  /// Everything before this version is in runs.
  ///
  /// @return the version of the first change that is only in memtables; [Long#MAX_VALUE] if there is none
  public long firstUnflushedVersion() {
    return firstUnflushedVersionAfter(0);
  }

  /// As [#firstUnflushedVersion], if everything up to a version were flushed already.
  ///
  /// @param flushedVersion last version of a memtable
  /// @return a version; [Long#MAX_VALUE] if there is none
  public long firstUnflushedVersionAfter(long flushedVersion) {
    View current = view;
    long first = firstAfter(current.active(), flushedVersion);
    for (Memtable memtable : current.frozen()) {
      first = Math.min(first, firstAfter(memtable, flushedVersion));
    }
    return first;
  }

  private static long firstAfter(Memtable memtable, long flushedVersion) {
    return memtable.lastVersion() > flushedVersion ? memtable.firstVersion() : Long.MAX_VALUE;
  }

  /// The first version in a memtable that waits for its flush.
  ///
  /// @return a version; [Long#MAX_VALUE] if no memtable waits
  public long firstFrozenVersion() {
    List<Memtable> frozen = view.frozen();
    return frozen.isEmpty() ? Long.MAX_VALUE : frozen.getLast().firstVersion();
  }

  /// What the manifest knows of the runs.
  ///
  /// @return newest first
  public List<RunRecord> runRecords() {
    return view.runs().stream().map(SharedRun::record).toList();
  }
}
