package io.lightningdb.engine.io;

import java.io.IOException;
import java.time.Duration;

/// A wait, or a walk through much, ended because the deadline of the caller was past. Nothing has failed.
public final class DeadlineException extends IOException {
  private static final long serialVersionUID = 1L;

  /// How long the caller had.
  private final Duration timeout;

  /// Names how long there was.
  ///
  /// @param timeout how long the caller had
  public DeadlineException(Duration timeout) {
    super("the deadline of " + timeout + " is past");
    this.timeout = timeout;
  }

  /// How long the caller had.
  ///
  /// @return a duration
  public Duration timeout() {
    return timeout;
  }
}
