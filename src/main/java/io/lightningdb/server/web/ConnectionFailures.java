package io.lightningdb.server.web;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.problem.ClientGoneException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;

/// Tells failures of the connection from those of the service, at the one place where both are still apart: the streams
/// of the request and of its answer. All bodies are read and all answers written through them, whatever the web server
/// throws and whatever its exceptions are wrapped in on their way.
///
/// A body that fails is an [io.lightningdb.server.problem.UnreadableBodyException], which is answered as long as the
/// client may listen. An answer that fails is a [ClientGoneException], and the request ends here: it is counted and no
/// one is told.
@Configuration(proxyBeanMethods = false)
class ConnectionFailures {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionFailures.class);

  // Within what times requests and logs slow ones, and around all that reads or writes.
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 3;

  // Bodies of the API have bounds of their own. What Actuator takes is a few words.
  private static final String API = "/v1/";
  private static final long OTHER_BYTES_MAX = 64 * 1024;

  /// Called by Spring.
  ConnectionFailures() {}

  /// Puts the filter before all that reads and writes.
  ///
  /// @param meters counts requests whose connection failed
  /// @return the filter in its place
  @Bean
  static FilterRegistrationBean<Watch> connectionWatch(MeterRegistry meters) {
    FilterRegistrationBean<Watch> registration = new FilterRegistrationBean<>(new Watch(meters));
    registration.setOrder(ORDER);
    return registration;
  }

  /// Watches the streams of requests. *Thread-safe.*
  static final class Watch implements RequestFilter {
    private final Counter bodies;
    private final Counter answers;

    /// Counts.
    ///
    /// @param meters takes the figures
    Watch(MeterRegistry meters) {
      this.bodies = Metric.REQUESTS_ABORTED.counter(meters, "body");
      this.answers = Metric.REQUESTS_ABORTED.counter(meters, "response");
    }

    @Override
    public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      WatchedRequest watchedRequest = new WatchedRequest(request);
      WatchedResponse watchedResponse = new WatchedResponse(request, response);
      try {
        chain.doFilter(watchedRequest, watchedResponse);
      } catch (IOException | ServletException | RuntimeException failure) {
        // Unless the answer failed, the web server must cut the connection: the client may wait for
        // it.
        if (!watchedResponse.hasFailed()) {
          throw failure;
        }
      } finally {
        if (ClientGoneException.isNoted(request)) {
          (watchedResponse.hasFailed() ? answers : bodies).increment();
          LOG.debug("A client went away");
        }
      }
    }
  }

  /// A request whose body is watched. An empty list of media types is none: Actuator would find nothing in it and fail.
  private static final class WatchedRequest extends HttpServletRequestWrapper {
    private @Nullable BodyInput body;

    WatchedRequest(HttpServletRequest request) {
      super(request);
    }

    private boolean isApi() {
      return getRequestURI().startsWith(API, getContextPath().length());
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      Enumeration<String> values = super.getHeaders(name);
      if (!name.equalsIgnoreCase(HttpHeaders.ACCEPT)) {
        return values;
      }
      return Collections.enumeration(AcceptedTypes.of(Collections.list(values)));
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (body == null) {
        body =
            new BodyInput(
                super.getInputStream(),
                (HttpServletRequest) getRequest(),
                isApi() ? Long.MAX_VALUE : OTHER_BYTES_MAX);
      }
      return body;
    }
  }

  /// An answer whose body is watched.
  private static final class WatchedResponse extends HttpServletResponseWrapper {
    private final HttpServletRequest request;
    private @Nullable AnswerOutput body;
    private boolean failed;

    WatchedResponse(HttpServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    boolean hasFailed() {
      return failed || (body != null && body.hasFailed());
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      if (body == null) {
        body = new AnswerOutput(super.getOutputStream(), request);
      }
      return body;
    }

    @Override
    public void flushBuffer() throws IOException {
      try {
        super.flushBuffer();
      } catch (IOException e) {
        failed = true;
        ClientGoneException.note(request);
        throw new ClientGoneException(e);
      }
    }
  }
}
