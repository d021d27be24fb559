package io.lightningdb.server.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.header.HeaderWriter;

/// Tells browsers what they must not do with an answer. A stored value may be anything, a page with scripts among it: a browser
/// that is led to it must not run it in the name of the service.
final class AnswerHeaders implements HeaderWriter {
  private static final String POLICY = "Content-Security-Policy";
  private static final String POLICY_OF_DATA =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";
  private static final String POLICY_OF_PAGES =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  /// Headers of every answer, by name. Keys stand in paths: they are nobody else's business.
  static final Map<String, String> ALWAYS =
      Map.of(
          POLICY,
          POLICY_OF_DATA,
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY");

  /// Has no state.
  AnswerHeaders() {}

  @Override
  public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
    if (!response.containsHeader(POLICY)) {
      ALWAYS.forEach(response::setHeader);
    }
    if (request.getRequestURI().startsWith(request.getContextPath() + "/swagger-ui")) {
      response.setHeader(POLICY, POLICY_OF_PAGES);
    }
    if (!response.containsHeader(HttpHeaders.CACHE_CONTROL)) {
      // A client may keep what it read, and must ask with its ETag before it uses it again.
      response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    }
  }
}
