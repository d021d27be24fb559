package io.lightningdb.server.connection;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.settings.AddressRange;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// Has the web server take [ClientProtocol], and shows its connections.
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {

  /// Called by Spring.
  ConnectionConfiguration() {}

  /// Adjusts the web server before it starts.
  ///
  /// @param settings has the bounds
  /// @param meters takes the figures
  /// @param environment tells whether there is a management port
  /// @return called by Spring
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> connections(
      LightningProperties settings, MeterRegistry meters, Environment environment) {
    boolean others = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
    int managementMax = others ? ManagementConnections.OPEN_MAX : 0;
    return factory -> {
      factory.setProtocol(ClientProtocol.class.getName());
      factory.addEngineValves(new ConnectionValve());
      factory.addConnectorCustomizers(connector -> {
        ConnectionBounds bounds = bounds(settings.connections(), managementMax);
        hold(connector, bounds, unbounded(settings), new ConnectionEnds(meters));
        show(connector, bounds, meters);
      });
    };
  }

  /// Holds a web server to bounds.
  ///
  /// @param connector of the web server, before it starts
  /// @param bounds what connections are held to
  /// @param unbounded addresses that may have as many connections as there are
  /// @param ends takes why connections are closed
  static void hold(
      Connector connector,
      ConnectionBounds bounds,
      Predicate<InetAddress> unbounded,
      ConnectionEnds ends) {
    if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
      protocol.clients().hold(bounds, unbounded, ends);
      // "100 Continue" goes out when the body is read: not before what the head already refuses.
      protocol.setContinueResponseTiming("onRead");
    }
  }

  private static void show(Connector connector, ConnectionBounds bounds, MeterRegistry meters) {
    if (connector.getProtocolHandler() instanceof ClientProtocol protocol) {
      ClientEndpoint clients = protocol.clients();
      Metric.CONNECTIONS_OPEN.register(meters, clients, ClientEndpoint::open);
      Metric.CONNECTIONS_BUSY.register(meters, clients, ClientEndpoint::busy);
      Metric.CONNECTIONS_MAX.register(meters, clients, _ -> bounds.openMax());
    }
  }

  /// Addresses that stand for many clients, which no bound of one address fits.
  static Predicate<InetAddress> unbounded(LightningProperties settings) {
    List<AddressRange> proxies = settings.http().proxies();
    return address ->
        address.isLoopbackAddress() || proxies.stream().anyMatch(range -> range.contains(address));
  }

  /// As they are set, but for what the limit of open files leaves.
  private static ConnectionBounds bounds(
      LightningProperties.Connections settings, int managementMax) {
    int openMax =
        ConnectionLimit.within(ConnectionLimit.withinHeap(settings.openMax()), managementMax);
    int perAddressMax = settings.perAddressMax() == 0 ? openMax / 2 : settings.perAddressMax();
    return new ConnectionBounds(
        openMax,
        Math.min(perAddressMax, openMax),
        settings.bytesPerSecondMin().toBytes(),
        settings.slowAfter());
  }
}
