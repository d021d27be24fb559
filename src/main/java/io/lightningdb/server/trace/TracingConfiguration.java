package io.lightningdb.server.trace;

import io.lightningdb.server.problem.ClientGoneException;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

/// What is told of requests in metrics and traces.
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {
  private static final KeyValue CLIENT_GONE = KeyValue.of("outcome", "CLIENT_GONE");

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

      // A client that went away is no failure of the service, whatever the status was to be.
      @Override
      protected KeyValue outcome(ServerRequestObservationContext context) {
        HttpServletRequest request = context.getCarrier();
        return request != null && ClientGoneException.isNoted(request)
            ? CLIENT_GONE
            : super.outcome(context);
      }
    };
  }
}
