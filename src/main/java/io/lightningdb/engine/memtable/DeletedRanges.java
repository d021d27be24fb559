package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cursor.Cover;
import io.lightningdb.engine.cursor.Deletions;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The range deletions of a memtable. Written by one thread; readers take no lock.
///
/// A reader wants the newest deletion over a key as of its version, and no other. So for each version in which ranges
/// were deleted there is a tree of pieces that do not overlap, in which the newest deletion has painted over the older
/// ones. The trees of neighbouring versions share what they have in common: a deletion replaces the nodes on two paths
/// and whatever it paints over, which is gone from all later trees. So each costs the logarithm of their number in the
/// mean, whether they lie side by side, overlap or are nested, and so does a read at any version (Driscoll, Sarnak,
/// Sleator and Tarjan, "Making data structures persistent", JCSS 38, 1989; the tree is a treap: Seidel and Aragon,
/// "Randomized search trees", Algorithmica 16, 1996).
public final class DeletedRanges implements Deletions {
  private static final long DELETION_BYTES = 88;

  // Always the same numbers: what a seed of a test did, it does again.
  private final SplittableRandom priorities = new SplittableRandom(1);

  // Replaced by the writer, read by anybody. A root stands in its place before the number counts
  // it.
  private volatile Roots roots = new Roots(new AtomicReferenceArray<>(4), new long[4], 0);

  // Appended to by the writer; read once nothing is written any more.
  private final List<RangeTombstones.Fragment> deletions = new ArrayList<>();

  // Counted by the writer alone.
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong steps = new AtomicLong();

  /// Makes an empty one.
  DeletedRanges() {}

  /// The trees, by version; the first `count` are in use.
  private record Roots(AtomicReferenceArray<Piece> trees, long[] versions, int count) {
    @Nullable Piece upTo(long version) {
      int at = count;
      if (count > 0 && versions[count - 1] > version) {
        int found = Arrays.binarySearch(versions, 0, count, version);
        at = found >= 0 ? found + 1 : -1 - found;
      }
      return at == 0 ? null : trees.get(at - 1);
    }
  }

  /// Adds a deletion.
  ///
  /// @param range not empty
  /// @param version not less than any before
  void add(KeyRange range, long version) {
    Roots before = roots;
    Piece old = before.upTo(Long.MAX_VALUE);
    PieceTree tree = new PieceTree(version, priorities);
    Piece grown = tree.paint(old, range);
    deletions.add(new RangeTombstones.Fragment(range, new long[] {version}));
    bytes.setRelease(bytes.getPlain() + bytes(range) + tree.bytes());
    steps.setRelease(steps.getPlain() + tree.steps());
    publish(before, grown, version);
  }

  private static long bytes(KeyRange range) {
    byte[] upper = range.upper();
    return DELETION_BYTES + range.lower().length + (upper == null ? 0 : upper.length);
  }

  private void publish(Roots before, Piece root, long version) {
    int count = before.count();
    if (count > 0 && before.versions()[count - 1] == version) {
      // Part of a commit that is not visible yet.
      before.trees().set(count - 1, root);
      return;
    }
    Roots grown = before;
    if (count == before.versions().length) {
      AtomicReferenceArray<Piece> trees = new AtomicReferenceArray<>(2 * count);
      for (int i = 0; i < count; i++) {
        trees.setPlain(i, before.trees().get(i));
      }
      grown = new Roots(trees, Arrays.copyOf(before.versions(), 2 * count), count);
    }
    grown.versions()[count] = version;
    grown.trees().set(count, root);
    roots = new Roots(grown.trees(), grown.versions(), count + 1);
  }

  /// Tells whether there are none.
  ///
  /// @return true if nothing was deleted by range
  public boolean isEmpty() {
    return roots.count() == 0;
  }

  @Override
  public long covering(byte[] key, long readVersion) {
    Roots all = roots;
    if (all.count() == 0) {
      return 0;
    }
    Piece piece = PieceTree.find(all.upTo(readVersion), key);
    return piece == null ? 0 : piece.version();
  }

  /// The newest deletion that covers a key, and how far it does so without a gap.
  ///
  /// @param key any key
  /// @param readVersion newest version that counts
  /// @return null if there is none
  public @Nullable Cover coverAt(byte[] key, long readVersion) {
    Piece piece = PieceTree.find(roots.upTo(readVersion), key);
    return piece == null ? null : new Cover(piece.version(), piece.upper());
  }

  /// Finds a deletion newer than a version that covers part of a range.
  ///
  /// @param range the keys
  /// @param version deletions up to it do not count
  /// @return the first key of the range that such a deletion covers, or null if there is none
  public byte @Nullable [] firstNewerIn(KeyRange range, long version) {
    return PieceTree.firstNewer(roots.upTo(Long.MAX_VALUE), range, version);
  }

  /// All of them as they were made, for the run that they become part of. Of a memtable that is not written any more.
  ///
  /// @return an immutable view
  public List<RangeTombstones.Fragment> deletions() {
    return Collections.unmodifiableList(deletions);
  }

  /// Memory held.
  ///
  /// @return in bytes, estimated for the objects
  public long bytes() {
    return bytes.get();
  }

  /// Nodes that all deletions so far have looked at: what they cost under the sequencer's lock.
  ///
  /// @return a count
  public long steps() {
    return steps.get();
  }
}
