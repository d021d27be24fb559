package io.lightningdb.server.connection;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Has the web server take [ClientProtocol], and shows its connections.
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {

  /// Called by Spring.
  ConnectionConfiguration() {}

  /// Adjusts the web server before it starts.
  ///
  /// @param settings has the bounds
  /// @param meters takes the figures
  /// @return called by Spring
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> connections(
      LightningProperties settings, MeterRegistry meters) {
    LightningProperties.Connections bounds = settings.connections();
    return factory -> {
      factory.setProtocol(ClientProtocol.class.getName());
      factory.addEngineValves(new ConnectionValve());
      factory.addConnectorCustomizers(connector -> hold(connector, bounds, meters));
    };
  }

  private static void hold(
      Connector connector, LightningProperties.Connections settings, MeterRegistry meters) {
    if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
      ClientEndpoint clients = protocol.clients();
      clients.hold(bounds(settings), InetAddress::isLoopbackAddress, new ConnectionEnds(meters));
      // "100 Continue" goes out when the body is read: not before what the head already refuses.
      protocol.setContinueResponseTiming("onRead");
      Metric.CONNECTIONS_OPEN.register(meters, clients, ClientEndpoint::open);
      Metric.CONNECTIONS_BUSY.register(meters, clients, ClientEndpoint::busy);
      Metric.CONNECTIONS_MAX.register(meters, clients, _ -> settings.openMax());
    }
  }

  private static ConnectionBounds bounds(LightningProperties.Connections settings) {
    return new ConnectionBounds(
        settings.openMax(),
        settings.perAddressMax() == 0 ? settings.openMax() / 2 : settings.perAddressMax(),
        settings.bytesPerSecondMin().toBytes(),
        settings.slowAfter());
  }
}
