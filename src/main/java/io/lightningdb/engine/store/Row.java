package io.lightningdb.engine.store;

import io.lightningdb.engine.cursor.Cover;
import io.lightningdb.engine.cursor.Deletions;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.manifest.RunRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs of one age whose bounds do not overlap, ascending. Immutable.
public final class Row implements Deletions {
  private final RunRecord.Place place;
  private final List<SharedRun> runs;

  // Where the runs begin, and the heads of these keys, turned so that signed comparison orders
  // them.
  private final byte[][] lowers;
  private final long[] lowerHeads;

  private Row(RunRecord.Place place, List<SharedRun> runs) {
    this.place = place;
    this.runs = List.copyOf(runs);
    this.lowers = runs.stream().map(run -> run.record().bounds().lower()).toArray(byte[][]::new);
    this.lowerHeads =
        Arrays.stream(lowers).mapToLong(key -> Keys.head(key, 0) ^ Long.MIN_VALUE).toArray();
  }

  /// Level and number of the row.
  ///
  /// @return its place
  public RunRecord.Place place() {
    return place;
  }

  /// The runs.
  ///
  /// @return at least one
  public List<SharedRun> runs() {
    return runs;
  }

  /// Groups runs into rows.
  ///
  /// @param runs newest first, ascending within a row
  /// @return the rows, newest first
  static List<Row> group(List<SharedRun> runs) {
    List<Row> rows = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= runs.size(); i++) {
      RunRecord.Place place = runs.get(from).record().place();
      if (i == runs.size() || !runs.get(i).record().place().equals(place)) {
        rows.add(new Row(place, runs.subList(from, i)));
        from = i;
      }
    }
    return List.copyOf(rows);
  }

  /// The run whose bounds hold a key.
  @Nullable SharedRun runFor(byte[] key) {
    int notAbove = runsNotAbove(key);
    SharedRun candidate = notAbove == 0 ? null : runs.get(notAbove - 1);
    return candidate != null && candidate.record().bounds().isBelowUpper(key) ? candidate : null;
  }

  /// Number of runs that begin at a key or before it.
  private int runsNotAbove(byte[] key) {
    long head = Keys.head(key, 0) ^ Long.MIN_VALUE;
    int low = 0;
    int high = lowers.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isNotAbove(middle, head, key)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public long covering(byte[] key, long readVersion) throws IOException {
    SharedRun run = runFor(key);
    return run == null ? 0 : run.run().rangeTombstones().covering(key, readVersion);
  }

  /// The newest deletion of the row's runs that covers a key, and how far it does so without a gap.
  ///
  /// @param key any key
  /// @param readVersion newest version that counts
  /// @return null if there is none
  /// @throws IOException if a run cannot be read or is damaged
  public @Nullable Cover coverAt(byte[] key, long readVersion) throws IOException {
    SharedRun run = runFor(key);
    Cover cover = run == null ? null : run.run().rangeTombstones().coverAt(key, readVersion);
    if (run == null || cover == null) {
      return null;
    }
    byte[] end = run.record().bounds().upper();
    return KeyRange.compareUpper(cover.upper(), end) <= 0 ? cover : new Cover(cover.version(), end);
  }

  private boolean isNotAbove(int run, long head, byte[] key) {
    long lower = lowerHeads[run];
    return lower == head ? Arrays.compareUnsigned(lowers[run], key) <= 0 : lower < head;
  }

  /// The runs that may hold keys of a range. Found as one run is, however many there are: each scan asks.
  ///
  /// @param range the keys
  /// @return ascending, not copied
  public List<SharedRun> overlapping(KeyRange range) {
    byte[] upper = range.upper();
    int from = runsNotAbove(range.lower());
    if (from > 0 && runs.get(from - 1).record().bounds().isBelowUpper(range.lower())) {
      from--;
    }
    int to = upper == null ? runs.size() : runsNotAbove(upper);
    if (to > 0 && upper != null && Arrays.equals(lowers[to - 1], upper)) {
      to--;
    }
    return from < to ? runs.subList(from, to) : List.of();
  }
}
