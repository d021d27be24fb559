package io.lightningdb.server.problem;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The body of a request ends early, breaks off, or does not have the form that the request says. Nothing of it may be taken for the
/// whole.
///
/// Every other [IOException] is one of the service, and no fault of a request.
public final class UnreadableBodyException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Says what is wrong.
  ///
  /// @param what the rest of a sentence that begins with the body, without its full stop: `ends within a member`
  /// @param cause what noticed it, or null
  public UnreadableBodyException(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
