package io.lightningdb.server.trace;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.RequestId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerMapping;

/// Logs requests that take long: by the pattern of their path and the name of their keyspace, never with a key or a
/// value.
@Configuration(proxyBeanMethods = false)
class SlowRequests {
  private static final Logger LOG = LoggerFactory.getLogger(SlowRequests.class);

  // Within what measures and traces requests, so that a line has the ids of its trace; around all
  // else.
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

  /// Puts the filter before all others, unless nothing shall be logged.
  ///
  /// @param settings says from when on a request is slow
  /// @param meters counts them
  /// @return the filter in its place
  @Bean
  static FilterRegistrationBean<Watch> slowRequestWatch(
      LightningProperties settings, MeterRegistry meters) {
    Duration threshold = settings.requests().slowThreshold();
    Counter counter = Metric.SLOW_REQUESTS.counter(meters);
    BoundedLog log = new BoundedLog("slow requests");
    FilterRegistrationBean<Watch> registration =
        new FilterRegistrationBean<>(new Watch(threshold.toNanos(), log, counter));
    registration.setOrder(ORDER);
    registration.setEnabled(!threshold.isZero());
    return registration;
  }

  /// Times requests. *Thread-safe.*
  static final class Watch extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final long thresholdNanos;
    private final transient BoundedLog log;
    private final transient Counter counter;

    Watch(long thresholdNanos, BoundedLog log, Counter counter) {
      this.thresholdNanos = thresholdNanos;
      this.log = log;
      this.counter = counter;
    }

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      long start = Clock.SYSTEM.nanoTime();
      int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
      try {
        chain.doFilter(request, response);
        status = response.getStatus();
      } finally {
        long nanos = Clock.SYSTEM.nanoTime() - start;
        if (nanos >= thresholdNanos) {
          counter.increment();
          log.add(line(request, response, status, nanos), LOG::warn);
        }
      }
    }

    private static String line(
        HttpServletRequest request, HttpServletResponse response, int status, long nanos) {
      StringBuilder line = new StringBuilder("Slow request: ");
      line.append(RequestId.method(request)).append(' ').append(route(request));
      keyspace(request).ifPresent(name -> line.append(" keyspace=").append(name));
      line.append(" status=").append(status);
      line.append(" durationMillis=").append(Duration.ofNanos(nanos).toMillis());
      if (request.getContentLengthLong() >= 0) {
        line.append(" receivedBytes=").append(request.getContentLengthLong());
      }
      String sent = response.getHeader(HttpHeaders.CONTENT_LENGTH);
      if (sent != null) {
        line.append(" sentBytes=").append(sent);
      }
      return line.append(" requestId=").append(RequestId.of(request)).toString();
    }

    private static String route(HttpServletRequest request) {
      Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      return pattern == null ? "(no route)" : pattern.toString();
    }

    /// The keyspace, if the path has what can be its name: what else a client writes there is nothing for a log.
    private static Optional<String> keyspace(HttpServletRequest request) {
      Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
      return variables instanceof Map<?, ?> all && all.get("keyspace") instanceof String name
          ? Optional.of(name).filter(Keyspaces::isName)
          : Optional.empty();
    }
  }
}
