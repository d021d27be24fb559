package io.lightningdb.server.trace;

import io.micrometer.common.KeyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

/// What is told of requests in metrics and traces.
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

  /// Leaves the path out, which has the key.
  ///
  /// @return tells the method, the pattern of the path and the status
  @Bean
  static ServerRequestObservationConvention withoutPaths() {
    return new DefaultServerRequestObservationConvention() {
      @Override
      public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext context) {
        return KeyValues.empty();
      }
    };
  }
}
