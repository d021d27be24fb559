package io.lightningdb.server.security;

import io.lightningdb.server.settings.LightningProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/// Has a management port of its own tell browsers which pages may read its answers, as the port of the service does.
///
/// Found by the name of the file that lists it, in the context of the web server of that port: it is no configuration of the service, and so
/// is not annotated as one.
final class ManagementCors {

  /// Called by Spring.
  ManagementCors() {}

  /// Adjusts the web server of the management port before it starts.
  ///
  /// @param settings name the origins
  /// @return called by Spring
  @Bean
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> managementCors(
      LightningProperties settings) {
    return CorsAnswers.customizer(settings.cors());
  }
}
