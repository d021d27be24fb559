package io.lightningdb.server.web;

import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// Refuses parameters and headers that a call would otherwise ignore: a misspelt name must not change what a request
/// means, and what a call does not offer must not look as if it worked.
@Component
class StrictRequests implements HandlerInterceptor {
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final Set<String> HEADERS_KNOWN =
      headers(
          Headers.VERSION_AT_LEAST,
          Headers.TIMEOUT,
          Headers.DURABILITY,
          Headers.TTL,
          Headers.EXPIRES_AT,
          Headers.CONTENT_TYPE);
  private static final List<String> CONDITIONS =
      List.of(HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH);
  private static final Set<String> HEADERS_OF_VALUES =
      headers(Headers.TTL, Headers.EXPIRES_AT, Headers.CONTENT_TYPE);

  // One for each method that answers requests, so there are only so many.
  private final Map<Method, Offer> offers = new ConcurrentHashMap<>();

  /// Called by Spring.
  StrictRequests() {}

  /// Names of headers, in whatever case they are asked for.
  private static Set<String> headers(String... names) {
    Set<String> all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    all.addAll(List.of(names));
    return Collections.unmodifiableSet(all);
  }

  /// What a call knows, as its annotations say. Looking for them takes longer than many a call.
  private record Offer(
      boolean takesIdempotencyKey,
      boolean takesValue,
      Set<String> conditions,
      Set<String> queryParameters) {
    static Offer of(HandlerMethod call) {
      QueryParameters declared = call.getMethodAnnotation(QueryParameters.class);
      TakesConditions conditions = call.getMethodAnnotation(TakesConditions.class);
      return new Offer(
          call.hasMethodAnnotation(TakesIdempotencyKey.class),
          call.hasMethodAnnotation(TakesValue.class),
          conditions == null ? Set.of() : Set.of(conditions.value()),
          declared == null ? Set.of() : Set.of(declared.value()));
    }
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod call) {
      Offer offer = offers.computeIfAbsent(call.getMethod(), _ -> Offer.of(call));
      checkHeaders(request, offer);
      checkParameters(request, offer);
    }
    return true;
  }

  private static void checkHeaders(HttpServletRequest request, Offer offer) {
    if (request.getHeader(IDEMPOTENCY_KEY) != null && !offer.takesIdempotencyKey()) {
      throw unsupported("the header " + IDEMPOTENCY_KEY + " with this call");
    }
    if (isWrite(request)) {
      for (String name : CONDITIONS) {
        if (request.getHeader(name) != null && !offer.conditions().contains(name)) {
          throw unsupported("the header " + name + " with this call");
        }
      }
    }
    Enumeration<String> names = request.getHeaderNames();
    while (names.hasMoreElements()) {
      String name = names.nextElement();
      if (name.regionMatches(true, 0, Headers.PREFIX, 0, Headers.PREFIX.length())) {
        checkOurs(name, offer);
      }
    }
  }

  /// Tells whether a request may change something. Of a read, conditions only spare the answer.
  private static boolean isWrite(HttpServletRequest request) {
    return switch (request.getMethod()) {
      case "GET", "HEAD", "OPTIONS" -> false;
      default -> true;
    };
  }

  private static void checkOurs(String name, Offer offer) {
    if (HEADERS_OF_VALUES.contains(name) && !offer.takesValue()) {
      throw unsupported("the header " + name + " with this call");
    }
    if (!HEADERS_KNOWN.contains(name)) {
      throw unknown("header", name, HEADERS_KNOWN);
    }
  }

  private static void checkParameters(HttpServletRequest request, Offer offer) {
    Set<String> known = offer.queryParameters();
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
