package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.server.keyvalue.Raw;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// More connections than there may be: those who speak are served.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int OPEN_MAX = 64;
  private static final String GET = "GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String HALF_A_PUT =
      "PUT /v1/keyspaces/default/entries/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345";

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.disk.reserve-bytes=0B",
            "--lightning.connections.open-max=" + OPEN_MAX,
            "--lightning.connections.slow-after=5m",
            "--management.server.port=0",
            "--management.server.address=127.0.0.1");
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private double closed(String reason) {
    return service.meter("lightning.connections.closed", "reason", reason);
  }

  private static void closeAll(List<RawConnection> connections) throws IOException {
    for (RawConnection each : connections) {
      each.close();
    }
  }

  private void assertServed(RawConnection connection) throws IOException {
    assertThat(connection.send(GET).answer().status()).isEqualTo(200);
  }

  @Test
  void silentConnectionsMakeRoomForThoseThatSpeak() throws IOException {
    List<RawConnection> silent = new ArrayList<>();
    double before = closed("idle");
    try (RawConnection speaker = RawConnection.to(service.port())) {
      for (int i = 0; i < 4 * OPEN_MAX; i++) {
        RawConnection next = RawConnection.to(service.port());
        silent.add(next);
        if (i % 2 == 1) {
          next.send("GET /v1/limits HTT");
        }
        if (i % 8 == 0) {
          assertServed(speaker);
          try (RawConnection other = RawConnection.to(service.port())) {
            assertServed(other);
          }
        }
      }
      assertServed(speaker);
      assertThat(service.meter("lightning.connections.open")).isBetween(1.0, (double) OPEN_MAX);
      assertThat(service.meter("lightning.connections.max")).isEqualTo(OPEN_MAX);
      assertThat(closed("idle")).isGreaterThanOrEqualTo(before + 3 * OPEN_MAX);
      assertThat(silent.getFirst().isClosedWithin(RawConnection.PATIENCE_MILLIS)).isTrue();
    } finally {
      closeAll(silent);
    }
    await().atMost(SOON).until(() -> service.meter("lightning.connections.open") == 0);
  }

  @Test
  void managementPortAnswersProblemsAndTellsClientsThatAreGone() throws IOException {
    Raw.Answer malformed = Raw.send(service.managementPort(), "GET /%zz", "", "");
    assertThat(malformed.status()).isEqualTo(400);
    assertThat(malformed.body()).contains("/problems/malformed-request");

    double before = service.meter("lightning.requests.aborted", "part", "body");
    try (RawConnection gone = RawConnection.to(service.managementPort())) {
      gone.send(
          "POST /actuator/integrity HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n{");
    }
    await()
        .atMost(SOON)
        .until(() -> service.meter("lightning.requests.aborted", "part", "body") == before + 1);
  }

  @Test
  void connectionsInUseAreKeptAndOperatorsHaveTheirOwn() throws IOException {
    List<RawConnection> busy = new ArrayList<>();
    double before = closed("all-in-use");
    service.api().body("v").put("/v1/keyspaces/default/entries/k").then().statusCode(201);
    try {
      for (int i = 0; i < OPEN_MAX; i++) {
        busy.add(RawConnection.to(service.port()).send(HALF_A_PUT));
        int count = i + 1;
        await().atMost(SOON).until(() -> service.meter("lightning.connections.busy") == count);
      }
      try (RawConnection more = RawConnection.to(service.port())) {
        assertThat(more.isClosedWithin(RawConnection.PATIENCE_MILLIS)).isTrue();
      }
      assertThat(closed("all-in-use")).isEqualTo(before + 1);
      service.management().get("/actuator/health/liveness").then().statusCode(200);
      for (RawConnection each : busy) {
        assertThat(each.send("67890").answer().status()).isEqualTo(200);
      }
    } finally {
      closeAll(busy);
    }
    await().atMost(SOON).until(() -> service.meter("lightning.connections.open") == 0);
  }

  /// The management port has connections of its own, which are bounded as well.
  @Test
  void silentConnectionsOfTheManagementPortMakeRoomThere() throws IOException {
    List<RawConnection> silent = new ArrayList<>();
    double before = closed("idle");
    try {
      for (int i = 0; i < 2 * OPEN_MAX; i++) {
        silent.add(RawConnection.to(service.managementPort()));
        if (i % 8 == 0) {
          service.management().get("/actuator/health/liveness").then().statusCode(200);
        }
      }
      assertThat(closed("idle") - before).isGreaterThanOrEqualTo(OPEN_MAX);
    } finally {
      closeAll(silent);
    }
  }
}
