package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The range deletions of one source, cut into pieces that do not overlap. Immutable.
///
/// A tombstone of version `t` covers the entries of its range whose version is less than `t`. Cutting happens once,
/// when a run is written ([TombstoneSweep]), so that a read costs one binary search.
public final class RangeTombstones implements Deletions {
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
      int low = 0;
      int high = versions.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (versions[middle] > readVersion) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low < versions.length ? versions[low] : 0;
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

  /// Takes the pieces of a sweep.
  static RangeTombstones ofPieces(List<Fragment> pieces) {
    return pieces.isEmpty() ? NONE : new RangeTombstones(List.copyOf(pieces));
  }

  @Override
  public long covering(byte[] key, long readVersion) {
    if (this == NONE) {
      return 0;
    }
    Fragment fragment = fragmentOf(key);
    return fragment == null ? 0 : fragment.newestUpTo(readVersion);
  }

  /// The newest deletion that covers a key, and how far it does so without a gap.
  ///
  /// @param key any key
  /// @param readVersion newest version that counts
  /// @return null if there is none
  public @Nullable Cover coverAt(byte[] key, long readVersion) {
    Fragment fragment = fragmentOf(key);
    long version = fragment == null ? 0 : fragment.newestUpTo(readVersion);
    return fragment == null || version == 0 ? null : new Cover(version, fragment.range().upper());
  }

  private @Nullable Fragment fragmentOf(byte[] key) {
    int behind = firstBehind(key);
    Fragment candidate = behind == 0 ? null : fragments.get(behind - 1);
    return candidate != null && candidate.range().isBelowUpper(key) ? candidate : null;
  }

  /// Index of the first piece that begins behind a key.
  private int firstBehind(byte[] key) {
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
    return low;
  }

  /// The pieces that may hold keys of a range.
  private List<Fragment> near(KeyRange range) {
    byte[] upper = range.upper();
    int from = Math.max(0, firstBehind(range.lower()) - 1);
    int to = upper == null ? fragments.size() : firstBehind(upper);
    return from < to ? fragments.subList(from, to) : List.of();
  }

  /// Finds a deletion newer than a version that covers part of a range.
  ///
  /// @param range the keys
  /// @param version deletions up to it do not count
  /// @return the first key of the range that such a deletion covers, or null if there is none
  public byte @Nullable [] firstNewerIn(KeyRange range, long version) {
    for (Fragment fragment : near(range)) {
      KeyRange common = fragment.range().intersect(range);
      if (fragment.versions()[0] > version && !common.isEmpty()) {
        return common.lower();
      }
    }
    return null;
  }

  /// Leaves out versions.
  ///
  /// @param kept tells which versions stay
  /// @return the rest
  public RangeTombstones filter(LongPredicate kept) {
    return filter(_ -> false, kept);
  }

  /// Leaves out versions of some of the pieces.
  ///
  /// @param whole tells which pieces stay as they are
  /// @param kept tells which versions of the others stay
  /// @return the rest
  public RangeTombstones filter(Predicate<KeyRange> whole, LongPredicate kept) {
    List<Fragment> rest = new ArrayList<>();
    for (Fragment fragment : fragments) {
      boolean stays = whole.test(fragment.range());
      long[] versions =
          stays ? fragment.versions() : Arrays.stream(fragment.versions()).filter(kept).toArray();
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
    for (Fragment fragment : near(bounds)) {
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
