package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.server.keyvalue.StoredValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {

  @Test
  void runningRequestsEndAndNewOnesAreNotTaken(@TempDir Path directory) throws Exception {
    OwnService service = OwnService.start(directory);
    Thread stop;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      socket.setSoTimeout(20_000);
      send(
          socket,
          "PUT /v1/keyspaces/default/entries/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
      await().atMost(Duration.ofSeconds(10)).until(() -> isUnderWay(service));
      stop = Thread.ofPlatform().start(service::close);
      await().atMost(Duration.ofSeconds(10)).until(() -> refuses(service.port()));

      send(socket, "67890");

      String answer = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
      assertThat(answer).isEqualTo("HTTP/1.1 201");
    }
    stop.join(Duration.ofSeconds(30));
    assertThat(stop.isAlive()).isFalse();

    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      byte[] stored =
          Objects.requireNonNull(database.keyspace("default").get("slow".getBytes(ISO_8859_1)));
      assertThat(new String(StoredValue.of(stored).bytes(), ISO_8859_1)).isEqualTo("1234567890");
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// The active requests, of which the one that asks is one.
  private static boolean isUnderWay(OwnService service) {
    return service
            .api()
            .get("/actuator/prometheus")
            .asString()
            .lines()
            .filter(line -> line.startsWith("http_server_requests_active_seconds_gcount"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum()
        >= 2;
  }

  private static boolean refuses(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(500);
      send(socket, "GET /v1/limits HTTP/1.1\r\nHost: x\r\n\r\n");
      return socket.getInputStream().read() < 0;
    } catch (IOException _) {
      return true;
    }
  }
}
