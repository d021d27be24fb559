package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Walks every version in a part of a run, ascending by key and descending by version, for a merge. *Confined to one thread.*
final class RunVersionCursor implements EntryCursor {
  private final RunReader run;
  private final KeyRange range;
  private @Nullable LeafCursor at;
  private @Nullable EntryHeader header;
  private @Nullable Leaf leaf;
  private boolean cached;
  private byte[] key = new byte[0];

  RunVersionCursor(RunReader run, KeyRange range) {
    this.run = run;
    this.range = range;
  }

  @Override
  public boolean next() throws IOException {
    try {
      try {
        return step();
      } finally {
        MappedFault.settle();
      }
    } catch (InternalError e) {
      throw run.unreadable(at == null ? 0 : at.number(), e);
    }
  }

  private boolean step() throws IOException {
    LeafCursor cursor = at;
    if (cursor == null) {
      cursor = LeafCursor.atOrAfter(run, ReadPurpose.MERGE, range.lower());
      at = cursor;
    } else {
      cursor.forward();
    }
    if (!cursor.isAtEntry()) {
      return false;
    }
    if (leaf != cursor.leaf()) {
      leaf = cursor.leaf();
      cached = run.isCached(cursor.number());
    }
    header = cursor.entry();
    if (!cursor.keyEquals(key)) {
      key = cursor.key();
    }
    return range.isBelowUpper(key);
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
  public boolean isCached() {
    return cached;
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    if (at == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    try {
      at.copyValue(target, offset);
      MappedFault.settle();
    } catch (InternalError e) {
      throw new UncheckedIOException(run.unreadable(at.number(), e));
    }
  }
}
