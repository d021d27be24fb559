package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.WriteBatch;

/// One change of a commit, before it meets an engine.
public sealed interface Change {

  /// Name of the keyspace that it changes.
  ///
  /// @return a name
  String keyspace();

  /// Tells whether there is nothing that it could change, so that it is no part of a commit.
  ///
  /// @return true for the deletion of an empty range
  default boolean isVoid() {
    return this instanceof DeleteRange range && range.span().isEmpty();
  }

  /// Adds this change to a batch.
  ///
  /// @param batch the batch
  /// @param target the engine's keyspace of that name
  void addTo(WriteBatch batch, Keyspace target);

  /// Adds or replaces an entry.
  ///
  /// @param keyspace name of the keyspace
  /// @param key its key
  /// @param value its value
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Put(String keyspace, byte[] key, byte[] value) implements Change {
    @Override
    public void addTo(WriteBatch batch, Keyspace target) {
      batch.put(target, key, value);
    }
  }

  /// Removes an entry, if there is one.
  ///
  /// @param keyspace name of the keyspace
  /// @param key its key
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Delete(String keyspace, byte[] key) implements Change {
    @Override
    public void addTo(WriteBatch batch, Keyspace target) {
      batch.delete(target, key);
    }
  }

  /// Removes the entries of a range.
  ///
  /// @param keyspace name of the keyspace
  /// @param span their keys
  record DeleteRange(String keyspace, KeySpan span) implements Change {
    @Override
    public void addTo(WriteBatch batch, Keyspace target) {
      batch.deleteRange(target, span.toRange());
    }
  }
}
