package io.lightningdb.server.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bounds per address, with addresses of the loopback network that stand for clients far away. The server has nothing but answers 404.
class ClientEndpointTest {
  private static final int OPEN_MAX = 32;
  private static final int PER_ADDRESS_MAX = 16;
  private static final String ONE = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final String EXEMPT = "127.0.0.4";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Tomcat server = new Tomcat();
  private final List<Socket> sockets = new ArrayList<>();
  private ClientEndpoint clients;

  @BeforeEach
  void start(@TempDir Path directory) throws LifecycleException {
    server.setBaseDir(directory.toString());
    Connector connector = new Connector(ClientProtocol.class.getName());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    clients = ((ClientProtocol) connector.getProtocolHandler()).clients();
    Predicate<InetAddress> exempt = address -> address.getHostAddress().equals(EXEMPT);
    clients.hold(
        new ConnectionBounds(OPEN_MAX, PER_ADDRESS_MAX, 1024, Duration.ofMinutes(1)),
        exempt,
        new ConnectionEnds(meters));
    server.setConnector(connector);
    server.addContext("", null);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket each : sockets) {
      each.close();
    }
    server.stop();
    server.destroy();
  }

  private Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(
        new InetSocketAddress(
            InetAddress.ofLiteral("127.0.0.1"), server.getConnector().getLocalPort()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void assertServed(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 404");
  }

  private static boolean isOpen(Socket socket) throws IOException {
    socket.setSoTimeout(1);
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException _) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private double closed(String reason) {
    return meters.get("lightning.connections.closed").tag("reason", reason).counter().count();
  }

  @Test
  void addressWithAsManyAsItMayHaveLosesItsOwnIdleOnesFirst() throws IOException {
    Socket other = connect(OTHER);
    assertServed(other);
    for (int i = 0; i < 3 * PER_ADDRESS_MAX; i++) {
      connect(ONE);
    }
    assertServed(connect(ONE));

    await().atMost(Duration.ofSeconds(20)).until(() -> clients.open() == PER_ADDRESS_MAX + 1);
    assertThat(closed("per-address")).isEqualTo(2 * PER_ADDRESS_MAX + 1);
    assertThat(closed("idle")).isZero();
    assertThat(isOpen(sockets.get(1))).isFalse();
    assertThat(isOpen(sockets.get(2 * PER_ADDRESS_MAX))).isFalse();
    assertThat(isOpen(sockets.getLast())).isTrue();
  }

  @Test
  void exemptAddressesAreHeldToTheBoundOfAllOnly() throws IOException {
    for (int i = 0; i < OPEN_MAX - OPEN_MAX / 16; i++) {
      connect(EXEMPT);
    }
    assertServed(connect(EXEMPT));

    assertThat(closed("per-address")).isZero();
    assertThat(closed("idle")).isPositive();
    assertThat(clients.open()).isLessThanOrEqualTo(OPEN_MAX);
  }
}
