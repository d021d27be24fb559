package io.lightningdb.server.metrics;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.server.problem.ClientGoneException;
import io.lightningdb.server.web.RequestFilter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.web.servlet.HandlerMapping;

/// Times requests over HTTP as Spring does, into the same meters with the same tags. Spring observes each request, for whoever may want
/// to hear of it, and puts its tags together anew; here a request whose like has been before finds its timer by what tells them apart.
///
/// *Thread-safe.*
final class RequestTimes implements RequestFilter {
  /// What a client may send as its method is without bound, and what Spring calls all others is its own matter.
  private static final Set<String> METHODS_KEPT = Set.of("GET", "HEAD", "PUT", "POST", "DELETE");

  private final ServerRequestObservationConvention convention;
  private final MeterRegistry meters;
  private final RequestLatency latency;
  private final boolean isTimer;
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

  /// Times requests.
  ///
  /// @param convention says what is told of them
  /// @param meters takes the times
  /// @param latency takes the times, too, by what requests ask for
  /// @param isTimer false if Spring times requests itself, and only the latency is wanted
  RequestTimes(
      ServerRequestObservationConvention convention,
      MeterRegistry meters,
      RequestLatency latency,
      boolean isTimer) {
    this.convention = convention;
    this.meters = meters;
    this.latency = latency;
    this.isTimer = isTimer;
  }

  /// What requests of one timer have in common. Patterns, statuses and failures are the service's, so there are only so many.
  private record Kind(
      String method,
      @Nullable Object pattern,
      int status,
      boolean isClientGone,
      @Nullable Class<? extends Throwable> failure) {}

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long start = Clock.SYSTEM.nanoTime();
    Throwable failure = null;
    try {
      chain.doFilter(request, response);
      failure = answered(request);
    } catch (Throwable e) {
      failure = e instanceof ServletException && e.getCause() != null ? e.getCause() : e;
      response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      throw e;
    } finally {
      long nanos = Clock.SYSTEM.nanoTime() - start;
      Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      latency.record(request.getMethod(), pattern == null ? null : pattern.toString(), nanos);
      if (isTimer) {
        timer(request, response, pattern, failure).record(nanos, TimeUnit.NANOSECONDS);
      }
    }
  }

  /// What went wrong and was answered as a problem.
  private static @Nullable Throwable answered(HttpServletRequest request) {
    return request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable failure
        ? failure
        : null;
  }

  private Timer timer(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object pattern,
      @Nullable Throwable failure) {
    String method = request.getMethod();
    Kind kind =
        new Kind(
            method,
            pattern,
            response.getStatus(),
            ClientGoneException.isNoted(request),
            failure == null ? null : failure.getClass());
    Timer known = timers.get(kind);
    if (known != null) {
      return known;
    }
    Timer timer = meters.timer(name(), tags(request, response, pattern, failure));
    if (METHODS_KEPT.contains(method)) {
      timers.put(kind, timer);
    }
    return timer;
  }

  private String name() {
    String name = convention.getName();
    return name == null ? "http.server.requests" : name;
  }

  private List<Tag> tags(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object pattern,
      @Nullable Throwable failure) {
    ServerRequestObservationContext context =
        new ServerRequestObservationContext(request, response);
    if (pattern != null) {
      context.setPathPattern(pattern.toString());
    }
    if (failure != null) {
      context.setError(failure);
    }
    List<Tag> tags = new ArrayList<>();
    convention
        .getLowCardinalityKeyValues(context)
        .forEach(each -> tags.add(Tag.of(each.getKey(), each.getValue())));
    tags.add(Tag.of("error", failure == null ? "none" : failure.getClass().getSimpleName()));
    return tags;
  }
}
