package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A service whose traces go to a collector, and that logs what is slow.
class TracingTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String KEY = "a-key-for-nobody-else";

  private static final Queue<String> COLLECTED = new ConcurrentLinkedQueue<>();

  @TempDir private static Path directory;

  private static HttpServer collector;
  private static OwnService service;

  @BeforeAll
  static void start() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    collector = HttpServer.create(anyPort, 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            COLLECTED.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    collector.start();
    service =
        OwnService.start(
            directory,
            "--lightning.tracing.endpoint=http://127.0.0.1:"
                + collector.getAddress().getPort()
                + "/v1/traces",
            "--lightning.tracing.sampled-ratio=0",
            "--management.opentelemetry.tracing.export.schedule-delay=50ms",
            "--lightning.limits.wait-for-version-max=150ms",
            "--lightning.requests.slow-threshold=100ms");
  }

  @AfterAll
  static void stop() {
    service.close();
    collector.stop(0);
  }

  /// What hexadecimal digits are as bytes, a character each.
  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private static String entry(String key) {
    return "/v1/keyspaces/default/entries/" + key;
  }

  private static Response get(String trace, String parent, String flags) {
    return service
        .api()
        .header("traceparent", "00-" + trace + "-" + parent + "-" + flags)
        .get(entry(KEY));
  }

  @Test
  void aTraceThatAClientBeganGoesOnWithoutKeys() {
    service.api().body("a-value-for-nobody-else").put(entry(KEY));
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String parent = "b7ad6b7169203331";
    get(trace, parent, "01").then().statusCode(200);

    await()
        .atMost(SOON)
        .until(() -> COLLECTED.stream().anyMatch(body -> body.contains(bytes(trace))));

    List<String> bodies = COLLECTED.stream().filter(body -> body.contains(bytes(trace))).toList();
    assertThat(bodies)
        .anyMatch(body -> body.contains(bytes(parent)))
        .anyMatch(body -> body.contains("/v1/keyspaces/{keyspace}/entries/{key}"))
        .anyMatch(body -> body.contains("engine get"))
        .anyMatch(body -> body.contains("lightningdb"));
    assertThat(COLLECTED)
        .noneMatch(body -> body.contains(KEY))
        .noneMatch(body -> body.contains("a-value-for-nobody-else"));
  }

  @Test
  void aTraceThatItsClientDoesNotWantIsNotSent() {
    String unwanted = "1af7651916cd43dd8448eb211c80319c";
    String wanted = "2af7651916cd43dd8448eb211c80319c";
    get(unwanted, "b7ad6b7169203331", "00");
    service.api().get(entry(KEY));
    get(wanted, "b7ad6b7169203331", "01");

    await()
        .atMost(SOON)
        .until(() -> COLLECTED.stream().anyMatch(body -> body.contains(bytes(wanted))));

    assertThat(COLLECTED).noneMatch(body -> body.contains(bytes(unwanted)));
  }

  @Test
  void aSlowRequestIsLoggedByItsPatternWithTheIdOfItsTrace() {
    String trace = "3af7651916cd43dd8448eb211c80319c";
    Logger logger = (Logger) LoggerFactory.getLogger("io.lightningdb.server.trace.SlowRequests");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      int status =
          service
              .api()
              .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
              .header("Lightning-Version-At-Least", "1000000")
              .header("X-Request-Id", "slow-1")
              .get(entry(KEY))
              .statusCode();
      await().atMost(SOON).until(() -> !List.copyOf(appender.list).isEmpty());

      ILoggingEvent line = appender.list.getFirst();
      assertThat(line.getFormattedMessage())
          .startsWith(
              "Slow request: GET /v1/keyspaces/{keyspace}/entries/{key} keyspace=default status="
                  + status
                  + " durationMillis=")
          .containsPattern("durationMillis=[1-9][0-9]{2,4} ")
          .endsWith(" requestId=slow-1")
          .doesNotContain(KEY);
      assertThat(line.getMDCPropertyMap()).containsEntry("traceId", trace);
    } finally {
      logger.detachAppender(appender);
    }
    assertThat(service.api().get("/actuator/prometheus").asString())
        .containsPattern("lightning_slow_requests_total [1-9]");
  }
}
