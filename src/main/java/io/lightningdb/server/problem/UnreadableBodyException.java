package io.lightningdb.server.problem;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The body of a request ends early, breaks off, or does not have the form that the request says. Nothing of it may be taken for the
/// whole.
///
/// Every other [IOException] is one of the service, and no fault of a request.
public final class UnreadableBodyException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final String NOTED = UnreadableBodyException.class.getName();

  /// Says what is wrong.
  ///
  /// @param what the rest of a sentence that begins with the body, without its full stop: `ends within a member`
  /// @param cause what noticed it, or null
  public UnreadableBodyException(String what, @Nullable Throwable cause) {
    super(what, cause);
  }

  /// Notes that the body of a request could not be read from its connection. The note outlasts whatever the exception is turned into.
  ///
  /// @param request the request
  public static void note(HttpServletRequest request) {
    request.setAttribute(NOTED, true);
  }

  /// Tells whether the body of a request could not be read from its connection.
  ///
  /// @param request the request
  /// @return true if that was noted
  static boolean isNoted(HttpServletRequest request) {
    return request.getAttribute(NOTED) != null;
  }

  /// Finds one in whatever it was wrapped in.
  ///
  /// @param failure any failure
  /// @return the outermost that it is or was caused by, or nothing
  static Optional<UnreadableBodyException> within(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof UnreadableBodyException unreadable) {
        return Optional.of(unreadable);
      }
    }
    return Optional.empty();
  }
}
