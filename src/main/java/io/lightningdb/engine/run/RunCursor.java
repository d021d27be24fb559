package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.io.MappedFault;
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
  private @Nullable Leaf leaf;
  private @Nullable EntryHeader header;
  private byte[] key = NOTHING;

  RunCursor(RunReader run, ReadView view) {
    this.run = run;
    this.view = view;
  }

  @Override
  public boolean next() throws IOException {
    try {
      return step();
    } catch (InternalError e) {
      throw MappedFault.of(run.name(), e);
    }
  }

  private boolean step() throws CorruptionException {
    LeafCursor at = ahead == null ? start() : ahead;
    ahead = at;
    while (at.isAtEntry()) {
      byte[] candidate = at.key();
      if (!inRange(candidate)) {
        return false;
      }
      boolean seen = view.isReverse() ? passBack(at, candidate) : passForward(at, candidate);
      if (seen) {
        key = candidate;
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

  /// Moves `at` behind all versions of a key. Returns whether the view sees one; it shows the first of them.
  private boolean passForward(LeafCursor at, byte[] candidate) throws CorruptionException {
    boolean seen = false;
    do {
      if (!seen && at.entry().version() <= view.version()) {
        show(at);
        seen = true;
      }
    } while (at.forward() && at.keyEquals(candidate));
    return seen;
  }

  /// Moves `at` before all versions of a key, which come oldest first. Returns whether the view sees one; it shows the last of
  /// them.
  private boolean passBack(LeafCursor at, byte[] candidate) throws CorruptionException {
    boolean seen = false;
    do {
      if (at.entry().version() <= view.version()) {
        show(at);
        seen = true;
      }
    } while (at.back() && at.keyEquals(candidate));
    return seen;
  }

  private void show(LeafCursor at) throws CorruptionException {
    leaf = at.leaf();
    header = at.entry();
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
    if (leaf == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    leaf.copyValue(header(), target, offset);
  }
}
