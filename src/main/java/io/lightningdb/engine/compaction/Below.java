package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Of which keys there may be older entries elsewhere, so that their deletions have to be kept. *Confined to one
/// thread.*
final class Below {
  // Ascending, not overlapping.
  private final List<KeyRange> ranges;

  // Keys are asked for in ascending order: no range before this one holds any that is still to
  // come.
  private int next;
  private long looks;

  private Below(List<KeyRange> ranges) {
    this.ranges = ranges;
  }

  /// All keys.
  static Below everywhere() {
    return new Below(List.of(KeyRange.ALL));
  }

  /// No key.
  static Below nowhere() {
    return new Below(List.of());
  }

  /// The keys of ranges, which may overlap.
  static Below of(List<KeyRange> bounds) {
    List<KeyRange> sorted = new ArrayList<>(bounds);
    sorted.sort(Comparator.comparing(KeyRange::lower, Arrays::compareUnsigned));
    List<KeyRange> apart = new ArrayList<>();
    for (KeyRange range : sorted) {
      KeyRange last = apart.isEmpty() ? null : apart.getLast();
      if (last != null && last.overlaps(range)) {
        apart.set(apart.size() - 1, last.hull(range));
      } else {
        apart.add(range);
      }
    }
    return new Below(apart);
  }

  /// Tells whether there may be older entries of a key.
  ///
  /// @param key not less than any that was asked for before
  boolean mayHold(byte[] key) {
    while (next < ranges.size() && !ranges.get(next).isBelowUpper(key)) {
      next++;
    }
    return next < ranges.size() && ranges.get(next).contains(key);
  }

  /// Tells whether there may be older entries of some key of a range.
  boolean overlaps(KeyRange range) {
    // The first that does not end before the range: those before it do, and those behind it begin
    // later.
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      looks++;
      if (ranges.get(middle).isBelowUpper(range.lower())) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < ranges.size() && ranges.get(low).overlaps(range);
  }

  /// Ranges that all questions for ranges so far have looked at.
  ///
  /// @return a count
  long looks() {
    return looks;
  }
}
