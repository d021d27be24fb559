package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The range deletions of one source, cut into pieces that do not overlap. Immutable.
///
/// A tombstone of version `t` covers the entries of its range whose version is less than `t`. Cutting happens once, when a
/// deletion is added, so that a read costs one binary search.
public final class RangeTombstones {
  /// No deletions.
  public static final RangeTombstones NONE = new RangeTombstones(List.of());

  private static final long FRAGMENT_BYTES = 120;

  private final List<Fragment> fragments;

  private RangeTombstones(List<Fragment> fragments) {
    this.fragments = fragments;
  }

  /// Keys that the same deletions cover.
  ///
  /// @param range not empty
  /// @param versions of the deletions, descending, no two equal, at least one
  public record Fragment(KeyRange range, long[] versions) {

    /// Greatest version up to `readVersion`.
    long newestUpTo(long readVersion) {
      for (long version : versions) {
        if (version <= readVersion) {
          return version;
        }
      }
      return 0;
    }
  }

  /// What the fragments take of the heap.
  ///
  /// @return in bytes, estimated for the objects
  public long heapBytes() {
    long bytes = 0;
    for (Fragment fragment : fragments) {
      byte[] upper = fragment.range().upper();
      bytes += FRAGMENT_BYTES + fragment.range().lower().length + 8L * fragment.versions().length;
      bytes += upper == null ? 0 : upper.length;
    }
    return bytes;
  }

  /// Takes fragments as they are.
  ///
  /// @param fragments ascending, not overlapping
  /// @return the tombstones
  /// @throws IllegalArgumentException if they overlap, are out of order, or a version list is not descending
  public static RangeTombstones of(List<Fragment> fragments) {
    for (int i = 0; i < fragments.size(); i++) {
      check(fragments.get(i), i == 0 ? null : fragments.get(i - 1));
    }
    return fragments.isEmpty() ? NONE : new RangeTombstones(List.copyOf(fragments));
  }

  private static void check(Fragment fragment, @Nullable Fragment before) {
    boolean ordered = before == null || !before.range().isBelowUpper(fragment.range().lower());
    boolean descending = fragment.versions().length > 0;
    for (int i = 1; i < fragment.versions().length; i++) {
      descending &= fragment.versions()[i] < fragment.versions()[i - 1];
    }
    if (!ordered || !descending || fragment.range().isEmpty()) {
      throw new IllegalArgumentException(
          "range tombstones are out of order at " + fragment.range());
    }
  }

  /// Cuts and joins the tombstones of several sources.
  ///
  /// @param sources any tombstones
  /// @return all of them
  public static RangeTombstones union(List<RangeTombstones> sources) {
    List<Fragment> all = new ArrayList<>();
    sources.forEach(source -> all.addAll(source.fragments));
    return all.isEmpty() ? NONE : new RangeTombstones(cut(all));
  }

  /// Adds a deletion.
  ///
  /// @param range not empty
  /// @param version of the commit that deletes
  /// @return these and the new one
  public RangeTombstones with(KeyRange range, long version) {
    List<Fragment> all = new ArrayList<>(fragments);
    all.add(new Fragment(range, new long[] {version}));
    return new RangeTombstones(cut(all));
  }

  private static List<Fragment> cut(List<Fragment> overlapping) {
    TreeMap<byte[], Boolean> bounds = new TreeMap<>(Arrays::compareUnsigned);
    for (Fragment fragment : overlapping) {
      bounds.put(fragment.range().lower(), true);
      byte[] upper = fragment.range().upper();
      if (upper != null) {
        bounds.put(upper, true);
      }
    }
    List<Fragment> sorted = new ArrayList<>(overlapping);
    sorted.sort((a, b) -> Arrays.compareUnsigned(a.range().lower(), b.range().lower()));
    return sweep(List.copyOf(bounds.keySet()), sorted);
  }

  /// Walks the elementary ranges between neighbouring bounds, with the fragments that reach into each.
  private static List<Fragment> sweep(List<byte[]> bounds, List<Fragment> sorted) {
    List<Fragment> result = new ArrayList<>();
    List<Fragment> active = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < bounds.size(); i++) {
      byte[] lower = bounds.get(i);
      while (next < sorted.size()
          && Arrays.compareUnsigned(sorted.get(next).range().lower(), lower) <= 0) {
        active.add(sorted.get(next++));
      }
      active.removeIf(fragment -> !fragment.range().isBelowUpper(lower));
      if (!active.isEmpty()) {
        byte[] upper = i + 1 < bounds.size() ? bounds.get(i + 1) : null;
        add(result, new Fragment(new KeyRange(lower, upper), versions(active)));
      }
    }
    return List.copyOf(result);
  }

  private static void add(List<Fragment> result, Fragment fragment) {
    Fragment last = result.isEmpty() ? null : result.getLast();
    if (last != null
        && Arrays.equals(last.range().upper(), fragment.range().lower())
        && Arrays.equals(last.versions(), fragment.versions())) {
      KeyRange joined = new KeyRange(last.range().lower(), fragment.range().upper());
      result.set(result.size() - 1, new Fragment(joined, last.versions()));
    } else {
      result.add(fragment);
    }
  }

  private static long[] versions(List<Fragment> active) {
    long[] ascending =
        active.stream()
            .flatMapToLong(f -> Arrays.stream(f.versions()))
            .distinct()
            .sorted()
            .toArray();
    long[] descending = new long[ascending.length];
    for (int i = 0; i < ascending.length; i++) {
      descending[i] = ascending[ascending.length - 1 - i];
    }
    return descending;
  }

  /// The newest deletion that covers a key.
  ///
  /// @param key any key
  /// @param readVersion newest version that counts
  /// @return its version, or 0 if there is none
  public long covering(byte[] key, long readVersion) {
    if (this == NONE) {
      return 0;
    }
    Fragment fragment = fragmentOf(key);
    return fragment == null ? 0 : fragment.newestUpTo(readVersion);
  }

  /// The oldest deletion newer than an entry that covers its key.
  ///
  /// @param key the key
  /// @param version of the entry
  /// @return the version of the deletion, or [Long#MAX_VALUE] if there is none
  public long oldestCoveringAbove(byte[] key, long version) {
    Fragment fragment = fragmentOf(key);
    long oldest = Long.MAX_VALUE;
    if (fragment != null) {
      for (long candidate : fragment.versions()) {
        oldest = candidate > version ? candidate : oldest;
      }
    }
    return oldest;
  }

  private @Nullable Fragment fragmentOf(byte[] key) {
    int low = 0;
    int high = fragments.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(fragments.get(middle).range().lower(), key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    Fragment candidate = low == 0 ? null : fragments.get(low - 1);
    return candidate != null && candidate.range().isBelowUpper(key) ? candidate : null;
  }

  /// Finds a deletion newer than a version that covers part of a range.
  ///
  /// @param range the keys
  /// @param version deletions up to it do not count
  /// @return the first key of the range that such a deletion covers, or null if there is none
  public byte @Nullable [] firstNewerIn(KeyRange range, long version) {
    for (Fragment fragment : fragments) {
      KeyRange common = fragment.range().intersect(range);
      if (fragment.versions()[0] > version && !common.isEmpty()) {
        return common.lower();
      }
    }
    return null;
  }

  /// The newest deletion that covers every key of a range, be it by several fragments side by side.
  ///
  /// @param range the keys
  /// @return its version, or the least of the newest over all parts of the range; 0 if a key is not covered
  public long coveringAll(KeyRange range) {
    byte[] reached = range.lower();
    long newest = Long.MAX_VALUE;
    for (Fragment fragment : fragments) {
      if (fragment.range().contains(reached)) {
        newest = Math.min(newest, fragment.versions()[0]);
        byte[] upper = fragment.range().upper();
        if (KeyRange.compareUpper(upper, range.upper()) >= 0 || upper == null) {
          return newest;
        }
        reached = upper;
      }
    }
    return 0;
  }

  /// Leaves out versions.
  ///
  /// @param kept tells which versions stay
  /// @return the rest
  public RangeTombstones filter(LongPredicate kept) {
    List<Fragment> rest = new ArrayList<>();
    for (Fragment fragment : fragments) {
      long[] versions = Arrays.stream(fragment.versions()).filter(kept).toArray();
      if (versions.length > 0) {
        rest.add(new Fragment(fragment.range(), versions));
      }
    }
    return rest.isEmpty() ? NONE : new RangeTombstones(List.copyOf(rest));
  }

  /// The part inside a range.
  ///
  /// @param bounds the keys that are kept
  /// @return tombstones of these keys only
  public RangeTombstones within(KeyRange bounds) {
    List<Fragment> kept = new ArrayList<>();
    for (Fragment fragment : fragments) {
      KeyRange common = fragment.range().intersect(bounds);
      if (!common.isEmpty()) {
        kept.add(new Fragment(common, fragment.versions()));
      }
    }
    return kept.isEmpty() ? NONE : new RangeTombstones(List.copyOf(kept));
  }

  /// The pieces, ascending.
  ///
  /// @return an immutable list
  public List<Fragment> fragments() {
    return fragments;
  }

  /// Tells whether there are none.
  ///
  /// @return true if nothing is covered
  public boolean isEmpty() {
    return fragments.isEmpty();
  }
}
