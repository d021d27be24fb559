package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.keyvalue.StoredValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are slow to send or to take hold nothing that others need, and not for long. Two requests are served at a time, none waits.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ENTRIES = "/v1/keyspaces/default/entries";
  private static final int LARGE_BYTES = 12 << 20;
  private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.disk.reserve-bytes=0B",
            "--lightning.requests.active-max=2",
            "--lightning.requests.queued-max=0",
            "--lightning.connections.slow-after=1s",
            "--lightning.connections.bytes-per-second-min=1KB");
    Keyspace keyspace = service.database().keyspace("default");
    byte[] noise = new byte[LARGE_BYTES];
    // What compresses would make a small export.
    new Random(1).nextBytes(noise);
    byte[] large = new StoredValue(StoredValue.OCTET_STREAM, noise).toStored();
    service
        .database()
        .write(
            new WriteBatch().put(keyspace, "large".getBytes(StandardCharsets.UTF_8), large),
            Durability.LOGGED);
    service.api().body("v").put(ENTRIES + "/small").then().statusCode(201);
    service.api().body("v").put(ENTRIES + "/held").then().statusCode(201);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private RawConnection connect() throws IOException {
    return RawConnection.to(service.port());
  }

  private double closed(String reason) {
    return service.meter("lightning.connections.closed", "reason", reason);
  }

  private static String head(String call, int length) {
    return call + HOST + "Content-Length: " + length + "\r\n";
  }

  @Test
  void deadlineBoundsTheWaitForTheBody() throws IOException {
    try (RawConnection connection = connect()) {
      double before = closed("deadline");
      connection.send(
          head("PUT " + ENTRIES + "/late", 100_000) + "Lightning-Timeout: PT0.4S\r\n\r\n");
      // Faster than the least rate, so that it is the deadline that ends it.
      int pieces = connection.drip("x".repeat(200), 400, 50);

      RawConnection.Answer answer = connection.answer();

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.head()).containsIgnoringCase("Connection: close");
      assertThat(answer.body()).contains("/problems/deadline-exceeded");
      assertThat(pieces).isLessThan(100);
      assertThat(connection.isClosedWithin(RawConnection.PATIENCE_MILLIS)).isTrue();
      assertThat(closed("deadline")).isEqualTo(before + 1);
    }
    service.api().get(ENTRIES + "/late").then().statusCode(404);
  }

  @Test
  void bodyBelowTheLeastRateIsRefused() throws IOException {
    try (RawConnection connection = connect()) {
      double before = closed("slow-body");
      connection.send(head("PUT " + ENTRIES + "/slow", 100_000) + "\r\n");
      int pieces = connection.drip("x", 400, 50);

      RawConnection.Answer answer = connection.answer();

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("/problems/body-too-slow");
      assertThat(pieces).isLessThan(100);
      assertThat(connection.isClosedWithin(RawConnection.PATIENCE_MILLIS)).isTrue();
      assertThat(closed("slow-body")).isEqualTo(before + 1);
    }
  }

  /// Of every call that takes one.
  @Test
  void bodiesThatDoNotComeAreRefused() throws IOException {
    Map<Contract.Operation, RawConnection> slow = new LinkedHashMap<>();
    String transaction = service.api().post("/v1/transactions").jsonPath().getString("id");
    try {
      for (Contract.Operation call :
          DocumentedCalls.all().filter(DocumentedCalls::hasBody).toList()) {
        if (DocumentedCalls.isOffered(call)) {
          String path =
              DocumentedCalls.path(call, "default")
                  .replace("/transactions/absent", "/transactions/" + transaction);
          String type =
              call.path().endsWith(":import") ? "application/x-ndjson" : "application/json";
          RawConnection connection = connect();
          slow.put(call, connection);
          connection.send(
              head(DocumentedCalls.method(call) + " " + path, 1000)
                  + "Content-Type: "
                  + type
                  + "\r\n\r\n");
        }
      }
      for (Map.Entry<Contract.Operation, RawConnection> each : slow.entrySet()) {
        assertThat(each.getValue().answer().status()).as(each.getKey().toString()).isEqualTo(408);
      }
      assertThat(slow).hasSizeGreaterThan(10);
    } finally {
      for (RawConnection connection : slow.values()) {
        connection.close();
      }
    }
    service.api().delete("/v1/transactions/" + transaction).then().statusCode(204);
  }

  @Test
  void bodyAboveTheLeastRateIsTakenHoweverLongItTakes() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(head("PUT " + ENTRIES + "/steady", 200 * 50) + "\r\n");
      connection.drip("x".repeat(200), 50, 50);
      assertThat(connection.answer().status()).isEqualTo(201);
    }
  }

  /// One caller announces more than there is memory for and sends it slowly, though above the least rate: what it holds is another's
  /// when that asks for it.
  @Test
  void slowBodiesGiveWayToThoseWhoWaitForTheirMemory() throws IOException {
    double before = closed("slow-body");
    AtomicBoolean done = new AtomicBoolean();
    List<RawConnection> slow = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; service.database().stats().memory().requestsWaiting() == 0; i++) {
        assertThat(i).isLessThan(100);
        RawConnection connection =
            connect().send(head("PUT " + ENTRIES + "/greedy-" + i, LARGE_BYTES) + "\r\n");
        slow.add(connection);
        threads.add(Thread.ofVirtual().start(() -> drip(connection, done)));
        int asked = i + 1;
        await()
            .atMost(SOON)
            .until(() ->
                service.database().stats().memory().requestsWaiting() > 0
                    || service.database().stats().memory().requestBytes()
                        >= 2L * asked * LARGE_BYTES);
      }
      try (RawConnection other = RawConnection.from("127.0.0.2", service.port())) {
        other.send(head("PUT " + ENTRIES + "/modest", LARGE_BYTES) + "\r\n");
        other.send("x".repeat(LARGE_BYTES));
        assertThat(other.answer().status()).isEqualTo(201);
      }
      assertThat(closed("slow-body")).isGreaterThan(before);
    } finally {
      done.set(true);
      for (RawConnection each : slow) {
        each.close();
      }
    }
    await().atMost(SOON).until(() -> threads.stream().noneMatch(Thread::isAlive));
    await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 0);
  }

  private static void drip(RawConnection connection, AtomicBoolean done) {
    try {
      while (!done.get() && connection.drip("x".repeat(1000), 10, 50) == 10) {
        // Until it is answered.
      }
    } catch (IOException _) {
      // Cut, as is wanted of some.
    }
  }

  /// Calls that take a body, with the status, the media type and a body.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 PUT /v1/keyspaces/default/entries/held text/plain v",
        "200 POST /v1/keyspaces/default/entries:batch application/json {\"operations\":[{\"get\":{\"key\":\"small\"}}]}",
        "200 POST /v1/keyspaces/default/entries:multiget application/json {\"keys\":[\"small\"]}",
        "200 POST /v1/keyspaces/default/entries:import application/x-ndjson {\"key\":\"in\",\"value\":1}",
        "200 POST /v1/keyspaces/default/entries:import text/csv key,value\\nin,1",
        "200 POST /v1/keyspaces/default/entries/count/increment application/json {\"by\":1}",
        "201 POST /v1/transactions application/json {}",
        "200 POST /v1/transactions:execute application/json {\"then\":[{\"get\":{\"keyspace\":\"default\",\"key\":\"small\"}}]}",
        "200 PUT /v1/keyspaces/default application/json {}",
      })
  void requestsThatWaitForTheirBodiesHoldNoPlace(String call) throws IOException {
    String[] parts = call.split(" ", 5);
    String body = parts[4].replace("\\n", "\n") + " ".repeat(3000);
    int split = body.length() - 2000;
    String head =
        head(parts[1] + " " + parts[2], body.length()) + "Content-Type: " + parts[3] + "\r\n\r\n";
    List<RawConnection> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        slow.add(connect().send(head + body.substring(0, split)));
      }
      await().atMost(SOON).until(() -> service.meter("lightning.connections.busy") >= 6);
      await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 0);

      service.api().get(ENTRIES + "/small").then().statusCode(200);

      for (RawConnection each : slow) {
        each.send(body.substring(split));
        assertThat(each.answer().status()).isEqualTo(Integer.parseInt(parts[0]));
      }
    } finally {
      for (RawConnection each : slow) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/large", ":export", "?prefix=large"})
  void clientThatDoesNotTakeItsAnswerHoldsNoPlaceAndIsCut(String what) throws IOException {
    double before = closed("slow-response");
    List<RawConnection> lazy = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        lazy.add(
            RawConnection.narrow(service.port())
                .send("GET " + ENTRIES + what + HOST + "Accept: */*\r\n\r\n"));
        // Read by now, and no longer at work.
        await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 0);
        service.api().get(ENTRIES + "/small").then().statusCode(200);
      }
      await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 0);
      service.api().get(ENTRIES + "/small").then().statusCode(200);
      await().atMost(SOON).until(() -> closed("slow-response") >= before + 3);
      for (RawConnection each : lazy) {
        assertThat(each.take(LARGE_BYTES)).isLessThan(LARGE_BYTES);
      }
    } finally {
      for (RawConnection each : lazy) {
        each.close();
      }
    }
  }

  @Test
  void deadlineBoundsTheWaitForTheClientToTakeTheAnswer() throws IOException {
    try (RawConnection connection = RawConnection.narrow(service.port())) {
      double before = closed("deadline");
      connection.send("GET " + ENTRIES + "/large" + HOST + "Lightning-Timeout: PT0.3S\r\n\r\n");
      await().atMost(SOON).until(() -> closed("deadline") == before + 1);
      assertThat(connection.take(LARGE_BYTES)).isLessThan(LARGE_BYTES);
    }
  }

  @Test
  void clientThatTakesItsAnswerSteadilyGetsAllOfIt() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send("GET " + ENTRIES + "/large" + HOST + "\r\n");
      AtomicInteger taken = new AtomicInteger();
      await()
          .pollInterval(Duration.ofMillis(25))
          .atMost(SOON)
          .until(() -> taken.addAndGet(connection.take(128 << 10)) >= LARGE_BYTES);
    }
  }

  @Test
  void clientThatIsRefusedCannotSendForEver() throws IOException {
    byte[] chunk = ("10000\r\n" + "x".repeat(1 << 16) + "\r\n").getBytes(StandardCharsets.UTF_8);
    try (RawConnection connection = connect()) {
      connection.send(
          "PUT " + ENTRIES + "/refused?nonsense=1" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
      assertThat(connection.sendUntilClosed(chunk, 1L << 30)).isLessThan(100L << 20);
    }
    try (RawConnection connection = connect()) {
      connection.send(head("PUT " + ENTRIES + "/refused?nonsense=1", 1 << 30) + "\r\n");
      assertThat(connection.answer().status()).isEqualTo(400);
      assertThat(connection.sendUntilClosed(chunk, 1L << 30)).isLessThan(100L << 20);
    }
    // Fast enough for the least rate, and never at its end.
    try (RawConnection connection = connect()) {
      connection.send(head("PUT " + ENTRIES + "/refused?nonsense=1", 1 << 20) + "\r\n");
      assertThat(connection.answer().status()).isEqualTo(400);
      assertThat(connection.drip("x".repeat(500), 400, 50)).isLessThan(100);
    }
  }

  @Test
  void headsEndInTime() throws IOException {
    double before = closed("slow-head");
    try (RawConnection connection = connect()) {
      connection.send("GET " + ENTRIES + "/small" + HOST);
      assertThat(connection.drip("A: b\r\n", 400, 50)).isLessThan(100);
      assertThat(connection.isClosedWithin(RawConnection.PATIENCE_MILLIS)).isTrue();
    }
    assertThat(closed("slow-head")).isEqualTo(before + 1);
  }
}
