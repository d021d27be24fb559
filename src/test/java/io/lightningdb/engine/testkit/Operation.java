package io.lightningdb.engine.testkit;

import java.util.Locale;

/// What a disk is asked to do. Each counts as one operation of [SimulatedStorage].
enum Operation {
  CREATE,
  OPEN,
  MAP,
  LIST,
  RENAME,
  DELETE,
  SYNC_DIRECTORY,
  LOCK,
  /// A write inside the file.
  WRITE,
  /// A write that makes the file longer.
  GROW,
  /// A store through a mapping.
  STORE,
  SYNC;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
