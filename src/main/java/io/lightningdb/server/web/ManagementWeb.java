package io.lightningdb.server.web;

import io.lightningdb.server.problem.ProblemWriter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/// Has a management port of its own tell clients that went away from defects, and answer what it refuses as problems,
/// as the port of the service does.
///
/// Found by the name of the file that lists it, in the context of the web server of that port: it is no configuration
/// of the service, and so is not annotated as one.
final class ManagementWeb {

  /// Called by Spring.
  ManagementWeb() {}

  /// Puts the filter before all that reads and writes.
  ///
  /// @param meters counts requests whose connection failed
  /// @return the filter in its place
  @Bean
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  static FilterRegistrationBean<ConnectionFailures.Watch> managementConnectionWatch(
      MeterRegistry meters) {
    return ConnectionFailures.connectionWatch(meters);
  }

  /// Adjusts the web server of the management port before it starts.
  ///
  /// @param writer writes the problems
  /// @return called by Spring
  @Bean
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> managementTomcat(ProblemWriter writer) {
    return TomcatConfiguration.problems(writer);
  }
}
