package io.lightningdb.engine.store;

/// A change of one key. Immutable.
///
/// @param version of the commit that made it
/// @param deletion whether it took the entry away, alone or with a range
/// @param expiryMillis when the entry expires, in milliseconds since 1970-01-01T00:00Z
/// @param valueBytes size of the value, 0 for a deletion
/// @param head how the value begins; empty if it was too large to be looked at
@SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
public record KeyChange(
    long version, boolean deletion, long expiryMillis, int valueBytes, byte[] head) {

  static KeyChange ofRange(long version) {
    return new KeyChange(version, true, 0, 0, new byte[0]);
  }
}
