package io.lightningdb.engine.cursor;

import io.lightningdb.engine.cursor.RangeTombstones.Fragment;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Cuts range deletions that overlap into pieces that do not, beside a walk over the entries that they may cover.
/// *Confined to one thread.*
///
/// A line is swept over the bounds in the order of keys; the deletions that reach over it are kept in order of their
/// versions. Of each piece only those versions stay that make a difference: the newest, which says when the keys were
/// changed; the oldest that is read at, which hides whatever is older than the deletions; and for each entry that
/// stays, the one that first hides it from a reader. Any other hides nothing that the one before it does not hide. So
/// pieces and their versions are no more than deletions and entries, however deeply the deletions are nested and at
/// however many versions they are read.
public final class TombstoneSweep {
  private static final Comparator<byte[]> KEYS = Arrays::compareUnsigned;

  private final ReadVersions readAt;
  private final List<Bound> bounds;
  private int next;

  // The versions that cover the keys behind the line, with the number of deletions of each.
  private final NavigableMap<Long, Integer> active = new TreeMap<>();

  // Of the piece behind the line: where it begins, and what entries need of it so far.
  private byte @Nullable [] lower;
  private final TreeSet<Long> needed = new TreeSet<>();

  // The entry that was asked about last, and what it needs; 0 if nothing.
  private byte @Nullable [] askedKey;
  private long askedNeeds;

  private List<Fragment> pieces = new ArrayList<>();
  private long historyFloor;
  private long steps;

  private record Bound(byte[] key, long[] versions, boolean opens) {}

  /// Prepares a sweep.
  ///
  /// @param deletions ranges and their versions, which may overlap, in any order
  /// @param readAt the versions that are read at besides the newest
  public TombstoneSweep(List<Fragment> deletions, ReadVersions readAt) {
    this.readAt = readAt;
    this.bounds = new ArrayList<>(2 * deletions.size());
    for (Fragment deletion : deletions) {
      bounds.add(new Bound(deletion.range().lower(), deletion.versions(), true));
      byte[] upper = deletion.range().upper();
      if (upper != null) {
        bounds.add(new Bound(upper, deletion.versions(), false));
      }
    }
    bounds.sort(Comparator.comparing(Bound::key, KEYS));
  }

  /// Tells whether there are no deletions.
  ///
  /// @return true if nothing is covered
  public boolean isEmpty() {
    return bounds.isEmpty();
  }

  /// The oldest deletion newer than an entry that covers its key.
  ///
  /// @param key of the entry, not less than any before
  /// @param version of the entry
  /// @return the version of the deletion, or [Long#MAX_VALUE] if there is none
  public long shadow(byte[] key, long version) {
    moveTo(key);
    steps++;
    askedKey = key;
    askedNeeds = 0;
    Long newer = active.higherKey(version);
    return newer == null ? Long.MAX_VALUE : newer;
  }

  /// The entry that was asked about last stays.
  ///
  /// @param shadow what [#shadow] has returned
  public void keep(long shadow) {
    if (shadow != Long.MAX_VALUE) {
      askedNeeds = seen(shadow);
      needed.add(askedNeeds);
    }
  }

  /// The deletion that hides from its readers what another one hides, and maybe more: the newest that the first of them
  /// sees.
  private long seen(long shadow) {
    Long seen = active.floorKey(readAt.firstFrom(shadow));
    if (seen == null) {
      throw new IllegalStateException("no deletion of version " + shadow + " is behind the line");
    }
    if (seen != shadow) {
      // Who reads in between would see what is deleted.
      historyFloor = Math.max(historyFloor, seen);
    }
    return seen;
  }

  /// The pieces up to a key, for the entries before it were asked about.
  ///
  /// @param upper the key, not less than that of any entry that was asked about; null for all that is left
  /// @return the pieces behind those that were given out before
  public RangeTombstones upTo(byte @Nullable [] upper) {
    moveTo(upper);
    if (finish(upper)) {
      lower = upper;
      if (askedNeeds != 0 && Arrays.equals(askedKey, upper)) {
        needed.add(askedNeeds);
      }
    }
    List<Fragment> given = pieces;
    pieces = new ArrayList<>();
    return RangeTombstones.ofPieces(given);
  }

  /// From which version on everything can be read, as far as what was left out of the pieces given out is concerned.
  ///
  /// @return a version; 0 if nothing was left out that a reader might look for
  public long historyFloor() {
    return historyFloor;
  }

  /// Searches among the deletions behind the line so far, each of which halves their number again and again.
  ///
  /// @return a count
  public long steps() {
    return steps;
  }

  private void moveTo(byte @Nullable [] key) {
    while (next < bounds.size()
        && (key == null || KEYS.compare(bounds.get(next).key(), key) <= 0)) {
      byte[] at = bounds.get(next).key();
      finish(at);
      lower = at;
      while (next < bounds.size() && Arrays.equals(bounds.get(next).key(), at)) {
        Bound bound = bounds.get(next++);
        for (long version : bound.versions()) {
          steps++;
          active.merge(version, bound.opens() ? 1 : -1, TombstoneSweep::sum);
        }
      }
    }
  }

  private static @Nullable Integer sum(Integer a, Integer b) {
    // At one key a deletion may end before the one that goes on has begun to count, so that less
    // than none is possible in between.
    return a + b == 0 ? null : a + b;
  }

  /// Ends the piece behind the line, unless it is empty.
  ///
  /// @return whether there was one
  private boolean finish(byte @Nullable [] upper) {
    byte[] begun = lower;
    if (begun == null || active.isEmpty() || Arrays.equals(begun, upper)) {
      return false;
    }
    needed.add(seen(active.firstKey()));
    needed.add(active.lastKey());
    steps += needed.size();
    long[] versions = needed.descendingSet().stream().mapToLong(Long::longValue).toArray();
    needed.clear();
    Fragment last = pieces.isEmpty() ? null : pieces.getLast();
    if (last != null
        && Arrays.equals(last.range().upper(), begun)
        && Arrays.equals(last.versions(), versions)) {
      pieces.set(
          pieces.size() - 1, new Fragment(new KeyRange(last.range().lower(), upper), versions));
    } else {
      pieces.add(new Fragment(new KeyRange(begun, upper), versions));
    }
    return true;
  }
}
