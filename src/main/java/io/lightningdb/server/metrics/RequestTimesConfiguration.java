package io.lightningdb.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.web.filter.ServerHttpObservationFilter;

/// Puts [RequestTimes] in the place of the filter with which Spring observes requests.
@Configuration(proxyBeanMethods = false)
class RequestTimesConfiguration {
  private static final String OBSERVATIONS = "management.observations";
  private static final Bindable<Map<String, Object>> ANY =
      Bindable.mapOf(String.class, Object.class);

  /// Called by Spring.
  RequestTimesConfiguration() {}

  /// Leaves the timer of requests to Spring where other parts want to hear of them: where they are traced, or the settings of observations
  /// say anything about them.
  ///
  /// @param observation Spring's filter, unless it is configured away
  /// @param convention says what is told of requests
  /// @param meters takes the times
  /// @param latency takes the times, too
  /// @param tracer there if requests are traced
  /// @param environment has the settings
  /// @return the filter in its place
  @Bean
  static FilterRegistrationBean<RequestTimes> requestTimes(
      ObjectProvider<FilterRegistrationBean<ServerHttpObservationFilter>> observation,
      ServerRequestObservationConvention convention,
      MeterRegistry meters,
      RequestLatency latency,
      ObjectProvider<Tracer> tracer,
      Environment environment) {
    FilterRegistrationBean<ServerHttpObservationFilter> spring = observation.getIfAvailable();
    boolean alone =
        tracer.getIfAvailable() == null
            && !Binder.get(environment).bind(OBSERVATIONS, ANY).isBound();
    FilterRegistrationBean<RequestTimes> registration =
        new FilterRegistrationBean<>(
            new RequestTimes(convention, meters, latency, spring != null && alone));
    registration.setOrder(spring == null ? Ordered.HIGHEST_PRECEDENCE : spring.getOrder());
    if (spring != null) {
      spring.setEnabled(!alone);
    }
    return registration;
  }
}
