package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks the keys of a run, each in its newest version that a view sees. *Confined to one thread.*
final class RunCursor implements EntryCursor {
  private static final byte[] NOTHING = new byte[0];

  private final RunReader run;
  private final ReadView view;

  // Where the next key is looked for; null before the start.
  private @Nullable LeafCursor ahead;

  // The current entry.
  private @Nullable LeafCursor shown;
  private @Nullable EntryHeader header;
  private byte[] key = NOTHING;

  RunCursor(RunReader run, ReadView view) {
    this.run = run;
    this.view = view;
  }

  @Override
  public boolean next() throws IOException {
    LeafCursor at = ahead == null ? start() : ahead;
    ahead = at;
    while (at.isAtEntry()) {
      byte[] candidate = at.key();
      if (!inRange(candidate)) {
        return false;
      }
      LeafCursor found = view.isReverse() ? passBack(at, candidate) : passForward(at, candidate);
      if (found != null) {
        key = candidate;
        shown = found;
        header = found.entry();
        return true;
      }
    }
    return false;
  }

  private LeafCursor start() throws CorruptionException {
    if (!view.isReverse()) {
      return LeafCursor.atOrAfter(run, ReadPurpose.SERVE, view.range().lower());
    }
    byte[] upper = view.range().upper();
    if (upper == null) {
      return LeafCursor.atLast(run, ReadPurpose.SERVE);
    }
    LeafCursor at = LeafCursor.atOrAfter(run, ReadPurpose.SERVE, upper);
    if (!at.isAtEntry()) {
      return LeafCursor.atLast(run, ReadPurpose.SERVE);
    }
    at.back();
    return at;
  }

  private boolean inRange(byte[] candidate) {
    return view.isReverse()
        ? Arrays.compareUnsigned(candidate, view.range().lower()) >= 0
        : view.range().isBelowUpper(candidate);
  }

  /// Moves `at` behind all versions of a key. Returns the first of them that the view sees.
  private @Nullable LeafCursor passForward(LeafCursor at, byte[] candidate)
      throws CorruptionException {
    LeafCursor found = null;
    do {
      if (found == null && at.entry().version() <= view.version()) {
        found = at.copy();
      }
    } while (at.forward() && at.keyEquals(candidate));
    return found;
  }

  /// Moves `at` before all versions of a key, which come oldest first. Returns the last of them that the view sees.
  private @Nullable LeafCursor passBack(LeafCursor at, byte[] candidate)
      throws CorruptionException {
    LeafCursor found = null;
    do {
      if (at.entry().version() <= view.version()) {
        found = at.copy();
      }
    } while (at.back() && at.keyEquals(candidate));
    return found;
  }

  private EntryHeader header() {
    if (header == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return header;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int kind() {
    return header().kind();
  }

  @Override
  public long version() {
    return header().version();
  }

  @Override
  public long expiryMillis() {
    return header().expiryMillis();
  }

  @Override
  public int valueLength() {
    return header().valueLength();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    if (shown == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    shown.copyValue(target, offset);
  }
}
