package io.lightningdb.server.openapi;

import static io.lightningdb.server.DocumentedCalls.calls;
import static io.lightningdb.server.DocumentedCalls.method;
import static io.lightningdb.server.DocumentedCalls.path;
import static io.lightningdb.server.DocumentedCalls.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.Contract;
import io.lightningdb.server.DocumentedCalls;
import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Refusals that take a state, provoked at each call that the document lists them for.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedStateTest extends RunningService {
  private static final String ENTRY = "/v1/keyspaces/default/entries/";
  private static final String OTHER_VERSION = "999999999999";
  private static final Contract CONTRACT = Contract.shipped();

  private String expired = "";
  private String committed = "";
  private String rolledBack = "";
  private long forgotten;

  @BeforeAll
  void endTransactions() {
    expired = begin("{\"lease\":\"PT0.001S\"}");
    committed = begin("{}");
    api().post("/v1/transactions/" + committed + "/commit").then().statusCode(200);
    rolledBack = begin("{}");
    api().delete("/v1/transactions/" + rolledBack).then().statusCode(204);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> api().get("/v1/transactions/" + expired).statusCode() == 410);
  }

  @BeforeAll
  void forgetVersions() {
    String entry = keyspace("forgetful") + "/entries/absent";
    forgotten = api().body("1").put(entry).jsonPath().getLong("version");
    api().body("2").put(entry).then().statusCode(200);
    database.keyspace("forgetful").flush();
    database.keyspace("forgetful").compact();
  }

  private String begin(String body) {
    return api()
        .contentType("application/json")
        .body(body.getBytes(StandardCharsets.UTF_8))
        .post("/v1/transactions")
        .jsonPath()
        .getString("id");
  }

  private static String within(Contract.Operation call, String transaction) {
    return path(call, "default").replace("/transactions/absent", "/transactions/" + transaction)
        + (call.method().equals("delete") && call.path().endsWith("/entries")
            ? "?prefix=a&confirm=true"
            : "");
  }

  private Response send(RequestSpecification request, Contract.Operation call, String path) {
    return withBody(request, call).request(method(call), path);
  }

  static Stream<Contract.Operation> callsThatRefuseEndedTransactions() {
    return calls(409).filter(call -> call.path().contains("{transaction}"));
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseEndedTransactions")
  void transactionsThatHaveEnded(Contract.Operation call) {
    // A commit that is repeated succeeds again.
    String ended = call.path().endsWith("/commit") ? rolledBack : committed;
    assertThat(send(api(), call, within(call, ended)).statusCode()).isEqualTo(409);
  }

  static Stream<Contract.Operation> callsThatRefuseExpiredTransactions() {
    return calls(410).filter(call -> call.path().contains("{transaction}"));
  }

  @ParameterizedTest
  @MethodSource("callsThatRefuseExpiredTransactions")
  void transactionsThatHaveExpired(Contract.Operation call) {
    assertThat(send(api(), call, within(call, expired)).statusCode()).isEqualTo(410);
  }

  static Stream<Contract.Operation> callsWithConditions() {
    return calls(412);
  }

  @ParameterizedTest
  @MethodSource("callsWithConditions")
  void conditionsThatDoNotHold(Contract.Operation call) {
    api().body("1").put(ENTRY + "absent");
    String transaction = begin("{}");
    String path = within(call, transaction);
    RequestSpecification request = api().header("If-Match", "\"" + OTHER_VERSION + "\"");
    if (call.path().endsWith("{keyspace}")) {
      path += "?confirm=default";
    }
    if (call.path().endsWith(":batch")) {
      request = withBody(api(), call, operations("{\"put\":{\"key\":\"absent\""));
    } else if (call.path().endsWith(":execute")) {
      request =
          withBody(
              api(), call, operations("{\"put\":{\"keyspace\":\"default\",\"key\":\"absent\""));
    } else {
      request = withBody(request, call);
    }
    assertThat(request.request(method(call), path).statusCode()).isEqualTo(412);
    api().delete("/v1/transactions/" + transaction);
    api().delete(ENTRY + "absent");
  }

  private static String operations(String begun) {
    String name = begun.contains("keyspace") ? "then" : "operations";
    return "{\"%s\":[%s,\"value\":1,\"ifVersion\":%s}}]}".formatted(name, begun, OTHER_VERSION);
  }

  static Stream<Contract.Operation> callsThatAskForConfirmation() {
    return calls(428);
  }

  @ParameterizedTest
  @MethodSource("callsThatAskForConfirmation")
  void confirmationsThatAreMissing(Contract.Operation call) {
    keyspace("confirmed");
    String transaction = begin("{}");
    String path =
        path(call, "confirmed").replace("/transactions/absent", "/transactions/" + transaction);
    path += call.path().endsWith("/entries") ? "?prefix=a" : "";
    assertThat(api().request(method(call), path).statusCode()).isEqualTo(428);
    api().delete("/v1/transactions/" + transaction);
  }

  static Stream<Contract.Operation> callsThatReadContent() {
    return calls(422).filter(DocumentedCalls::hasBody).filter(DocumentedCalls::isOffered);
  }

  @ParameterizedTest
  @MethodSource("callsThatReadContent")
  void contentThatMeansNothing(Contract.Operation call) {
    String transaction = begin("{}");
    assertThat(
            withBody(api(), call, "[1]")
                .request(method(call), within(call, transaction))
                .statusCode())
        .isEqualTo(422);
    api().delete("/v1/transactions/" + transaction);
  }

  static Stream<Contract.Operation> callsThatReadParts() {
    return Stream.of(304, 416, 206).flatMap(DocumentedCalls::calls).distinct();
  }

  @ParameterizedTest
  @MethodSource("callsThatReadParts")
  void partsAndWhatIsKnown(Contract.Operation call) {
    String tag = api().body("12345").put(ENTRY + "absent").header("ETag");
    String transaction = begin("{}");
    String path = within(call, transaction);
    assertThat(api().header("If-None-Match", tag).request(method(call), path).statusCode())
        .isEqualTo(304);
    if (DocumentedCalls.statuses(call).contains("206")) {
      assertThat(api().header("Range", "bytes=1-2").request(method(call), path).statusCode())
          .isEqualTo(206);
      assertThat(api().header("Range", "bytes=9-").request(method(call), path).statusCode())
          .isEqualTo(416);
    }
    api().delete("/v1/transactions/" + transaction);
    api().delete(ENTRY + "absent");
  }

  static Stream<Contract.Operation> callsThatReadThePast() {
    return calls(410).filter(call -> CONTRACT.queryParameters(call).contains("at"));
  }

  @ParameterizedTest
  @MethodSource("callsThatReadThePast")
  void versionsThatAreNotKept(Contract.Operation call) {
    String path = path(call, "forgetful") + "?at=" + forgotten;
    assertThat(send(api(), call, path).statusCode()).isEqualTo(410);
  }

  @Test
  void listsOfKeyspacesThatHaveEnded() {
    keyspace("listed");
    String next = api().get("/v1/keyspaces?limit=1").jsonPath().getString("cursor");
    api().get("/v1/keyspaces?limit=500&cursor=" + next).then().statusCode(200);
    api()
        .get("/v1/keyspaces?cursor=" + next)
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/cursor-expired"));
  }

  @Test
  void tokensWhereNobodyIsAskedForOne() {
    api()
        .contentType("application/json")
        .body("{\"name\":\"a\",\"roles\":[\"reader\"]}")
        .post("/v1/admin/tokens")
        .then()
        .statusCode(409)
        .body("type", equalTo("/problems/security-off"));
  }

  @Test
  void tablesAreNotEmpty() {
    assertThat(
            Stream.of(
                    callsThatRefuseEndedTransactions(),
                    callsThatRefuseExpiredTransactions(),
                    callsWithConditions(),
                    callsThatAskForConfirmation(),
                    callsThatReadContent(),
                    callsThatReadParts(),
                    callsThatReadThePast())
                .map(Stream::count))
        .allMatch(count -> count >= 3);
  }
}
