package io.lightningdb.server.web;

import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// Refuses parameters and headers that a call would otherwise ignore: a misspelt name must not change what a request means,
/// and what a call does not offer must not look as if it worked.
@Component
class StrictRequests implements HandlerInterceptor {
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final Set<String> HEADERS_KNOWN =
      Set.of(Headers.VERSION_AT_LEAST, Headers.DURABILITY, Headers.TTL, Headers.EXPIRES_AT);
  private static final Set<String> HEADERS_OF_EXPIRY = Set.of(Headers.TTL, Headers.EXPIRES_AT);

  /// Called by Spring.
  StrictRequests() {}

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod call) {
      checkHeaders(request, call);
      checkParameters(request, call);
    }
    return true;
  }

  private static void checkHeaders(HttpServletRequest request, HandlerMethod call) {
    if (request.getHeader(IDEMPOTENCY_KEY) != null
        && !call.hasMethodAnnotation(TakesIdempotencyKey.class)) {
      throw unsupported("the header " + IDEMPOTENCY_KEY + " with this call");
    }
    for (String name : Collections.list(request.getHeaderNames())) {
      String lowerCase = name.toLowerCase(Locale.ROOT);
      boolean expiry = HEADERS_OF_EXPIRY.stream().anyMatch(name::equalsIgnoreCase);
      if (expiry && !call.hasMethodAnnotation(TakesExpiry.class)) {
        throw unsupported("the header " + name + " with this call");
      }
      boolean ours = lowerCase.startsWith(Headers.PREFIX.toLowerCase(Locale.ROOT));
      if (ours && HEADERS_KNOWN.stream().noneMatch(name::equalsIgnoreCase)) {
        throw unknown("header", name, HEADERS_KNOWN);
      }
    }
  }

  private static void checkParameters(HttpServletRequest request, HandlerMethod call) {
    QueryParameters declared = call.getMethodAnnotation(QueryParameters.class);
    Set<String> known = declared == null ? Set.of() : Set.of(declared.value());
    for (String name : Query.of(request).names()) {
      if (!known.contains(name)) {
        throw unknown("query parameter", name, known);
      }
    }
  }

  /// Says that a part of the contract is not offered.
  ///
  /// @param feature the part, as a phrase
  /// @return an exception to throw
  static ProblemException unsupported(String feature) {
    String detail = "This version of the service does not support " + feature + ".";
    return Problem.of(ProblemType.UNSUPPORTED, detail).with("feature", feature).asException();
  }

  private static ProblemException unknown(String kind, String name, Set<String> known) {
    Problem problem =
        Problem.of(
                ProblemType.UNKNOWN_PARAMETER,
                "This call does not know the " + kind + " " + name + ".")
            .with("parameter", name)
            .with("known", List.copyOf(new TreeSet<>(known)));
    return (known.isEmpty() ? problem : problem.with("nearest", Nearest.to(name, known)))
        .asException();
  }
}
