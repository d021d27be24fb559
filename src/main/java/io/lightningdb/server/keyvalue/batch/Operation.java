package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Expiry;
import io.lightningdb.server.keyvalue.StoredValue;
import java.util.OptionalLong;

/// One operation of a batch. Immutable.
public sealed interface Operation {

  /// What it works on.
  ///
  /// @return 1 to 4096 bytes
  byte[] key();

  /// The version that the entry must have, 0 for no entry.
  ///
  /// @return nothing if every version will do
  OptionalLong ifVersion();

  /// Adds or replaces an entry.
  ///
  /// @param key what it works on
  /// @param value the new value
  /// @param expiry when it expires
  /// @param ifVersion the version that the entry must have
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Put(byte[] key, StoredValue value, Expiry expiry, OptionalLong ifVersion)
      implements Operation {}

  /// Removes an entry, if there is one.
  ///
  /// @param key what it works on
  /// @param ifVersion the version that the entry must have
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Delete(byte[] key, OptionalLong ifVersion) implements Operation {}

  /// Reads an entry.
  ///
  /// @param key what it works on
  /// @param ifVersion the version that the entry must have
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Get(byte[] key, OptionalLong ifVersion) implements Operation {}

  /// Adds to a counter.
  ///
  /// @param key what it works on
  /// @param by what is added, may be negative
  /// @param initial what it is added to if there is no entry
  /// @param ifVersion the version that the entry must have
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Increment(byte[] key, long by, long initial, OptionalLong ifVersion)
      implements Operation {}
}
