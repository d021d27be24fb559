package io.lightningdb.engine.cursor;

import java.io.IOException;

/// Entries in key order. *Confined to one thread.*
///
/// A cursor starts before its first entry. What the getters return belongs to the current entry and is undefined before
/// the first and behind the last.
public interface EntryCursor {

  /// Goes to the next entry in the cursor's direction.
  ///
  /// @return false if there is none; then the cursor stays at its end
  /// @throws IOException if the source cannot be read or is damaged
  boolean next() throws IOException;

  /// The key. The array is not changed afterwards, and the receiver must not change it either.
  ///
  /// @return an array that holds exactly the key
  byte[] key();

  /// Length of the key.
  ///
  /// @return in bytes
  default int keyLength() {
    return key().length;
  }

  /// Copies the key. Unlike [#key] this need not make an array.
  ///
  /// @param target gets [#keyLength] bytes
  /// @param offset index of the first
  default void copyKey(byte[] target, int offset) {
    byte[] key = key();
    System.arraycopy(key, 0, target, offset, key.length);
  }

  /// What the entry is.
  ///
  /// @return `PUT` or `DELETE` of [io.lightningdb.engine.format.Operation]
  int kind();

  /// The commit that wrote the entry.
  ///
  /// @return a version
  long version();

  /// When the entry expires.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z; [io.lightningdb.engine.format.ExpiryTime#NEVER] if it does not
  long expiryMillis();

  /// Length of the value.
  ///
  /// @return in bytes, 0 for a deletion
  int valueLength();

  /// Tells whether the entry comes out of the cache: it, or a neighbour, was asked for not long ago.
  ///
  /// @return false if it does not, or if the source knows nothing of a cache
  default boolean isCached() {
    return false;
  }

  /// Copies the value.
  ///
  /// @param target gets [#valueLength] bytes
  /// @param offset index of the first
  void copyValue(byte[] target, int offset);
}
