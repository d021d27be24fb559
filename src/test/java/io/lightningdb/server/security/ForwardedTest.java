package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lightningdb.server.keyvalue.Raw;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// What a request says of where it comes from, to a whole service, on sockets.
class ForwardedTest {
  private static final String KUBERNETES = "--spring.main.cloud-platform=kubernetes";

  private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @TempDir Path directory;

  /// Once the service has configured its log.
  private void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private static Raw.Answer send(int port, String line, String host, String headers) {
    String request =
        line
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nConnection: close\r\n"
            + headers
            + "Content-Length: 0\r\n\r\n";
    return Raw.exchange(port, out -> out.write(request.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private List<String> addresses() {
    return List.copyOf(lines.list).stream()
        .map(event -> JsonMapper.shared().readTree(event.getFormattedMessage()))
        .map(line -> line.path("address").asString())
        .toList();
  }

  @Test
  void nothingIsBelievedUnlessAProxyIsTrusted() {
    try (StartedService service = StartedService.start(directory, KUBERNETES)) {
      int port = service.port();
      listen();
      String forwarded =
          "X-Forwarded-For: any text\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: localhost\r\n"
              + "X-Forwarded-Port: 443\r\nForwarded: for=1.2.3.4;host=localhost;proto=https\r\n";

      Raw.Answer made = send(port, "PUT /v1/keyspaces/forwarded", "localhost", forwarded);
      assertThat(made.status()).isEqualTo(201);
      assertThat(made.head()).doesNotContainIgnoringCase("Strict-Transport-Security");
      Raw.Answer foreign = send(port, "GET /v1/limits", "page.example", forwarded);
      assertThat(foreign.status()).isEqualTo(403);
      assertThat(foreign.body()).contains("cross-origin").contains("page.example");
      assertThat(send(port, "GET /v1/limits", "page.example:8080", forwarded).status())
          .isEqualTo(403);
      assertThat(send(port, "GET /v1/limits", "localhost@page.example", "").status())
          .isEqualTo(400);
      for (String host : List.of("localhost:1", "[::1]:8080", "[::1]", "127.0.0.1")) {
        assertThat(send(port, "GET /v1/limits", host, "").status()).isEqualTo(200);
      }
      assertThat(addresses()).hasSizeGreaterThan(1).containsOnly("127.0.0.1");
    }
  }

  @Test
  void trustedProxyTellsTheAddressToEverything() {
    try (StartedService service =
        StartedService.start(
            directory,
            KUBERNETES,
            "--lightning.http.trusted-proxies=127.0.0.1, 10.0.0.0/8",
            "--lightning.requests.per-client-per-second-max=1000")) {
      int port = service.port();
      listen();
      String first = "X-Forwarded-For: 6.6.6.6, 198.51.100.1\r\nX-Forwarded-Proto: https\r\n";
      String second = "X-Forwarded-For: 6.6.6.6, 198.51.100.2, 10.1.1.1\r\n";

      Raw.Answer made = send(port, "PUT /v1/keyspaces/forwarded", "localhost", first);
      assertThat(made.status()).isEqualTo(201);
      assertThat(made.head()).containsIgnoringCase("Strict-Transport-Security");
      assertThat(send(port, "GET /v1/keyspaces", "localhost", first).status()).isEqualTo(200);
      assertThat(send(port, "GET /v1/keyspaces", "localhost", second).status()).isEqualTo(200);
      assertThat(send(port, "GET /v1/keyspaces", "localhost", "").status()).isEqualTo(200);
      // The two and the proxy itself.
      MeterRegistry meters = service.bean(MeterRegistry.class);
      assertThat(meters.get("lightning.requests.clients").gauge().value()).isEqualTo(3);
      // The host is what the request says, even to a trusted proxy.
      assertThat(
              send(
                      port,
                      "GET /v1/limits",
                      "page.example",
                      "X-Forwarded-Host: localhost\r\n" + first)
                  .status())
          .isEqualTo(403);
      assertThat(addresses()).containsOnly("198.51.100.1");
    }
  }
}
