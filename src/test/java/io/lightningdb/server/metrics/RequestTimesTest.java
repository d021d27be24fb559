package io.lightningdb.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.HandlerMapping;

/// Requests are counted in the timers in which Spring counts them.
class RequestTimesTest {
  private static final ServerRequestObservationConvention CONVENTION =
      new DefaultServerRequestObservationConvention();

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final MeterRegistry metersOfSpring = new SimpleMeterRegistry();

  /// A request, and what becomes of it.
  record Case(
      String method,
      @Nullable String pattern,
      int status,
      @Nullable Exception answered,
      @Nullable Exception thrown) {}

  private static Stream<Case> cases() {
    String pattern = "/v1/keyspaces/{keyspace}/entries/{key}";
    Exception failure = new IllegalStateException("failed");
    return Stream.of(
        new Case("GET", pattern, 200, null, null),
        new Case("HEAD", pattern, 304, null, null),
        new Case("PUT", pattern, 201, null, null),
        new Case("GET", pattern, 404, failure, null),
        new Case("GET", null, 404, null, null),
        new Case("GET", null, 302, null, null),
        new Case("GET", null, 200, null, null),
        new Case("BREW", pattern, 405, null, null),
        new Case("DELETE", "/", 204, null, null),
        new Case("POST", pattern, 200, null, failure),
        new Case("POST", pattern, 200, null, new ServletException(failure)),
        new Case("POST", pattern, 200, null, new ServletException("no cause")),
        new Case("POST", pattern, 200, null, new IOException("gone")));
  }

  private Filter spring() {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(
            new DefaultMeterObservationHandler(metersOfSpring, IgnoredMeters.LONG_TASK_TIMER));
    return new ServerHttpObservationFilter(observations, CONVENTION);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void timersAreThoseOfSpring(Case each) {
    Filter ours = new RequestTimes(CONVENTION, meters, new RequestLatency(), true);
    // Twice: the first of its kind is described, the second one is recognized.
    for (int i = 0; i < 2; i++) {
      assertThat(outcome(ours, each)).isEqualTo(outcome(spring(), each));
    }

    assertThat(timers(meters)).hasSize(1).isEqualTo(timers(metersOfSpring));
  }

  /// Status and failure as the web server gets them.
  private static String outcome(Filter filter, Case each) {
    MockHttpServletRequest request = new MockHttpServletRequest(each.method(), "/some/path");
    MockHttpServletResponse response = new MockHttpServletResponse();
    FilterChain chain =
        (_, _) -> {
          response.setStatus(each.status());
          answer(request, each);
          if (each.thrown() != null) {
            throwAny(each.thrown());
          }
        };
    Throwable failure = catchThrowable(() -> filter.doFilter(request, response, chain));
    return response.getStatus() + " " + failure;
  }

  private static void answer(MockHttpServletRequest request, Case each) {
    request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, each.answered());
    if (each.pattern() != null) {
      request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, each.pattern());
      ServerHttpObservationFilter.findObservationContext(request)
          .ifPresent(context -> context.setPathPattern(each.pattern()));
    }
  }

  private static void throwAny(Exception failure) throws IOException, ServletException {
    switch (failure) {
      case IOException e -> throw e;
      case ServletException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalArgumentException(failure);
    }
  }

  private static List<String> timers(MeterRegistry meters) {
    return meters.getMeters().stream()
        .map(Timer.class::cast)
        .map(timer -> timer.getId().getName() + tags(timer) + " " + timer.count())
        .toList();
  }

  private static List<Tag> tags(Timer timer) {
    return timer.getId().getTags().stream().sorted(Comparator.comparing(Tag::getKey)).toList();
  }
}
