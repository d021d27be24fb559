package io.lightningdb.server.security;

import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/// Tells browsers what they must not do with an answer. A stored value may be anything, a page with scripts among it: a browser
/// that is led to it must not run it in the name of the service.
///
/// The headers are there before anything else is done for a request, so that no answer can go without them: [AnswerHeadersValve]
/// has begun the answer with those that are always the same, and this filter adds what depends on the request. Whoever makes an answer
/// anew keeps them ([io.lightningdb.server.problem.ProblemWriter]).
final class AnswerHeaders implements RequestFilter {
  private static final String POLICY = "Content-Security-Policy";
  private static final String POLICY_OF_DATA =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";
  private static final String POLICY_OF_PAGES =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  // A page in a sandbox has no origin, and could not load its style.
  private static final String POLICY_OF_WORDS =
      "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  // Its scripts make elements and texts only: a browser that knows trusted types lets none of them
  // hand text to the HTML parser or to eval.
  private static final String POLICY_OF_CONSOLE =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";
  private static final String CONSOLE = "/console";
  private static final String PAGES = "/swagger-ui";
  private static final String PROBLEMS = "/problems";

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
          "DENY",
          // A client may keep what it read, and must ask with its ETag before it uses it again.
          HttpHeaders.CACHE_CONTROL,
          "private, no-cache");

  /// Has no state.
  AnswerHeaders() {}

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    write(request, response);
    chain.doFilter(request, response);
  }

  /// Begins an answer.
  ///
  /// @param request what was asked
  /// @param response its answer, of which nothing has been made yet
  static void write(HttpServletRequest request, HttpServletResponse response) {
    // A management port of its own has a web server of its own, without the valve.
    if (!response.containsHeader(POLICY)) {
      ALWAYS.forEach(response::setHeader);
    }
    String path = request.getRequestURI().substring(request.getContextPath().length());
    if (path.startsWith(CONSOLE)) {
      response.setHeader(POLICY, POLICY_OF_CONSOLE);
    } else if (path.startsWith(PAGES)) {
      response.setHeader(POLICY, POLICY_OF_PAGES);
    } else if (path.equals("/") || path.startsWith(PROBLEMS)) {
      response.setHeader(POLICY, POLICY_OF_WORDS);
    }
    // Over plain HTTP it would mean nothing.
    if (request.isSecure()) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000");
    }
  }
}
