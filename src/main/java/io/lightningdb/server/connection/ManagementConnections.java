package io.lightningdb.server.connection;

import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/// The connections of a management port of its own, which has a web server of its own: few, so that they cannot take
/// the descriptors of the engine and of clients, and closed as those of clients are, so that probes and scrapers find
/// one.
///
/// Found by the name of the file that lists it, in the context of that web server: it is no configuration of the
/// service, and so is not annotated as one.
final class ManagementConnections {
  /// The most that are open at a time.
  static final int OPEN_MAX = 64;

  /// Called by Spring.
  ManagementConnections() {}

  /// Adjusts the web server of the management port before it starts.
  ///
  /// @param settings has the bounds
  /// @param meters takes the figures
  /// @return called by Spring
  @Bean
  @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> managementConnections(
      LightningProperties settings, MeterRegistry meters) {
    LightningProperties.Connections clients = settings.connections();
    int openMax = Math.min(OPEN_MAX, clients.openMax());
    ConnectionBounds bounds =
        new ConnectionBounds(
            openMax, openMax / 2, clients.bytesPerSecondMin().toBytes(), clients.slowAfter());
    return factory -> {
      factory.setProtocol(ClientProtocol.class.getName());
      factory.addEngineValves(new ConnectionValve());
      factory.addConnectorCustomizers(connector ->
          ConnectionConfiguration.hold(
              connector,
              bounds,
              ConnectionConfiguration.unbounded(settings),
              new ConnectionEnds(meters)));
    };
  }
}
