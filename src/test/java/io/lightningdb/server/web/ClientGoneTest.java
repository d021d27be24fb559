package io.lightningdb.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.lightningdb.server.Contract;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client that goes away is no defect of the service: nothing is logged as one, and no metric counts one. On sockets,
/// whatever the web server is.
class ClientGoneTest extends RunningService {
  private static final int VALUE_BYTES = 16 << 20;

  private final Queue<ILoggingEvent> complaints = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            complaints.add(event);
          }
        }
      };

  @Autowired private MeterRegistry meters;

  @BeforeEach
  void listen() {
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  @AfterEach
  void nothingIsADefect() {
    root.detachAppender(appender);
    assertThat(complaints).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  /// Every call of the document that takes a body. That for tokens is refused without looking at it, where there are no
  /// credentials.
  static Stream<Contract.Operation> callsWithBody() {
    return Contract.shipped().operations().stream()
        .filter(call -> !requestBody(call).isMissingNode())
        .filter(call -> !call.path().equals("/v1/admin/tokens"));
  }

  private static JsonNode requestBody(Contract.Operation call) {
    Contract contract = Contract.shipped();
    return contract.resolve(
        contract
            .document()
            .path("paths")
            .path(call.path())
            .path(call.method())
            .path("requestBody"));
  }

  /// Head and half of the body.
  private byte[] half(Contract.Operation call, boolean chunked) {
    String type = requestBody(call).path("content").propertyNames().iterator().next();
    String path = call.path();
    if (path.contains("{transaction}")) {
      String id = api().post("/v1/transactions").jsonPath().getString("id");
      path = path.replace("{transaction}", id);
    }
    path =
        path.replace("{keyspace}", path.endsWith("{keyspace}") ? "gone" : "default")
            .replace("{key}", "k")
            .replaceAll("\\{[a-z]+\\}", "1");
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%s\r\n\r\n%s"
            .formatted(
                call.method().toUpperCase(Locale.ROOT),
                path,
                type,
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: 1000",
                chunked ? "400\r\n{" : "{");
    return head.getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @MethodSource("callsWithBody")
  void bodyThatIsCutOffIsRefused(Contract.Operation call) {
    for (boolean chunked : new boolean[] {false, true}) {
      byte[] half = half(call, chunked);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(half);
        socket.shutdownOutput();
        Raw.Answer answer = Raw.parse(socket.getInputStream());

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        JsonNode problem = JsonMapper.shared().readTree(answer.body());
        assertThat(problem.path("type").asString()).isEqualTo("/problems/malformed-request");
        assertThat(problem.path("detail").asString()).contains("cut off after").contains("bytes");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("callsWithBody")
  void connectionThatBreaksWithinABodyIsNoDefect(Contract.Operation call) throws IOException {
    double before = aborted("body") + aborted("response");
    String half = new String(half(call, false), ISO_8859_1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(20_000);
      // Before the call reads, the web server may drop it without the service hearing of it.
      String asking = half.substring(0, half.length() - 3) + "Expect: 100-continue\r\n\r\n";
      socket.getOutputStream().write(asking.getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
          .isEqualTo("HTTP/1.1 100");
      socket.getOutputStream().write('{');
      socket.setSoLinger(true, 0);
    }
    await().until(() -> aborted("body") + aborted("response") == before + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/keyspaces/gone-large/entries/large",
        "GET /v1/keyspaces/gone-large/entries:export",
        "GET /v1/keyspaces/gone-large/entries",
        "GET /v1/transactions/{transaction}/keyspaces/gone-large/entries/large",
        "GET /v1/transactions/{transaction}/keyspaces/gone-large/entries",
        "POST /v1/keyspaces/gone-large/entries:multiget",
        "POST /v1/transactions/{transaction}/keyspaces/gone-large/entries:multiget",
      })
  void answerThatIsNotTakenIsNoDefect(String line) throws IOException {
    String entries = keyspace("gone-large") + "/entries";
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    api().body(value).put(entries + "/large");
    String id =
        line.contains("{transaction}")
            ? api().post("/v1/transactions").jsonPath().getString("id")
            : "";
    double before = aborted("response");
    String body = line.startsWith("POST") ? "{\"keys\":[\"large\"]}" : "";
    String request =
        line.replace("{transaction}", id)
            + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson, */*;q=0.5\r\n"
            + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(15), ISO_8859_1)).isEqualTo("HTTP/1.1 200 \r\n");
      socket.setSoLinger(true, 0);
    }
    await().until(() -> aborted("response") == before + 1);
  }

  @Test
  void requestsOfGoneClientsHaveAnOutcomeOfTheirOwn() throws IOException {
    long defects = defects();
    connectionThatBreaksWithinABodyIsNoDefect(
        new Contract.Operation("/v1/keyspaces/{keyspace}/entries:import", "post"));
    answerThatIsNotTakenIsNoDefect("GET /v1/keyspaces/gone-large/entries/large");

    List<Timer> timers = List.copyOf(meters.find("http.server.requests").timers());
    assertThat(timers.stream().filter(each -> "CLIENT_GONE".equals(each.getId().getTag("outcome"))))
        .isNotEmpty();
    assertThat(defects()).isEqualTo(defects);
  }

  private long defects() {
    return meters.find("http.server.requests").tag("status", "500").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private double aborted(String part) {
    return Metric.REQUESTS_ABORTED.counter(meters, part).count();
  }
}
