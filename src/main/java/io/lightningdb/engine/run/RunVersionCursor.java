package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.format.KeyRange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Walks every version in a part of a run, ascending by key and descending by version, for a merge. *Confined to one
/// thread.*
final class RunVersionCursor extends InPlaceCursor {
  private final KeyRange range;
  private @Nullable LeafCursor at;
  private boolean cached;
  private byte[] key = new byte[0];

  RunVersionCursor(RunBlocks run, KeyRange range) {
    super(run);
    this.range = range;
  }

  @Override
  int reached() {
    return at == null ? 0 : at.number();
  }

  @Override
  boolean step() throws IOException {
    LeafCursor cursor = at;
    if (cursor == null) {
      cursor = LeafCursor.atOrAfter(run(), ReadPurpose.MERGE, range.lower());
      at = cursor;
    } else {
      cursor.forward();
    }
    if (!cursor.isAtEntry()) {
      return false;
    }
    if (shownLeaf() != cursor.leaf()) {
      cached = run().isCached(cursor.number());
    }
    show(cursor);
    if (!cursor.keyEquals(key)) {
      key = cursor.key();
    }
    return range.isBelowUpper(key);
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public boolean isCached() {
    return cached;
  }
}
