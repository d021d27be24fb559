package io.lightningdb.server.web;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.server.Headers;
import io.lightningdb.server.connection.ClientConnection;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.settings.LightningProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.springframework.stereotype.Component;

/// Gives requests the [Deadline] that they ask for with `Lightning-Timeout`, or that of the settings. The engine and
/// whatever waits on the way there keep to it, and so does the connection while it waits for the body or for the client
/// to take the answer.
@Component
public final class RequestDeadline implements RequestFilter {
  private static final String API = "/v1/";
  private static final String ADMINISTRATION = "/v1/admin/";

  private final LightningProperties.Requests settings;
  private final ProblemWriter writer;

  /// Called by Spring.
  ///
  /// @param settings has the default and the longest time
  /// @param writer answers a header that is no duration
  RequestDeadline(LightningProperties settings, ProblemWriter writer) {
    this.settings = settings.requests();
    this.writer = writer;
  }

  /// For loops outside the engine: ends the request if it is too late.
  ///
  /// @param what is being done, as a phrase
  /// @throws ProblemException if the deadline of the request is past
  public static void throwIfPast(String what) {
    Deadline deadline = Deadline.current();
    if (deadline != null && deadline.isPast()) {
      String detail =
          "%s was not done within the deadline of %s.".formatted(what, deadline.timeout());
      throw Problem.of(ProblemType.DEADLINE_EXCEEDED, detail).asException();
    }
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Duration timeout;
    try {
      timeout = isOfApi(request) ? timeout(request) : Duration.ZERO;
    } catch (ProblemException e) {
      writer.write(request, response, e.problem());
      return;
    }
    if (timeout.isZero()) {
      chain.doFilter(request, response);
    } else {
      within(timeout, request, response, chain);
    }
  }

  private static void within(
      Duration timeout, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      Deadline deadline = new Deadline(Clock.SYSTEM, timeout);
      ClientConnection connection = ClientConnection.of(request);
      if (connection != null) {
        connection.until(deadline);
      }
      deadline.call(() -> {
        chain.doFilter(request, response);
        return true;
      });
    } catch (IOException | ServletException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e);
    }
  }

  private static boolean isOfApi(HttpServletRequest request) {
    return request.getRequestURI().startsWith(API, request.getContextPath().length());
  }

  /// How long the request has, and zero if it has any time.
  private Duration timeout(HttpServletRequest request) {
    String text = request.getHeader(Headers.TIMEOUT);
    if (text != null) {
      return parse(text);
    }
    boolean administration =
        request.getRequestURI().startsWith(ADMINISTRATION, request.getContextPath().length());
    return administration ? Duration.ZERO : settings.timeoutDefault();
  }

  private Duration parse(String text) {
    try {
      Duration timeout = Duration.parse(text);
      if (timeout.isPositive() && timeout.compareTo(settings.timeoutMax()) <= 0) {
        return timeout;
      }
    } catch (DateTimeParseException _) {
      // Told below.
    }
    throw Query.invalid(
        Headers.TIMEOUT,
        "must be an ISO 8601 duration such as PT2.5S, of more than nothing and at most "
            + settings.timeoutMax());
  }
}
