package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Walks the keys of a run, each in its newest version that a view sees. *Confined to one thread.*
final class RunCursor extends InPlaceCursor {
  private static final int VERSIONS_WALKED_MAX = 32;

  private final ReadView view;

  // Where the next key is looked for; null before the start.
  private @Nullable LeafCursor ahead;

  // Of the current entry, once it was asked for.
  private byte @Nullable [] key;

  RunCursor(RunBlocks run, ReadView view) {
    super(run);
    this.view = view;
  }

  @Override
  int reached() {
    return ahead == null ? 0 : ahead.number();
  }

  @Override
  boolean step() throws IOException {
    LeafCursor at = ahead == null ? start() : ahead;
    ahead = at;
    key = null;
    while (at.isAtEntry() && isInRange(at)) {
      if (view.isReverse() ? passBack(at) : passForward(at)) {
        return true;
      }
      at = ahead;
    }
    return false;
  }

  private LeafCursor start() throws IOException {
    if (!view.isReverse()) {
      return LeafCursor.atOrAfter(run(), ReadPurpose.SERVE, view.range().lower());
    }
    byte[] upper = view.range().upper();
    if (upper == null) {
      return LeafCursor.atLast(run(), ReadPurpose.SERVE);
    }
    LeafCursor at = LeafCursor.atOrAfter(run(), ReadPurpose.SERVE, upper);
    if (!at.isAtEntry()) {
      return LeafCursor.atLast(run(), ReadPurpose.SERVE);
    }
    at.back();
    return at;
  }

  private boolean isInRange(LeafCursor at) throws IOException {
    if (view.isReverse()) {
      return at.compareKey(view.range().lower()) <= 0;
    }
    byte[] upper = view.range().upper();
    return upper == null || at.compareKey(upper) > 0;
  }

  /// Moves `at` behind all versions of a key. Returns whether the view sees one; it shows the first of them.
  private boolean passForward(LeafCursor at) throws IOException {
    if (at.entry().version() > view.version() && !at.toNewestUpTo(at.key(), view.version())) {
      return false;
    }
    show(at);
    at.pastKey();
    return true;
  }

  /// Moves `at` before all versions of a key, which come oldest first. Returns whether the view sees one; it shows the
  /// last of them.
  private boolean passBack(LeafCursor at) throws IOException {
    Leaf firstLeaf = at.leaf();
    EntryHeader first = at.entry();
    boolean seen = false;
    int untilSearched = VERSIONS_WALKED_MAX;
    do {
      if (at.entry().version() <= view.version()) {
        show(at);
        seen = true;
      }
      if (--untilSearched == 0) {
        return searchBack(firstLeaf.key(first));
      }
    } while (at.back() && at.keyEquals(firstLeaf, first));
    return seen;
  }

  /// As [#passBack] for a key with many versions, whose first entry the index finds faster.
  private boolean searchBack(byte[] keyOfMany) throws IOException {
    LeafCursor newest = LeafCursor.atOrAfter(run(), ReadPurpose.SERVE, keyOfMany);
    boolean seen = newest.toNewestUpTo(keyOfMany, view.version());
    if (seen) {
      show(newest);
    }
    LeafCursor at = LeafCursor.atOrAfter(run(), ReadPurpose.SERVE, keyOfMany);
    at.back();
    ahead = at;
    return seen;
  }

  @Override
  public byte[] key() {
    byte[] made = key;
    if (made == null) {
      made = new byte[header().keyLength()];
      copyKey(made, 0);
      key = made;
    }
    return made;
  }
}
