package io.lightningdb.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The versions of one key that are kept. Immutable. See [Keyspace#history].
///
/// @param versions the newest first
/// @param from every moment from this version on can be read in full; older versions may be gone
/// @param more whether there are older ones, as far as they are told at all
public record KeyHistory(List<Version> versions, long from, boolean more) {

  /// A version of a key.
  ///
  /// @param version number of the commit that made it
  /// @param deleted whether the commit took the entry away
  /// @param expiresAt when the entry expires, or null if it does not
  /// @param valueBytes size of the value, 0 if it was deleted
  /// @param head how the value begins; empty if the value was too large to be looked at
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  public record Version(
      long version, boolean deleted, @Nullable Instant expiresAt, int valueBytes, byte[] head) {}
}
