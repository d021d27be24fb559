package io.lightningdb.server.problem;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/// The connection broke while an answer was on its way: the client went away, which is its right and no fault of the service. There is
/// no one left to tell.
public final class ClientGoneException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final String NOTED = ClientGoneException.class.getName();

  /// Keeps what noticed it.
  ///
  /// @param cause the failure of the connection
  public ClientGoneException(IOException cause) {
    super("the client went away while its answer was sent", cause);
  }

  /// Tells whether a failure comes from a client that went away.
  ///
  /// @param failure whatever it was wrapped in
  /// @return true if it does
  static boolean isCauseOf(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ClientGoneException) {
        return true;
      }
    }
    return false;
  }

  /// Notes that the client of a request went away. The note outlasts whatever the exception is wrapped in on its way.
  ///
  /// @param request the request
  public static void note(HttpServletRequest request) {
    request.setAttribute(NOTED, true);
  }

  /// Tells whether the client of a request went away, while its body was read or its answer written.
  ///
  /// @param request the request
  /// @return true if that was noted
  public static boolean isNoted(HttpServletRequest request) {
    return request.getAttribute(NOTED) != null;
  }
}
