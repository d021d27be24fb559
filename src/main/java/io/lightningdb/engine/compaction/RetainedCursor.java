package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Operation;
import java.io.IOException;
import java.util.Arrays;

/// Leaves out what no reader can see any more. *Confined to one thread.*
///
/// What has expired for everybody is shown as a deletion of the same version, so that it goes on hiding what is older,
/// and goes where deletions go.
final class RetainedCursor implements EntryCursor {
  private final EntryCursor entries;
  private final TombstoneSweep sweep;
  private final VersionRetention retention;
  private final Below below;
  private byte[] key = new byte[0];
  private long newer = Long.MAX_VALUE;
  private int newerCount;
  private long historyFloor;
  private boolean started;
  private boolean expired;

  /// Whether there can be older entries of the same keys elsewhere.
  enum Depth {
    /// There may be: deletions have to be kept.
    ABOVE_OTHERS,
    /// There are none.
    BOTTOM
  }

  /// Filters entries.
  ///
  /// @param entries every version, ascending by key, descending by version
  /// @param sweep range deletions over them; told what stays
  RetainedCursor(
      EntryCursor entries, TombstoneSweep sweep, VersionRetention retention, Depth depth) {
    this(entries, sweep, retention, depth == Depth.BOTTOM ? Below.nowhere() : Below.everywhere());
  }

  /// Filters entries.
  ///
  /// @param entries every version, ascending by key, descending by version
  /// @param sweep range deletions over them; told what stays
  /// @param below where there may be older entries of the same keys
  RetainedCursor(
      EntryCursor entries, TombstoneSweep sweep, VersionRetention retention, Below below) {
    this.entries = entries;
    this.sweep = sweep;
    this.retention = retention;
    this.below = below;
  }

  @Override
  public boolean next() throws IOException {
    while (advance()) {
      boolean sameKey = started && Arrays.equals(key, entries.key());
      long deleted = oldestTombstoneAbove();
      long shadow = Math.min(sameKey ? newer : Long.MAX_VALUE, deleted);
      started = true;
      key = entries.key();
      newer = entries.version();
      newerCount = sameKey ? newerCount + 1 : 0;
      if (!retention.isSeen(newer, shadow, newerCount)) {
        historyFloor = Math.max(historyFloor, shadow);
      } else if (!isSpentDeletion()) {
        sweep.keep(deleted);
        return true;
      }
    }
    return false;
  }

  /// An entry counts when it is passed: the one that a step of a merge ends at belongs to the next step.
  private boolean advance() throws IOException {
    if (expired) {
      retention.countExpired();
    }
    expired = false;
    boolean more = entries.next();
    expired = more && retention.isExpired(entries.expiryMillis());
    return more;
  }

  /// From which version on everything can still be read, as far as entries and range deletions that were left out are
  /// concerned.
  long historyFloor() {
    return Math.max(historyFloor, sweep.historyFloor());
  }

  private long oldestTombstoneAbove() {
    return sweep.isEmpty() ? Long.MAX_VALUE : sweep.shadow(entries.key(), entries.version());
  }

  private boolean isSpentDeletion() {
    return kind() == Operation.DELETE
        && !retention.isDeletionNeeded(entries.version())
        && !below.mayHold(entries.key());
  }

  @Override
  public byte[] key() {
    return entries.key();
  }

  @Override
  public int kind() {
    return expired ? Operation.DELETE : entries.kind();
  }

  @Override
  public long version() {
    return entries.version();
  }

  @Override
  public long expiryMillis() {
    return expired ? ExpiryTime.NEVER : entries.expiryMillis();
  }

  @Override
  public int valueLength() {
    return expired ? 0 : entries.valueLength();
  }

  @Override
  public boolean isCached() {
    return entries.isCached();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    if (!expired) {
      entries.copyValue(target, offset);
    }
  }
}
