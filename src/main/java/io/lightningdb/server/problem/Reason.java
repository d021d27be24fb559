package io.lightningdb.server.problem;

import io.lightningdb.engine.io.FailureText;

/// What a failure says of itself, to people.
public final class Reason {
  private Reason() {}

  /// The message of a failure.
  ///
  /// @param failure any failure
  /// @return its message, or its kind if it has none; never empty
  public static String of(Throwable failure) {
    return FailureText.of(failure);
  }
}
