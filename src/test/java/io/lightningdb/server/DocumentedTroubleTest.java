package io.lightningdb.server;

import static io.lightningdb.server.DocumentedCalls.calls;
import static io.lightningdb.server.DocumentedCalls.method;
import static io.lightningdb.server.DocumentedCalls.path;
import static io.lightningdb.server.DocumentedCalls.withBody;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Failures of the service, provoked at each call that the document lists them for: a defect, a full disk, as many transactions as there
/// may be, and what others do in the middle of a request.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedTroubleTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.transactions.open-max=2",
            "--lightning.limits.value-bytes-max=64KB",
            "--lightning.limits.batch-bytes-max=128KB");
  }

  @AfterAll
  void stop() {
    service.close();
  }

  static Stream<Contract.Operation> callsThatMayFail() {
    return calls(500);
  }

  @ParameterizedTest
  @MethodSource("callsThatMayFail")
  void defects(Contract.Operation call) {
    RequestSpecification request =
        service.api().header(OwnService.DEFECT_HEADER, OwnService.DEFECT);
    assertThat(withBody(request, call).request(method(call), path(call, "default")).statusCode())
        .isEqualTo(500);
  }

  /// A call with what it takes to put an entry, in a transaction that has something to commit if the call is of one.
  private record Write(Contract.Operation call, String path, String body) {}

  private Write write(Contract.Operation call) {
    String put = "{\"put\":{%s\"key\":\"a\",\"value\":1}}";
    String body = DocumentedCalls.hasBody(call) ? DocumentedCalls.body(call) : "";
    if (call.path().endsWith(":batch")) {
      body = "{\"operations\":[" + put.formatted("") + "]}";
    } else if (call.path().endsWith(":execute")) {
      body = "{\"then\":[" + put.formatted("\"keyspace\":\"default\",") + "]}";
    }
    String path = path(call, "default");
    if (call.path().contains("{transaction}")) {
      String transaction = service.api().post("/v1/transactions").jsonPath().getString("id");
      String inside = "/v1/transactions/" + transaction;
      String entry = inside + "/keyspaces/default/entries/a";
      service.api().body("1").put(entry).then().statusCode(204);
      path = path.replace("/v1/transactions/absent", inside);
    }
    return new Write(call, path, body);
  }

  @Test
  void disksThatAreFull() {
    List<Write> writes = calls(507).map(this::write).toList();
    assertThat(writes).hasSizeGreaterThan(3);
    service.trouble().usableBytes(1000);
    await().atMost(SOON).until(() -> service.database().stats().disk().reserveReached());
    for (Write each : writes) {
      RequestSpecification request =
          each.body().isEmpty() ? service.api() : withBody(service.api(), each.call(), each.body());
      assertThat(request.request(method(each.call()), each.path()).statusCode())
          .as(each.toString())
          .isEqualTo(507);
    }
    service.trouble().usableBytes(-1);
    await().atMost(SOON).until(() -> !service.database().stats().disk().reserveReached());
    for (Write each : writes) {
      if (each.path().endsWith("/commit")) {
        service.api().post(each.path()).then().statusCode(200);
      }
    }
  }

  private Response meddledWith(Runnable meddling, Supplier<Response> request) {
    service.trouble().meddle(meddling);
    try {
      return request.get();
    } finally {
      service.trouble().leaveAlone();
    }
  }

  /// Before each attempt to write another write changes the entry.
  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE"})
  void writesThatOthersAlwaysGetAheadOf(String method) {
    String key = "raced-" + method;
    String path = "/v1/keyspaces/default/entries/" + key;
    service.api().body("1").put(path).then().statusCode(201);
    Keyspace keyspace = service.database().keyspace("default");
    byte[] value = Objects.requireNonNull(keyspace.get(key.getBytes(UTF_8)));

    // Every version but one will do, and none that was looked at is there any more.
    meddledWith(
            () -> keyspace.put(key.getBytes(UTF_8), value, Durability.LOGGED),
            () -> service.api().header("If-None-Match", "\"999999999999\"").request(method, path))
        .then()
        .statusCode(409)
        .body("type", equalTo("/problems/conflict"));

    service.api().get(path).then().statusCode(200).body(equalTo("1"));
    service.api().delete(path).then().statusCode(204);
  }

  @Test
  void keyspacesThatOthersDropAtOnce() {
    meddledWith(
            () -> service.database().dropKeyspace("fleeting"),
            () -> service.api().put("/v1/keyspaces/fleeting"))
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/keyspace-not-found"));
    service.api().get("/v1/keyspaces/fleeting").then().statusCode(404);
  }

  private void endSnapshots() {
    service.database().snapshots().forEach(each -> service.database().endSnapshot(each.id()));
  }

  @Test
  void exportsWhoseSnapshotAnOperatorEnds() {
    service.api().body("1").put("/v1/keyspaces/default/entries/exported").then().statusCode(201);
    meddledWith(this::endSnapshots, () -> service.api().get("/v1/keyspaces/default/entries:export"))
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/snapshot-ended"));
    service.api().delete("/v1/keyspaces/default/entries/exported").then().statusCode(204);
  }

  @Test
  void batchesWhoseSnapshotAnOperatorEnds() {
    // A time to live asks what time it is after the snapshot was taken.
    String body =
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"ttl\":\"PT1H\"}},{\"get\":{\"key\":\"b\"}}]}";
    meddledWith(
            this::endSnapshots,
            () ->
                service
                    .api()
                    .contentType("application/json")
                    .body(body)
                    .post("/v1/keyspaces/default/entries:batch"))
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/snapshot-ended"));
    service.api().get("/v1/keyspaces/default/entries/a").then().statusCode(404);
  }

  /// A transaction may come to more than what one commit may.
  @Test
  void commitsThatAreTooLarge() {
    String transaction = service.api().post("/v1/transactions").jsonPath().getString("id");
    String inside = "/v1/transactions/" + transaction;
    for (int i = 0; i < 3; i++) {
      service
          .api()
          .body(new byte[60 << 10])
          .put(inside + "/keyspaces/default/entries/large-" + i)
          .then()
          .statusCode(204);
    }
    service
        .api()
        .post(inside + "/commit")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/batch-too-large"))
        .body("limit", equalTo(128 << 10));
    service.api().get("/v1/keyspaces/default/entries/large-0").then().statusCode(404);
    service.api().delete(inside).then().statusCode(204);
  }

  static Stream<Contract.Operation> callsThatBeginTransactions() {
    return calls(429).filter(call -> call.toString().equals("POST /v1/transactions"));
  }

  @ParameterizedTest
  @MethodSource("callsThatBeginTransactions")
  void transactionsThatAreTooMany(Contract.Operation call) {
    String first = service.api().post("/v1/transactions").jsonPath().getString("id");
    String second = service.api().post("/v1/transactions").jsonPath().getString("id");
    try {
      assertThat(
              withBody(service.api(), call)
                  .request(method(call), path(call, "default"))
                  .statusCode())
          .isEqualTo(429);
    } finally {
      service.api().delete("/v1/transactions/" + first);
      service.api().delete("/v1/transactions/" + second);
    }
  }
}
