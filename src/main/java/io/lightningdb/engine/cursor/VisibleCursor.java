package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.Operation;
import java.io.IOException;
import java.util.List;

/// Leaves out deleted entries: those that are deletions themselves and those that a range deletion covers. *Confined to one
/// thread.*
public final class VisibleCursor implements EntryCursor {
  private final EntryCursor entries;
  private final List<RangeTombstones> tombstones;
  private final long readVersion;

  /// Looks at entries through range deletions.
  ///
  /// @param entries each key once, in its newest visible version
  /// @param tombstones range deletions of all sources of these entries
  /// @param readVersion newest version that is seen
  public VisibleCursor(EntryCursor entries, List<RangeTombstones> tombstones, long readVersion) {
    this.entries = entries;
    this.tombstones = tombstones.stream().filter(t -> !t.isEmpty()).toList();
    this.readVersion = readVersion;
  }

  @Override
  public boolean next() throws IOException {
    while (entries.next()) {
      if (entries.kind() == Operation.PUT && !isCovered()) {
        return true;
      }
    }
    return false;
  }

  private boolean isCovered() {
    for (RangeTombstones source : tombstones) {
      if (source.covering(entries.key(), readVersion) > entries.version()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] key() {
    return entries.key();
  }

  @Override
  public int kind() {
    return Operation.PUT;
  }

  @Override
  public long version() {
    return entries.version();
  }

  @Override
  public int valueLength() {
    return entries.valueLength();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    entries.copyValue(target, offset);
  }
}
