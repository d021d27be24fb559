package io.lightningdb.engine.store;

import io.lightningdb.engine.cursor.Deletions;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Gaps;
import io.lightningdb.engine.cursor.MergingCursor;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.cursor.VisibleCursor;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.run.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Everything that a read of a keyspace looks at. Immutable, apart from the content of the active memtable.
///
/// A view is used between a successful [#tryPin] and the [#unpin] that belongs to it, or, by a single point read, between
/// [#enter] and [#leave]; meanwhile its runs stay mapped.
public final class View {
  private final Memtable active;
  private final List<Memtable> frozen;
  private final List<SharedRun> runs;
  private final Row[] rows;
  private final int newestLevelRows;
  private final long newestRunVersion;
  private final long historyFloor;

  // Starts at 1 for being the current view. At 0 the view is never pinned again, and the runs are
  // let
  // go when the point reads under way have ended.
  private final AtomicInteger pins = new AtomicInteger(1);
  private final ReadPins readPins = new ReadPins();
  private final AtomicBoolean released = new AtomicBoolean();
  private volatile boolean retired;

  /// Puts a view together and retains its runs.
  ///
  /// @param active takes the writes
  /// @param frozen wait for their flush, newest first
  /// @param runs newest first, ascending within a row
  /// @param historyFloor from this version on every moment can be read in full
  View(Memtable active, List<Memtable> frozen, List<SharedRun> runs, long historyFloor) {
    this.historyFloor = historyFloor;
    this.active = active;
    this.frozen = List.copyOf(frozen);
    this.runs = List.copyOf(runs);
    this.rows = Row.group(this.runs).toArray(Row[]::new);
    this.newestLevelRows =
        (int) Arrays.stream(rows).filter(row -> row.place().level() == 0).count();
    this.newestRunVersion =
        this.runs.stream().mapToLong(run -> run.record().greatestVersion()).max().orElse(0);
    this.runs.forEach(SharedRun::retain);
  }

  /// Pins the view for as long as the caller likes, unless it is no longer used.
  boolean tryPin() {
    int seen = pins.get();
    while (seen > 0) {
      if (pins.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = pins.get();
    }
    return false;
  }

  /// Ends the use of the view that [#tryPin] began, or its being the current one.
  public void unpin() {
    if (pins.decrementAndGet() == 0) {
      retired = true;
      releaseIfUnread();
    }
  }

  /// Begins a point read, which ends on the same thread by [#leave]. The view may be read if it is the current one now.
  void enter(int stripe) {
    readPins.enter(stripe);
  }

  void leave(int stripe) {
    readPins.leave(stripe);
    if (retired) {
      releaseIfUnread();
    }
  }

  /// Whoever comes last sees that all others have left, for each counts itself out before it looks.
  private void releaseIfUnread() {
    if (readPins.isUnread() && released.compareAndSet(false, true)) {
      runs.forEach(SharedRun::release);
    }
  }

  /// The memtable that takes the writes.
  ///
  /// @return its content may change
  public Memtable active() {
    return active;
  }

  /// The memtables that wait for their flush.
  ///
  /// @return newest first
  public List<Memtable> frozen() {
    return frozen;
  }

  /// The runs.
  ///
  /// @return newest first, ascending within a row
  public List<SharedRun> runs() {
    return runs;
  }

  /// The rows that the runs form.
  ///
  /// @return newest first
  public List<Row> rows() {
    return List.of(rows);
  }

  /// From which version on everything can be read.
  ///
  /// @return reads at an earlier version may miss what flushes and merges have left out
  public long historyFloor() {
    return historyFloor;
  }

  /// Number of rows in level 0.
  ///
  /// @return a count: how many flushes wait to be merged
  public int newestLevelRows() {
    return newestLevelRows;
  }

  /// Finds the newest entry of a key up to a version, unless it was deleted or has expired.
  ///
  /// What lies under a range deletion over the key is older than that, and not looked at.
  ///
  /// @param moment tells what has expired
  /// @param projection makes the result
  /// @return the result, or null
  <T> @Nullable T find(byte[] key, long readVersion, ReadMoment moment, Projection<T> projection)
      throws IOException {
    long covered = 0;
    T found = null;
    for (int i = -1; found == null && covered == 0 && i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      covered = memtable.deletedRanges().covering(key, readVersion);
      found = memtable.find(key, readVersion, covered, moment, projection);
    }
    for (int i = 0; found == null && covered == 0 && i < rows.length; i++) {
      SharedRun shared = rows[i].runFor(key);
      if (shared != null) {
        Run run = shared.run();
        covered = run.rangeTombstones().covering(key, readVersion);
        found = run.find(key, readVersion, covered, moment, projection);
      }
    }
    return projection.orNull(found);
  }

  /// Tells whether a key was changed after a version, by whatever means.
  ///
  /// Memtables and runs that hold nothing newer are not looked into.
  ///
  /// @param key any key
  /// @param version changes up to it do not count
  /// @return true if there is a newer put, expired or not, deletion or range deletion
  /// @throws IOException if a run cannot be read or is damaged
  boolean isChangedSince(byte[] key, long version) throws IOException {
    for (int i = -1; i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      if (memtable.lastVersion() > version) {
        if (memtable.deletedRanges().covering(key, Long.MAX_VALUE) > version) {
          return true;
        }
        Long found = memtable.find(key, Long.MAX_VALUE, 0, Change.END, Change.VERSION);
        if (found != null) {
          return found > version;
        }
      }
    }
    return newestRunVersion > version && isChangedInRuns(key, version);
  }

  /// Tells the changes of a key up to a version, down to the one in force at the first moment that can be read in full.
  ///
  /// @param key any key
  /// @param version newest that counts
  /// @param max most changes, at least 1
  /// @param headBytes how much of each value is kept
  /// @return the newest of them
  /// @throws IOException if a run cannot be read or is damaged
  KeyChanges changes(byte[] key, long version, int max, int headBytes) throws IOException {
    ChangeProjection projection = new ChangeProjection(headBytes);
    List<KeyChange> changes = new ArrayList<>();
    KeyChange next = newestChange(key, version, projection);
    while (next != null && changes.size() < max) {
      changes.add(next);
      boolean last = next.version() <= historyFloor;
      next = last ? null : newestChange(key, next.version() - 1, projection);
    }
    return new KeyChanges(changes, historyFloor, next != null);
  }

  /// Finds the newest change of a key up to a version, be it of the key alone or of a range.
  ///
  /// @param key any key
  /// @param version newest that counts
  /// @param projection reads it
  /// @return null if there is none
  /// @throws IOException if a run cannot be read or is damaged
  private @Nullable KeyChange newestChange(byte[] key, long version, ChangeProjection projection)
      throws IOException {
    for (int i = -1; i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      long covered = memtable.deletedRanges().covering(key, version);
      KeyChange found = memtable.find(key, version, 0, Change.END, projection);
      if (found != null || covered > 0) {
        return newer(found, covered);
      }
    }
    for (Row row : rows) {
      SharedRun shared = row.runFor(key);
      if (shared != null) {
        Run run = shared.run();
        long covered = run.rangeTombstones().covering(key, version);
        KeyChange found = run.find(key, version, 0, Change.END, projection);
        if (found != null || covered > 0) {
          return newer(found, covered);
        }
      }
    }
    return null;
  }

  /// What was put by the commit that deleted the range was put behind it.
  private static KeyChange newer(@Nullable KeyChange found, long covered) {
    return found != null && found.version() >= covered ? found : KeyChange.ofRange(covered);
  }

  private boolean isChangedInRuns(byte[] key, long version) throws IOException {
    for (Row row : rows) {
      SharedRun shared = row.runFor(key);
      if (shared != null && shared.record().greatestVersion() > version) {
        Run run = shared.run();
        if (run.rangeTombstones().covering(key, Long.MAX_VALUE) > version) {
          return true;
        }
        Long found = run.find(key, Long.MAX_VALUE, 0, Change.END, Change.VERSION);
        if (found != null) {
          return found > version;
        }
      }
    }
    return false;
  }

  /// The newest version that a run holds.
  ///
  /// @return looking for changes after it reads no run
  long newestRunVersion() {
    return newestRunVersion;
  }

  /// The version of a key's newest entry, whatever it is.
  private static final class Change implements Projection<Long> {
    private static final Change VERSION = new Change();
    private static final ReadMoment END = ReadMoment.of(Long.MAX_VALUE, ExpiryTime.BEFORE_ALL);

    @Override
    public Long of(byte[] value, long version, long expiryMillis) {
      return version;
    }

    @Override
    public Long absent() {
      return 0L;
    }

    @Override
    public boolean needsValue(int valueBytes) {
      return false;
    }

    @Override
    public boolean isThere(
        int kind, long version, long expiryMillis, long covered, ReadMoment moment) {
      return true;
    }
  }

  /// Finds a change inside a range that is newer than a version.
  ///
  /// Memtables and runs that hold nothing newer are not looked into.
  ///
  /// @param range the keys
  /// @param version changes up to it do not count
  /// @return a key that was changed, or the start of what a range deletion covers; null if nothing was changed
  /// @throws IOException if a run cannot be read or is damaged
  public byte @Nullable [] changedSince(KeyRange range, long version) throws IOException {
    ReadView everything =
        new ReadView(range, ReadView.Direction.FORWARD, Long.MAX_VALUE, ExpiryTime.BEFORE_ALL);
    byte[] changed = null;
    for (int i = -1; changed == null && i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      if (memtable.lastVersion() > version) {
        changed = memtable.deletedRanges().firstNewerIn(range, version);
        changed = changed != null ? changed : memtable.firstNewerIn(range, version);
      }
    }
    int readRows = newestRunVersion > version ? rows.length : 0;
    for (int i = 0; changed == null && i < readRows; i++) {
      changed = changedSince(rows[i], everything, version);
    }
    return changed;
  }

  private static byte @Nullable [] changedSince(Row row, ReadView everything, long version)
      throws IOException {
    for (SharedRun run : row.overlapping(everything.range())) {
      if (run.record().greatestVersion() > version) {
        ReadView part = everything.within(run.record().bounds());
        byte[] deleted = run.run().rangeTombstones().firstNewerIn(part.range(), version);
        byte[] changed = deleted != null ? deleted : firstNewer(run.run().cursor(part), version);
        if (changed != null) {
          return changed;
        }
      }
    }
    return null;
  }

  private static byte @Nullable [] firstNewer(EntryCursor entries, long version)
      throws IOException {
    while (entries.next()) {
      if (entries.version() > version) {
        return entries.key();
      }
    }
    return null;
  }

  /// Walks the entries that a read view sees.
  ///
  /// @param readView what to show
  /// @param gaps of the keyspace
  /// @return a cursor, to be used before the view is unpinned
  public EntryCursor cursor(ReadView readView, Gaps gaps) {
    List<Deletions> deletions = new ArrayList<>();
    for (int i = -1; i < frozen.size(); i++) {
      // What is written from now on is newer than what the reader sees.
      Memtable memtable = i < 0 ? active : frozen.get(i);
      if (!memtable.deletedRanges().isEmpty()) {
        deletions.add(memtable.deletedRanges());
      }
    }
    deletions.addAll(Arrays.asList(rows));
    return new VisibleCursor(this::open, deletions, readView, gaps);
  }

  private EntryCursor open(ReadView readView) {
    List<EntryCursor> sources = new ArrayList<>();
    for (int i = -1; i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      if (!memtable.isEmpty()) {
        sources.add(memtable.cursor(readView));
      }
    }
    for (Row row : rows) {
      List<SharedRun> overlapping = row.overlapping(readView.range());
      if (!overlapping.isEmpty()) {
        sources.add(new RowCursor(overlapping, readView));
      }
    }
    return MergingCursor.newestOf(sources, readView.direction());
  }

  /// Tells whether keys have changed since a version, range deletions apart.
  ///
  /// @param range the keys
  /// @param version changes up to it do not count
  /// @return true if there is certainly no newer entry of them
  boolean isUntouched(KeyRange range, long version) {
    for (int i = -1; i < frozen.size(); i++) {
      Memtable memtable = i < 0 ? active : frozen.get(i);
      if (memtable.lastVersion() > version && memtable.firstNewerIn(range, version) != null) {
        return false;
      }
    }
    return newestRunVersion <= version
        || runs.stream()
            .map(SharedRun::record)
            .noneMatch(run -> run.greatestVersion() > version && run.bounds().overlaps(range));
  }
}
