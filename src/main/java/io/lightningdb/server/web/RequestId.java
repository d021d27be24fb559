package io.lightningdb.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// What names a request in its problem, in the audit log and in the log, so that one leads to the others.
public final class RequestId {
  private static final String HEADER = "X-Request-Id";
  private static final String KEPT = RequestId.class.getName();
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT");

  private RequestId() {}

  /// The id of a request: the one that the client gave it in `X-Request-Id`, or a new one.
  ///
  /// @param request any request
  /// @return up to 64 letters, digits, dots, dashes and underscores
  public static String of(HttpServletRequest request) {
    if (request.getAttribute(KEPT) instanceof String known) {
      return known;
    }
    String sent = request.getHeader(HEADER);
    String id =
        sent != null && FORM.matcher(sent).matches()
            ? sent
            : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    request.setAttribute(KEPT, id);
    return id;
  }

  /// The method of a request as it may stand in a log.
  ///
  /// @param request any request
  /// @return the method, or `OTHER` for a word that is none: it is whatever the client wrote
  public static String method(HttpServletRequest request) {
    return METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER";
  }
}
