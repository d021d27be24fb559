package io.lightningdb.engine.commit;

/// Something that a transaction relies on was changed after its snapshot; nothing was logged or changed.
public final class ConflictException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Where it was changed.
  private final String keyspace;

  /// The key that was changed, or the first of a range.
  private final byte[] key;

  ConflictException(String keyspace, byte[] key) {
    super("a key in keyspace " + keyspace + " was changed after the transaction's snapshot");
    this.keyspace = keyspace;
    this.key = key.clone();
  }

  /// The keyspace of the change.
  ///
  /// @return its name
  public String keyspace() {
    return keyspace;
  }

  /// The key that was changed.
  ///
  /// @return a copy
  public byte[] key() {
    return key.clone();
  }
}
