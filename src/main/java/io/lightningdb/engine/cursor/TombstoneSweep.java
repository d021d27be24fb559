package io.lightningdb.engine.cursor;

import io.lightningdb.engine.cursor.RangeTombstones.Fragment;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Cuts range deletions that overlap into pieces that do not. *Confined to one thread.*
///
/// A line is swept over the bounds in the order of keys; the deletions that reach over it are kept in order of their versions. Of
/// each piece only the versions are looked at that somebody reads at, so that deletions nested in each other cost no more than
/// those side by side.
final class TombstoneSweep {
  private static final Comparator<byte[]> KEYS = Arrays::compareUnsigned;

  private final ReadVersions readAt;
  private final List<Fragment> result = new ArrayList<>();

  // The versions that cover the keys behind the line, with the number of deletions of each.
  private final NavigableMap<Long, Integer> active = new TreeMap<>();
  private long historyFloor;

  TombstoneSweep(ReadVersions readAt) {
    this.readAt = readAt;
  }

  /// From which version on everything can be read, as far as what was left out is concerned.
  long historyFloor() {
    return historyFloor;
  }

  private record Bound(byte[] key, long[] versions, boolean opens) {}

  /// Cuts.
  ///
  /// @param overlapping in any order
  /// @return the pieces, ascending
  List<Fragment> cut(List<Fragment> overlapping) {
    List<Bound> bounds = new ArrayList<>(2 * overlapping.size());
    for (Fragment fragment : overlapping) {
      bounds.add(new Bound(fragment.range().lower(), fragment.versions(), true));
      byte[] upper = fragment.range().upper();
      if (upper != null) {
        bounds.add(new Bound(upper, fragment.versions(), false));
      }
    }
    bounds.sort(Comparator.comparing(Bound::key, KEYS));
    byte[] lower = null;
    for (Bound bound : bounds) {
      if (lower == null || !Arrays.equals(lower, bound.key())) {
        finish(lower, bound.key());
        lower = bound.key();
      }
      for (long version : bound.versions()) {
        active.merge(version, bound.opens() ? 1 : -1, TombstoneSweep::sum);
      }
    }
    finish(lower, null);
    return List.copyOf(result);
  }

  private static @Nullable Integer sum(Integer a, Integer b) {
    // At one key a deletion may end before the one that goes on has begun to count, so that less
    // than none is possible in between.
    return a + b == 0 ? null : a + b;
  }

  private void finish(byte @Nullable [] lower, byte @Nullable [] upper) {
    if (lower == null || active.isEmpty()) {
      return;
    }
    long[] versions = read();
    Fragment last = result.isEmpty() ? null : result.getLast();
    if (last != null
        && Arrays.equals(last.range().upper(), lower)
        && Arrays.equals(last.versions(), versions)) {
      KeyRange joined = new KeyRange(last.range().lower(), upper);
      result.set(result.size() - 1, new Fragment(joined, versions));
    } else {
      result.add(new Fragment(new KeyRange(lower, upper), versions));
    }
  }

  /// Of the versions that cover the piece: the newest, and each that somebody sees behind newer ones.
  private long[] read() {
    long[] versions = new long[4];
    int count = 0;
    Long shown = active.lastKey();
    while (shown != null) {
      if (count == versions.length) {
        versions = Arrays.copyOf(versions, 2 * count);
      }
      versions[count++] = shown;
      Long older = active.lowerKey(shown);
      Long next = older == null ? null : active.floorKey(readAt.before(shown));
      if (older != null && !older.equals(next)) {
        historyFloor = Math.max(historyFloor, shown);
      }
      shown = next;
    }
    return Arrays.copyOf(versions, count);
  }
}
