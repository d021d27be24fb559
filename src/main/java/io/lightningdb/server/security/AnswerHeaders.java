package io.lightningdb.server.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.header.HeaderWriter;

/// Tells browsers what they must not do with an answer. A stored value may be anything, a page with scripts among it: a browser
/// that is led to it must not run it in the name of the service.
final class AnswerHeaders implements HeaderWriter {
  private static final String POLICY_OF_DATA =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";
  private static final String POLICY_OF_PAGES =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  /// Has no state.
  AnswerHeaders() {}

  @Override
  public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
    boolean page = request.getRequestURI().startsWith(request.getContextPath() + "/swagger-ui");
    response.setHeader("Content-Security-Policy", page ? POLICY_OF_PAGES : POLICY_OF_DATA);
    // Keys stand in paths: they are nobody else's business.
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (!response.containsHeader(HttpHeaders.CACHE_CONTROL)) {
      // A client may keep what it read, and must ask with its ETag before it uses it again.
      response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    }
  }
}
