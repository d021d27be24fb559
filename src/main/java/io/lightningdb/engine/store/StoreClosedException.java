package io.lightningdb.engine.store;

import java.io.IOException;

/// The database was closed.
public final class StoreClosedException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Says so.
  public StoreClosedException() {
    super("the database is closed");
  }
}
