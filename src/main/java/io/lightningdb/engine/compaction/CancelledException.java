package io.lightningdb.engine.compaction;

import java.io.IOException;

/// Work was given up because the database is being closed or the keyspace was dropped. Nothing was changed.
public final class CancelledException extends IOException {
  private static final long serialVersionUID = 1L;

  CancelledException() {
    super("the work was cancelled");
  }
}
