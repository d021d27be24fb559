package io.lightningdb.engine.log;

import io.lightningdb.engine.io.FailureText;
import java.io.IOException;

/// The log is closed to appends since an earlier failure, which is the cause.
public final class LogFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Names the first failure.
  ///
  /// @param first the failure that closed the log
  public LogFailedException(IOException first) {
    super("the log failed earlier: " + FailureText.of(first), first);
  }
}
