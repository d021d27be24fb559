package io.lightningdb.engine.compaction;

import io.lightningdb.engine.manifest.Change.NextIds;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Gives out numbers that were never used. *Thread-safe.*
///
/// A number counts once the edit that uses it is durable, and every such edit carries [#next]; one that was given out
/// and then lost in a crash may be given out again.
public final class RunIds {
  private final AtomicLong fileId;
  private final AtomicInteger keyspaceId;
  private final AtomicLong row;

  /// Goes on from what the manifest says.
  ///
  /// @param next numbers that were never used
  public RunIds(NextIds next) {
    this.fileId = new AtomicLong(next.fileId());
    this.keyspaceId = new AtomicInteger(next.keyspaceId());
    this.row = new AtomicLong(next.row());
  }

  /// A new file id.
  ///
  /// @return a number
  public long takeFileId() {
    return fileId.getAndIncrement();
  }

  /// A new keyspace id.
  ///
  /// @return a number
  public int takeKeyspaceId() {
    return keyspaceId.getAndIncrement();
  }

  /// A new row, greater than all before.
  ///
  /// @return a number
  public long takeRow() {
    return row.getAndIncrement();
  }

  /// What the next edit has to say.
  ///
  /// @return numbers that were not given out yet
  public NextIds next() {
    return new NextIds(fileId.get(), keyspaceId.get(), row.get());
  }
}
