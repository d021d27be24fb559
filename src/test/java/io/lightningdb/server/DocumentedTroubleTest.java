package io.lightningdb.server;

import static io.lightningdb.server.DocumentedCalls.calls;
import static io.lightningdb.server.DocumentedCalls.method;
import static io.lightningdb.server.DocumentedCalls.path;
import static io.lightningdb.server.DocumentedCalls.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Failures of the service, provoked at each call that the document lists them for: a defect, a full disk, and as many transactions as there
/// may be.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedTroubleTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service = OwnService.start(directory, "--lightning.transactions.open-max=2");
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

  static Stream<Contract.Operation> callsThatBeginTransactions() {
    return calls(429);
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
