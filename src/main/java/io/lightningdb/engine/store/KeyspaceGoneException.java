package io.lightningdb.engine.store;

import java.io.IOException;

/// A keyspace was used after it was dropped.
public final class KeyspaceGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Its name or id.
  private final String name;

  /// Names the keyspace.
  ///
  /// @param name its name or id
  public KeyspaceGoneException(String name) {
    super("keyspace " + name + " was dropped");
    this.name = name;
  }

  /// The keyspace.
  ///
  /// @return its name or id
  public String name() {
    return name;
  }
}
