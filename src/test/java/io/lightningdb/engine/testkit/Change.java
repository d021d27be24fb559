package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.WriteBatch;
import java.time.Duration;
import java.time.Instant;

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

  /// Adds or replaces an entry that expires.
  ///
  /// @param keyspace name of the keyspace
  /// @param key its key
  /// @param value its value
  /// @param minutes its time to live; 0 for a moment long past
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record PutFor(String keyspace, byte[] key, byte[] value, int minutes) implements Change {
    private static final Instant LONG_PAST = Instant.ofEpochMilli(1);

    /// When it expires, for the engine.
    ///
    /// @return a time to live, or a moment
    public Expiry expiry() {
      return minutes == 0 ? Expiry.at(LONG_PAST) : Expiry.after(Duration.ofMinutes(minutes));
    }

    /// When it expires.
    ///
    /// @param nowMillis when it is written
    /// @return the moment
    long expiryMillis(long nowMillis) {
      return minutes == 0
          ? LONG_PAST.toEpochMilli()
          : nowMillis + Duration.ofMinutes(minutes).toMillis();
    }

    @Override
    public void addTo(WriteBatch batch, Keyspace target) {
      batch.put(target, key, value, expiry());
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
