package io.lightningdb.server.connection;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.settings.AddressRange;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
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
      factory.addConnectorCustomizers(
          connector -> hold(connector, bounds(bounds), unbounded(settings), meters));
    };
  }

  private static void hold(
      Connector connector,
      ConnectionBounds bounds,
      Predicate<InetAddress> unbounded,
      MeterRegistry meters) {
    if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
      ClientEndpoint clients = protocol.clients();
      clients.hold(bounds, unbounded, new ConnectionEnds(meters));
      // "100 Continue" goes out when the body is read: not before what the head already refuses.
      protocol.setContinueResponseTiming("onRead");
      Metric.CONNECTIONS_OPEN.register(meters, clients, ClientEndpoint::open);
      Metric.CONNECTIONS_BUSY.register(meters, clients, ClientEndpoint::busy);
      Metric.CONNECTIONS_MAX.register(meters, clients, _ -> bounds.openMax());
    }
  }

  /// Addresses that stand for many clients, which no bound of one address fits.
  private static Predicate<InetAddress> unbounded(LightningProperties settings) {
    List<AddressRange> proxies = settings.http().proxies();
    return address ->
        address.isLoopbackAddress() || proxies.stream().anyMatch(range -> range.contains(address));
  }

  /// As they are set, but for what the limit of open files leaves.
  private static ConnectionBounds bounds(LightningProperties.Connections settings) {
    int openMax = ConnectionLimit.within(settings.openMax());
    int perAddressMax = settings.perAddressMax() == 0 ? openMax / 2 : settings.perAddressMax();
    return new ConnectionBounds(
        openMax,
        Math.min(perAddressMax, openMax),
        settings.bytesPerSecondMin().toBytes(),
        settings.slowAfter());
  }
}
