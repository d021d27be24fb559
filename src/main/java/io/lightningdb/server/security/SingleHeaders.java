package io.lightningdb.server.security;

import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Refuses headers that have one value and are there twice. Whatever reads one takes the first, and a proxy, or a person who looks, the
/// last: a request must not mean two things. So it refuses `Content-Range`: the body is a part for who sent it, and would be the whole for
/// who reads it.
///
/// It stands before everything that reads such a header. Lists of entity tags are among them: one line holds as many as are wanted.
final class SingleHeaders implements RequestFilter {

  /// All headers with one value that anything in the service reads.
  static final List<String> NAMES =
      List.of(
          Headers.VERSION_AT_LEAST,
          Headers.TIMEOUT,
          Headers.DURABILITY,
          Headers.TTL,
          Headers.EXPIRES_AT,
          Headers.CONTENT_TYPE,
          "Idempotency-Key",
          "X-Request-Id",
          // Tracing reads it; tracestate may come in several lines.
          "traceparent",
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.CONTENT_ENCODING,
          HttpHeaders.CONTENT_TYPE,
          // The web server reads it, and those that say how long a body is, which it refuses
          // itself.
          HttpHeaders.EXPECT,
          HttpHeaders.HOST,
          HttpHeaders.IF_MATCH,
          HttpHeaders.IF_NONE_MATCH,
          HttpHeaders.IF_RANGE,
          HttpHeaders.ORIGIN,
          HttpHeaders.RANGE);

  private static final Pattern CHARSET_TWICE =
      Pattern.compile(";\\s*charset\\s*=.*;\\s*charset\\s*=", Pattern.CASE_INSENSITIVE);

  private final ProblemWriter writer;

  /// Answers by a writer.
  ///
  /// @param writer writes problems
  SingleHeaders(ProblemWriter writer) {
    this.writer = writer;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Problem problem = problem(request);
    if (problem == null) {
      chain.doFilter(request, response);
    } else {
      writer.write(request, response, problem);
    }
  }

  private static @Nullable Problem problem(HttpServletRequest request) {
    String repeated = repeated(request);
    if (repeated != null) {
      return invalid(repeated, "The header %s is given more than once.".formatted(repeated));
    }
    for (String name : List.of(HttpHeaders.CONTENT_TYPE, Headers.CONTENT_TYPE)) {
      if (namesCharsetTwice(request.getHeader(name))) {
        return invalid(name, "The header %s names a charset more than once.".formatted(name));
      }
    }
    if (request.getHeader(HttpHeaders.CONTENT_RANGE) != null) {
      return Problem.of(
              ProblemType.UNSUPPORTED,
              "This version of the service takes whole bodies only, and the header Content-Range makes this one a part.")
          .with("feature", "the header Content-Range");
    }
    return null;
  }

  private static Problem invalid(String header, String detail) {
    return Problem.of(ProblemType.INVALID_PARAMETER, detail).with("parameter", header);
  }

  private static boolean namesCharsetTwice(@Nullable String type) {
    return type != null && type.indexOf(';') >= 0 && CHARSET_TWICE.matcher(type).find();
  }

  private static @Nullable String repeated(HttpServletRequest request) {
    for (String name : NAMES) {
      Enumeration<String> values = request.getHeaders(name);
      if (values.hasMoreElements()) {
        values.nextElement();
        if (values.hasMoreElements()) {
          return name;
        }
      }
    }
    return null;
  }
}
