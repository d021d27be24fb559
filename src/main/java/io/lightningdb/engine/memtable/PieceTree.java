package io.lightningdb.engine.memtable;

import io.lightningdb.engine.format.KeyRange;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Makes, of a tree of pieces, the one in which a further deletion has painted over what it covers. The old tree stays
/// as it was. *Confined to one thread*, apart from reads.
///
/// In-order, pieces ascend and do not overlap; priorities are random and descend with the depth, so the depth is
/// logarithmic in the mean whatever the order in which the deletions come.
final class PieceTree {
  private static final long PIECE_BYTES = 64;

  private final long version;
  private final SplittableRandom priorities;
  private long bytes;
  private long steps;

  /// Prepares a deletion.
  ///
  /// @param version its version, not less than any in the tree
  /// @param priorities chosen at random, never twice from the same numbers for one tree
  PieceTree(long version, SplittableRandom priorities) {
    this.version = version;
    this.priorities = priorities;
  }

  /// What the new tree keeps beside what it shares with trees of earlier versions.
  ///
  /// @return in bytes
  long bytes() {
    return bytes;
  }

  /// Nodes looked at.
  ///
  /// @return a count
  long steps() {
    return steps;
  }

  /// Paints over a range.
  ///
  /// @param root the tree; null if it is empty
  /// @param range not empty
  /// @return the new tree
  Piece paint(@Nullable Piece root, KeyRange range) {
    byte[] upper = range.upper();
    // The end of a piece that goes on behind the range: it needs a priority of its own, lest the
    // pieces that a large one falls to all have the same.
    Piece behind = upper == null ? null : straddling(root, upper);
    Piece painted = insert(root, single(range.lower(), upper, version));
    return behind == null || upper == null
        ? painted
        : insert(painted, single(upper, behind.upper(), behind.version()));
  }

  private Piece single(byte[] lower, byte @Nullable [] upper, long deletion) {
    bytes += PIECE_BYTES;
    return new Piece(lower, upper, deletion, deletion, priorities.nextInt(), version, null, null);
  }

  private Piece with(
      Piece piece, byte @Nullable [] upper, @Nullable Piece left, @Nullable Piece right) {
    if (piece.born() != version) {
      // Else only this commit has seen the node, and it goes.
      bytes += PIECE_BYTES;
    }
    long newest = Math.max(piece.version(), Math.max(newest(left), newest(right)));
    return new Piece(
        piece.lower(), upper, piece.version(), newest, piece.priority(), version, left, right);
  }

  private static long newest(@Nullable Piece piece) {
    return piece == null ? 0 : piece.newest();
  }

  /// The piece that begins before a key and holds it.
  private @Nullable Piece straddling(@Nullable Piece root, byte[] key) {
    Piece piece = root;
    while (piece != null) {
      steps++;
      if (Arrays.compareUnsigned(key, piece.lower()) <= 0) {
        piece = piece.left();
      } else if (isAtOrBefore(piece.upper(), key)) {
        piece = piece.right();
      } else {
        return piece;
      }
    }
    return null;
  }

  private static boolean isAtOrBefore(byte @Nullable [] upper, byte[] key) {
    return upper != null && Arrays.compareUnsigned(upper, key) <= 0;
  }

  private Piece insert(@Nullable Piece piece, Piece added) {
    steps++;
    if (piece == null) {
      return added;
    }
    byte[] upper = added.upper();
    if (added.priority() > piece.priority()) {
      return with(added, upper, below(piece, added.lower()), from(piece, upper));
    }
    if (isAtOrBefore(piece.upper(), added.lower())) {
      return with(piece, piece.upper(), piece.left(), insert(piece.right(), added));
    }
    if (isAtOrBefore(upper, piece.lower())) {
      return with(piece, piece.upper(), insert(piece.left(), added), piece.right());
    }
    return insert(join(below(piece, added.lower()), from(piece, upper)), added);
  }

  /// What lies before a key.
  private @Nullable Piece below(@Nullable Piece piece, byte[] key) {
    steps++;
    if (piece == null) {
      return null;
    }
    if (Arrays.compareUnsigned(piece.lower(), key) >= 0) {
      return below(piece.left(), key);
    }
    if (isAtOrBefore(piece.upper(), key)) {
      return with(piece, piece.upper(), piece.left(), below(piece.right(), key));
    }
    return with(piece, key, piece.left(), null);
  }

  /// The pieces that begin at a key or behind it.
  private @Nullable Piece from(@Nullable Piece piece, byte @Nullable [] key) {
    steps++;
    if (piece == null || key == null) {
      return null;
    }
    return Arrays.compareUnsigned(piece.lower(), key) < 0
        ? from(piece.right(), key)
        : with(piece, piece.upper(), from(piece.left(), key), piece.right());
  }

  private @Nullable Piece join(@Nullable Piece left, @Nullable Piece right) {
    steps++;
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return left.priority() >= right.priority()
        ? with(left, left.upper(), left.left(), join(left.right(), right))
        : with(right, right.upper(), join(left, right.left()), right.right());
  }

  /// The piece that holds a key.
  static @Nullable Piece find(@Nullable Piece root, byte[] key) {
    Piece piece = root;
    while (piece != null) {
      if (Arrays.compareUnsigned(key, piece.lower()) < 0) {
        piece = piece.left();
      } else if (isAtOrBefore(piece.upper(), key)) {
        piece = piece.right();
      } else {
        return piece;
      }
    }
    return null;
  }

  /// The first key of a range in a piece of a greater version.
  static byte @Nullable [] firstNewer(@Nullable Piece piece, KeyRange range, long version) {
    if (piece == null || piece.newest() <= version) {
      return null;
    }
    byte[] found = null;
    if (Arrays.compareUnsigned(range.lower(), piece.lower()) < 0) {
      found = firstNewer(piece.left(), range, version);
    }
    if (found == null && piece.version() > version) {
      KeyRange common = new KeyRange(piece.lower(), piece.upper()).intersect(range);
      found = common.isEmpty() ? null : common.lower();
    }
    if (found == null && piece.upper() != null && range.isBelowUpper(piece.upper())) {
      found = firstNewer(piece.right(), range, version);
    }
    return found;
  }
}
