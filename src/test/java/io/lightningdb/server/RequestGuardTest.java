package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Too many requests at a time, and too many of one client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RequestGuardTest {
  private static final String ENTRY = "/v1/keyspaces/default/entries/guarded";
  private static final Duration SOON = Duration.ofSeconds(20);

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.disk.reserve-bytes=0B",
            "--lightning.requests.active-max=1",
            "--lightning.requests.queued-max=1",
            "--lightning.requests.queue-wait-max=1m",
            "--lightning.requests.per-client-per-second-max=2",
            "--lightning.requests.per-client-burst=20");
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private Response unlessTooFast() {
    return await()
        .atMost(SOON)
        .until(() -> service.api().get(ENTRY), answer -> answer.statusCode() != 429);
  }

  @Test
  @Order(1)
  void whatIsTooMuchAtATimeWaitsOrIsRefusedAndOperatorsAreServed() throws Exception {
    Keyspace keyspace = service.database().keyspace("default");
    Transaction holder = service.database().begin(Isolation.SNAPSHOT);
    try (RawConnection slow = RawConnection.to(service.port())) {
      holder.lockForUpdate(keyspace, "guarded".getBytes(ISO_8859_1));
      String begin = service.api().post("/v1/transactions").jsonPath().getString("id");
      String locked = "/v1/transactions/" + begin + ENTRY.substring(3) + "?lock=update";
      slow.send("GET " + locked + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 1);
      CompletableFuture<Integer> waiting =
          CompletableFuture.supplyAsync(() -> unlessTooFast().statusCode());
      await().atMost(SOON).until(() -> service.meter("lightning.requests.queued") == 1);

      unlessTooFast()
          .then()
          .statusCode(503)
          .header("Retry-After", "1")
          .body("type", equalTo("/problems/overloaded"))
          .body("retryable", equalTo(true))
          .body("detail", containsString("1 wait already"));
      service.api().get("/v1/admin/mode").then().statusCode(200);
      service.api().get("/v1/limits").then().statusCode(200);
      service.api().get("/actuator/health/liveness").then().statusCode(200);
      service.api().delete("/v1/transactions/none").then().statusCode(404);
      assertThat(waiting).isNotDone();
      assertThat(service.meter("lightning.requests.refused", "reason", "queue-full")).isEqualTo(1);

      holder.close();

      assertThat(slow.answer().status()).isEqualTo(404);
      assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(404);
    } finally {
      holder.close();
    }
    await().atMost(SOON).until(() -> service.meter("lightning.requests.active") == 0);
  }

  /// Those of clients, and not those of operators.
  static Stream<Contract.Operation> callsThatAreCounted() {
    return DocumentedCalls.all()
        .filter(call -> !Set.of("/v1/limits", "/v1/caller").contains(call.path()))
        .filter(call -> !call.path().startsWith("/v1/admin"));
  }

  /// Unless there was time for another request since.
  private void isRefused(Contract.Operation call) {
    Response answer = sent(call);
    for (int i = 0; i < 10 && answer.statusCode() != 429; i++) {
      answer = sent(call);
    }
    assertThat(answer.statusCode()).as(call.toString()).isEqualTo(429);
  }

  private Response sent(Contract.Operation call) {
    return DocumentedCalls.withBody(service.api(), call)
        .request(DocumentedCalls.method(call), DocumentedCalls.path(call, "absent"));
  }

  @Test
  @Order(2)
  void whoeverSendsTooMuchIsToldWhenToComeBack() {
    String absent = "/v1/keyspaces/default/entries/absent";
    Response answer = service.api().get(absent);
    for (int i = 0; i < 1000 && answer.statusCode() == 404; i++) {
      answer = service.api().get(absent);
    }

    answer
        .then()
        .statusCode(429)
        .header("Retry-After", "1")
        .body("type", equalTo("/problems/rate-limited"))
        .body("retryable", equalTo(true))
        .body("limit", equalTo(2));
    callsThatAreCounted().forEach(this::isRefused);
    service.api().get("/v1/limits").then().statusCode(200);
    service.api().get("/v1/caller").then().statusCode(200);
    service.api().get("/v1/admin/storage").then().statusCode(200);
    assertThat(service.meter("lightning.requests.refused", "reason", "rate-limited")).isPositive();
    assertThat(service.meter("lightning.requests.clients")).isEqualTo(1);
    await().atMost(SOON).until(() -> service.api().get(absent).statusCode() == 404);
  }
}
