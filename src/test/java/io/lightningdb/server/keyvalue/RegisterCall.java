package io.lightningdb.server.keyvalue;

import java.util.OptionalLong;

/// A call on one entry that was answered, and between which moments it must have taken effect.
///
/// @param startNanos before it was sent
/// @param endNanos after it was answered
/// @param kind what was asked
/// @param expected version that the entry had to have, 0 for no entry, [#ANY] if there was no condition
/// @param outcome what was answered
/// @param version of the entry that a get found or a put made, else 0
record RegisterCall(
    long startNanos, long endNanos, Kind kind, long expected, Outcome outcome, long version) {
  static final long ANY = -1;

  /// What is asked.
  enum Kind {
    GET,
    PUT,
    DELETE
  }

  /// What is answered.
  enum Outcome {
    /// Found, written or removed.
    DONE,
    /// There was no entry.
    ABSENT,
    /// The condition did not hold.
    REFUSED
  }

  /// Tells what the entry is after the call.
  ///
  /// @param state its version before, 0 for no entry
  /// @return its version afterwards; nothing if the call cannot have been answered so in this state
  OptionalLong after(long state) {
    boolean holds = expected == ANY || expected == state;
    boolean possible =
        switch (outcome) {
          case DONE -> kind == Kind.GET ? state == version && state != 0 : holds;
          case ABSENT -> state == 0 && kind != Kind.PUT;
          case REFUSED -> !holds;
        };
    if (!possible || (kind == Kind.DELETE && outcome == Outcome.DONE && state == 0)) {
      return OptionalLong.empty();
    }
    boolean changes = outcome == Outcome.DONE && kind != Kind.GET;
    return OptionalLong.of(changes ? version : state);
  }
}
