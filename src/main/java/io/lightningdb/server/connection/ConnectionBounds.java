package io.lightningdb.server.connection;

import java.time.Duration;

/// What connections are held to.
///
/// @param openMax most connections open at a time
/// @param perAddressMax most connections of one address that is not exempt
/// @param bytesPerSecondMin bytes a second that a client has to send or take while the service waits for it; 0 for any
/// @param slowAfter how long the service waits before it looks at the rate, how long the head of a request may take,
///     and how long a body that nothing reads any more is taken
record ConnectionBounds(
    int openMax, int perAddressMax, long bytesPerSecondMin, Duration slowAfter) {

  /// Number of connections from which on idle ones are closed.
  ///
  /// @return a sixteenth below the bound
  int nearMax() {
    return openMax - openMax / 16;
  }

  /// The least that a client may send or take in [#slowAfter].
  ///
  /// @return in bytes, at least 1: who does nothing at all is too slow in any case
  long bytesMin() {
    return Math.max(1, bytesPerSecondMin * slowAfter.toMillis() / 1000);
  }
}
