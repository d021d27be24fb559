package io.lightningdb.server.connection;

import java.util.Locale;

/// Why the service closes a connection that its client would have kept.
enum ConnectionEnd {
  /// It was idle, and there were nearly as many as there may be.
  IDLE,
  /// It was idle, or new, and its address had as many as one may have.
  PER_ADDRESS,
  /// It was new, and all others were in use.
  ALL_IN_USE,
  /// The head of a request did not come in time.
  SLOW_HEAD,
  /// A body came too slowly.
  SLOW_BODY,
  /// An answer was taken too slowly.
  SLOW_RESPONSE,
  /// The deadline of a request passed while its body or its answer was on the way.
  DEADLINE,
  /// A body that nothing reads any more did not end.
  UNREAD_BODY;

  /// The value of the label `reason`.
  ///
  /// @return in lower case with hyphens
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
