package io.lightningdb.server.problem;

import io.lightningdb.server.Headers;
import io.lightningdb.server.web.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes problems into answers.
@Component
public final class ProblemWriter {
  /// Told with every answer as soon as a request comes in: what browsers must not do with it, and the version that it was computed at.
  private static final List<String> KEPT =
      List.of(
          "Content-Security-Policy",
          "Cross-Origin-Resource-Policy",
          "Referrer-Policy",
          "Strict-Transport-Security",
          "X-Content-Type-Options",
          "X-Frame-Options",
          HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN,
          HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
          HttpHeaders.CACHE_CONTROL,
          HttpHeaders.VARY,
          Headers.VERSION);

  /// The member that names the request.
  static final String REQUEST_ID = "requestId";

  private static final String ENTRIES = "/entries/";

  private static final String KEPT_PROBLEM = ProblemWriter.class.getName();

  private final JsonMapper json;

  /// Uses the mapper of the service.
  ///
  /// @param json writes JSON
  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /// Makes a problem the whole answer. What was prepared before is dropped, except what every answer has.
  ///
  /// @param request what was asked
  /// @param response not yet on its way to the client
  /// @param problem what to answer
  /// @throws IOException if the client is gone
  public void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    reset(response);
    byte[] body = toLine(named(problem, request).toMembers(request.getRequestURI()));
    response.setStatus(problem.type().status());
    problem.headers().forEach(response::setHeader);
    response.setHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static Problem named(Problem problem, HttpServletRequest request) {
    return hinted(problem, request.getRequestURI()).with(REQUEST_ID, RequestId.of(request));
  }

  /// Whatever refuses a path does not know that a key may have been meant by more of it than one segment.
  private static Problem hinted(Problem problem, @Nullable String path) {
    // The web server refuses heads whose path it has not read.
    int entries = path == null ? -1 : path.indexOf(ENTRIES);
    boolean isMistaken =
        problem.type() == ProblemType.PATH_NOT_FOUND
            || problem.type() == ProblemType.METHOD_NOT_ALLOWED;
    return isMistaken
            && path != null
            && entries >= 0
            && path.indexOf('/', entries + ENTRIES.length()) >= 0
        ? problem.withDetail(problem.detail() + " A slash inside a key is written %2F.")
        : problem;
  }

  /// Keeps a problem for the page of an error that the web server has begun by itself, because it met the failure first.
  ///
  /// @param request what was asked
  /// @param problem what to answer
  void keep(HttpServletRequest request, Problem problem) {
    request.setAttribute(KEPT_PROBLEM, problem);
  }

  /// The problem that was kept for the page of an error.
  ///
  /// @param request what was asked
  /// @param status of the error
  /// @return the problem, or nothing if none with this status was kept
  Optional<Problem> kept(HttpServletRequest request, int status) {
    return request.getAttribute(KEPT_PROBLEM) instanceof Problem problem
            && problem.type().status() == status
        ? Optional.of(problem)
        : Optional.empty();
  }

  private static void reset(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : KEPT) {
      kept.put(name, List.copyOf(response.getHeaders(name)));
    }
    response.reset();
    kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  /// A problem as JSON within a document.
  ///
  /// @param problem what happened
  /// @param instance the path asked for
  /// @return one line of UTF-8
  public byte[] toJson(Problem problem, String instance) {
    return json.writeValueAsBytes(problem.toMembers(instance));
  }

  /// A problem as the last line of a stream that can no longer have another status.
  ///
  /// @param request what was asked
  /// @param problem what happened
  /// @return one line of UTF-8 with its line feed
  public byte[] toLastLine(HttpServletRequest request, Problem problem) {
    return toLine(Map.of("problem", named(problem, request).toMembers(request.getRequestURI())));
  }

  private byte[] toLine(Object document) {
    return (json.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
