package io.lightningdb.engine.cursor;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Stretches of keys in which scans found nothing, so that the next scan does not walk through what was deleted there
/// again. *Thread-safe.*
///
/// A gap says: from a version and a moment on nothing is to be seen between its bounds. It is right for as long as
/// nothing is put there; deletions, flushes and merges change nothing about it. A scan that has passed some entries
/// without showing one adds the stretch. A commit that puts a key into a gap cuts it in two before anybody sees the
/// commit. What the scan could not see, because it is newer or under way, is looked for when the gap was added already
/// and is not used yet: since a commit first makes its puts and then, behind a full fence, looks for gaps, either it
/// finds the gap or its put is found.
///
/// Gaps that touch stay apart until their versions lie closer together than either is old (as in the exponential
/// histograms of Datar, Gionis, Indyk and Motwani, SIAM J. Comput. 31, 2002). So they are few, and a reader at an older
/// version passes no more entries than about as many as were deleted since. They are bounded in number and in bytes,
/// and lost with the process.
public final class Gaps {
  /// Entries that a scan passes without showing one before it adds a gap.
  private static final int ENTRIES_MIN = 16;

  private static final int COUNT_MAX = 64;

  // As many as are allowed, if keys are shorter than some 200 bytes.
  private static final long BYTES_MAX = 32 << 10;

  // A gap with its stretch and its range, and its place in the list.
  private static final long GAP_BYTES = 32 + 32 + 24 + HeapBytes.REFERENCE;

  private final Untouched untouched;
  private final MemoryAccount account;

  // Ascending, not overlapping.
  private final AtomicReference<List<Gap>> gaps = new AtomicReference<>(List.of());
  private final LongAdder entriesPassed = new LongAdder();
  private volatile boolean ended;

  /// Tells whether keys have changed.
  @FunctionalInterface
  public interface Untouched {
    /// Looks for changes, those included that no reader sees yet.
    ///
    /// @param range the keys
    /// @param version changes up to it do not count
    /// @return true if there is certainly none
    boolean isUntouched(KeyRange range, long version);
  }

  /// Where nothing is to be seen.
  ///
  /// @param range the keys, with an end
  /// @param version for readers at this version or later
  /// @param instantMillis if they read at this moment or later
  record Stretch(KeyRange range, long version, long instantMillis) {}

  /// A stretch that is known.
  ///
  /// @param entries about as many entries lie in it
  /// @param usable whether it is certain that it holds nothing that the scan could not see
  private record Gap(Stretch stretch, long entries, boolean usable) {
    KeyRange range() {
      return stretch.range();
    }

    boolean isFor(ReadView view) {
      return usable
          && stretch.version() <= view.version()
          && stretch.instantMillis() <= view.instantMillis();
    }

    Gap part(KeyRange part) {
      Stretch kept = new Stretch(part, stretch.version(), stretch.instantMillis());
      return new Gap(kept, entries, usable);
    }

    long bytes() {
      return GAP_BYTES
          + HeapBytes.ofArray(range().lower().length)
          + HeapBytes.ofArray(upperOf(range()).length);
    }

    boolean touches(Gap behind) {
      return Arrays.equals(range().upper(), behind.range().lower());
    }
  }

  /// Makes an empty set.
  ///
  /// @param untouched knows the keys that gaps are about
  /// @param account pays for them
  public Gaps(Untouched untouched, MemoryAccount account) {
    this.untouched = untouched;
    this.account = account;
  }

  /// Tells whether there is none. A commit asks when its puts are made, behind a full fence.
  ///
  /// @return true if there is nothing to cut
  public boolean isEmpty() {
    return gaps.get().isEmpty();
  }

  /// Number of entries that scans passed without showing them, because they were deleted or had expired.
  ///
  /// @return a count since the opening
  public long entriesPassed() {
    return entriesPassed.sum();
  }

  /// Index of the last gap that begins at a key or before it, or -1.
  private static int lastNotBehind(List<Gap> all, byte[] key) {
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(all.get(middle).range().lower(), key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// What is left of a walk that has come to a key, without the gap in which the key lies and those that touch it.
  ///
  /// @param key the place of the walk
  /// @param view who walks, and in which direction
  /// @return the keys, possibly none; null if the key lies in no gap
  @Nullable KeyRange behind(byte[] key, ReadView view) {
    List<Gap> all = gaps.get();
    int at = lastNotBehind(all, key);
    if (at < 0 || !all.get(at).isFor(view) || !all.get(at).range().contains(key)) {
      return null;
    }
    int step = view.isReverse() ? -1 : 1;
    int next = at + step;
    while (next >= 0 && next < all.size() && all.get(next).isFor(view)) {
      Gap lower = all.get(Math.min(next, next - step));
      Gap upper = all.get(Math.max(next, next - step));
      if (!lower.touches(upper)) {
        break;
      }
      next += step;
    }
    KeyRange last = all.get(next - step).range();
    KeyRange walked = view.range();
    return view.isReverse()
        ? walked.intersect(new KeyRange(walked.lower(), last.lower()))
        : walked.intersect(new KeyRange(upperOf(last), walked.upper()));
  }

  private static byte[] upperOf(KeyRange range) {
    byte[] upper = range.upper();
    if (upper == null) {
      throw new IllegalStateException("a gap has an end");
    }
    return upper;
  }

  /// A scan has passed entries without showing one.
  ///
  /// @param stretch where it found nothing
  /// @param entries how many it passed
  /// @param readVersion what it saw
  void passed(Stretch stretch, int entries, long readVersion) {
    entriesPassed.add(entries);
    if (entries < ENTRIES_MIN) {
      return;
    }
    Gap added = publish(new Gap(stretch, entries, false));
    if (added != null) {
      boolean certain = untouched.isUntouched(added.range(), readVersion);
      replace(all -> decided(all, added, certain, readVersion));
    }
  }

  /// Puts the first part of a gap that overlaps no other in its place among the others.
  private @Nullable Gap publish(Gap added) {
    while (true) {
      List<Gap> all = gaps.get();
      KeyRange free = added.range();
      int place = lastNotBehind(all, free.lower()) + 1;
      if (place > 0 && all.get(place - 1).range().contains(free.lower())) {
        free = new KeyRange(upperOf(all.get(place - 1).range()), free.upper());
      }
      if (place < all.size()) {
        free = free.intersect(new KeyRange(free.lower(), all.get(place).range().lower()));
      }
      if (free.isEmpty()) {
        return null;
      }
      Gap part = added.part(free);
      List<Gap> grown = new ArrayList<>(all);
      grown.add(place, part);
      if (replace(all, List.copyOf(grown))) {
        return part;
      }
    }
  }

  private void replace(UnaryOperator<List<Gap>> change) {
    List<Gap> before = gaps.get();
    while (!replace(before, change.apply(before))) {
      before = gaps.get();
    }
  }

  private boolean replace(List<Gap> before, List<Gap> after) {
    if (!gaps.compareAndSet(before, after)) {
      return false;
    }
    account.charge(bytes(after) - bytes(before));
    if (ended && !after.isEmpty()) {
      replace(_ -> List.of());
    }
    return true;
  }

  private static long bytes(List<Gap> all) {
    long bytes = 0;
    for (Gap gap : all) {
      bytes += gap.bytes();
    }
    return bytes;
  }

  /// Makes a gap usable, unless a commit has cut it meanwhile or it is not certain, and joins what need not be apart.
  @SuppressWarnings("ReferenceEquality") // An equal gap that came later is another one.
  private static List<Gap> decided(List<Gap> all, Gap added, boolean certain, long now) {
    List<Gap> result = new ArrayList<>();
    for (Gap gap : all) {
      if (gap != added) {
        append(result, gap, now);
      } else if (certain) {
        append(result, new Gap(gap.stretch(), gap.entries(), true), now);
      }
    }
    dropSmallest(result);
    return List.copyOf(result);
  }

  private static void append(List<Gap> result, Gap next, long now) {
    Gap last = result.isEmpty() ? null : result.getLast();
    if (last != null && last.touches(next) && mayJoin(last, next, now)) {
      result.set(result.size() - 1, joined(last, next));
    } else {
      result.add(next);
    }
  }

  private static boolean mayJoin(Gap a, Gap b, long now) {
    long newer = Math.max(a.stretch().version(), b.stretch().version());
    long older = Math.min(a.stretch().version(), b.stretch().version());
    return a.usable() && b.usable() && newer - older <= now - newer;
  }

  private static Gap joined(Gap a, Gap b) {
    Stretch both =
        new Stretch(
            a.range().hull(b.range()),
            Math.max(a.stretch().version(), b.stretch().version()),
            Math.max(a.stretch().instantMillis(), b.stretch().instantMillis()));
    return new Gap(both, a.entries() + b.entries(), true);
  }

  private static void dropSmallest(List<Gap> all) {
    while (all.size() > COUNT_MAX || bytes(all) > BYTES_MAX) {
      Gap smallest = all.getFirst();
      for (Gap gap : all) {
        smallest = gap.entries() < smallest.entries() ? gap : smallest;
      }
      all.remove(smallest);
    }
  }

  /// A key is put, and no reader sees it yet.
  ///
  /// @param key the key
  public void cut(byte[] key) {
    List<Gap> all = gaps.get();
    int at = lastNotBehind(all, key);
    if (at >= 0 && all.get(at).range().contains(key)) {
      replace(now -> without(now, key));
    }
  }

  private static List<Gap> without(List<Gap> all, byte[] key) {
    List<Gap> rest = new ArrayList<>();
    for (Gap gap : all) {
      if (!gap.range().contains(key)) {
        rest.add(gap);
      } else if (gap.usable()) {
        // How its entries are spread is not known: each part may hold half of them.
        Gap half = new Gap(gap.stretch(), gap.entries() / 2, true);
        addUnlessEmpty(rest, half.part(new KeyRange(gap.range().lower(), key)));
        addUnlessEmpty(rest, half.part(new KeyRange(Keys.after(key), gap.range().upper())));
      }
    }
    dropSmallest(rest);
    return List.copyOf(rest);
  }

  private static void addUnlessEmpty(List<Gap> gaps, Gap part) {
    if (part.entries() > 0 && !part.range().isEmpty()) {
      gaps.add(part);
    }
  }

  /// Forgets all of them, and those that scans under way are about to add: the keyspace is gone.
  public void end() {
    ended = true;
    replace(_ -> List.of());
  }
}
