package io.lightningdb.server.security;

import io.lightningdb.server.Headers;
import io.lightningdb.server.settings.Cors;
import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/// Tells browsers that pages of the origins in `lightning.cors.allowed-origins` may call the service and read its answers (CORS).
///
/// It stands before everything that asks who the client is: a preflight carries no credentials, and is answered alike for every path, whether
/// or not there is anything. Requests of other origins go on untouched, and are answered or refused as if there were no such setting; their
/// browser does not show the answer. Spring's `CorsFilter` would refuse them by itself, those of the service's own pages behind a proxy
/// among them, and not with a problem. Cookies and the like are never asked for: a page sends its token in `Authorization`.
final class CorsAnswers implements RequestFilter {

  /// Headers that each answer to an allowed origin has; whatever makes an answer anew keeps them
  /// ([io.lightningdb.server.problem.ProblemWriter]).
  static final String EXPOSED =
      String.join(
          ", ",
          List.of(
              HttpHeaders.ETAG,
              Headers.VERSION,
              Headers.DURABILITY,
              Headers.EXPIRES_AT,
              "Idempotency-Replayed",
              HttpHeaders.LINK,
              HttpHeaders.LOCATION,
              HttpHeaders.RETRY_AFTER,
              HttpHeaders.ACCEPT_RANGES,
              HttpHeaders.CONTENT_RANGE,
              HttpHeaders.CONTENT_DISPOSITION,
              HttpHeaders.ALLOW,
              HttpHeaders.WWW_AUTHENTICATE));

  private static final String METHODS = "GET, HEAD, PUT, POST, DELETE";
  private static final String SECONDS = "600";

  private final Cors settings;

  /// Allows origins.
  ///
  /// @param settings name them
  CorsAnswers(Cors settings) {
    this.settings = settings;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // A cache must not answer one origin with what another was told.
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !settings.allows(origin)) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader(
        HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, settings.allowsAll() ? "*" : origin);
    if (isPreflight(request)) {
      answer(request, response);
    } else {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
      chain.doFilter(request, response);
    }
  }

  private static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals(HttpMethod.OPTIONS.name())
        && request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null;
  }

  private static void answer(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
    response.setStatus(HttpStatus.NO_CONTENT.value());
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    // The calls themselves refuse headers that they do not take, in words that a page can read.
    String asked = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
    if (asked != null && !asked.isBlank()) {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, SECONDS);
  }
}
