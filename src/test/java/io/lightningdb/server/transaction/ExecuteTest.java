package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Compare and act in one request.
class ExecuteTest extends TransactionClient {
  private static final String SPACE = "tx-execute";
  private static final String OTHER = "tx-execute2";

  @BeforeEach
  void createKeyspaces() {
    keyspace(SPACE);
    keyspace(OTHER);
  }

  private Response execute(String json) {
    return api()
        .contentType("application/json")
        .body(json.replace("SPACE", SPACE).replace("OTHER", OTHER))
        .post("/v1/transactions:execute");
  }

  @Test
  void eitherCaseIsOneCommitOverAnyKeyspaces() {
    store(SPACE, "owner", "\"nobody\"");
    String claim =
        """
        {"compare":[{"keyspace":"SPACE","key":"owner","value":"nobody"},
                    {"keyspace":"OTHER","key":"claims","version":0}],
         "then":[{"put":{"keyspace":"SPACE","key":"owner","value":"me"}},
                 {"put":{"keyspace":"OTHER","key":"claims","value":1}},
                 {"get":{"keyspace":"SPACE","key":"owner"}}],
         "else":[{"get":{"keyspace":"SPACE","key":"owner"}}]}
        """;

    Response won = execute(claim);
    won.then()
        .statusCode(200)
        .body("succeeded", equalTo(true))
        .body("results[2].value", equalTo("me"));
    int version = won.jsonPath().getInt("version");
    assertThat(won.jsonPath().getList("results.version", Integer.class)).containsOnly(version);
    stored(OTHER, "claims").then().statusCode(200).header("ETag", "\"" + version + "\"");

    execute(claim)
        .then()
        .statusCode(200)
        .body("succeeded", equalTo(false))
        .body("results[0].value", equalTo("me"))
        .body("results[0].version", equalTo(version));
    api().delete("/v1/keyspaces/" + OTHER + "/entries/claims").then().statusCode(204);
  }

  @Test
  void versionsAndValuesAreCompared() {
    store(SPACE, "v", "{\"a\":1}");
    String tag = stored(SPACE, "v").header("ETag");
    String version = tag.substring(1, tag.length() - 1);

    assertThat(holds("\"version\":" + version)).isTrue();
    assertThat(holds("\"version\":" + version + ",\"value\":{\"a\":1}")).isTrue();
    assertThat(holds("\"value\":{\"a\":2}")).isFalse();
    assertThat(holds("\"version\":0")).isFalse();
    assertThat(holds("\"valueBase64\":\"eyJhIjoxfQ==\"")).isTrue();
    assertThat(holds("\"value\":\"{\\\"a\\\":1}\",\"contentType\":\"text/plain\"")).isTrue();
  }

  @Test
  void nullBesideAnotherFormIsNotCompared() {
    store(SPACE, "v", "{\"a\":1}");
    String tag = stored(SPACE, "v").header("ETag");
    String version = tag.substring(1, tag.length() - 1);

    assertThat(holds("\"value\":null,\"version\":" + version)).isTrue();
    assertThat(holds("\"value\":null,\"valueBase64\":null,\"version\":" + version)).isTrue();
    assertThat(holds("\"value\":null,\"version\":0")).isFalse();
    assertThat(holds("\"value\":null,\"valueBase64\":\"eyJhIjoxfQ==\"")).isTrue();
    assertThat(holds("\"version\":null,\"value\":{\"a\":1}")).isTrue();
    assertThat(holds("\"version\":null,\"value\":{\"a\":2}")).isFalse();
    assertThat(holds("\"value\":null")).isFalse();

    store(SPACE, "v", "null");
    assertThat(holds("\"value\":null")).isTrue();
    assertThat(holds("\"version\":null,\"value\":null,\"valueBase64\":null")).isTrue();

    String nothing = "{\"compare\":[{\"keyspace\":\"SPACE\",\"key\":\"v\",\"version\":null}]}";
    problem(execute(nothing), 422, "invalid-content");
  }

  private boolean holds(String members) {
    Response answer =
        execute("{\"compare\":[{\"keyspace\":\"SPACE\",\"key\":\"v\"," + members + "}]}");
    answer.then().statusCode(200);
    return answer.jsonPath().getBoolean("succeeded");
  }

  @Test
  void conditionThatFailsChangesNothing() {
    problem(
            execute(
                "{\"then\":[{\"put\":{\"keyspace\":\"SPACE\",\"key\":\"x\",\"value\":1}},"
                    + "{\"delete\":{\"keyspace\":\"SPACE\",\"key\":\"x2\",\"ifVersion\":7}}]}"),
            412,
            "precondition-failed")
        .body("operationIndex", equalTo(1));
    problem(stored(SPACE, "x"), 404, "entry-not-found");
  }

  @Test
  void durabilityIsThatOfTheRequest() {
    api()
        .contentType("application/json")
        .header("Lightning-Durability", "logged")
        .body("{\"then\":[{\"put\":{\"keyspace\":\"tx-execute\",\"key\":\"logged\",\"value\":1}}]}")
        .post("/v1/transactions:execute")
        .then()
        .statusCode(202);
  }

  @Test
  void formIsChecked() {
    problem(execute("{\"if\":[]}"), 422, "invalid-content");
    problem(execute("{\"then\":[{\"get\":{\"key\":\"a\"}}]}"), 422, "invalid-content")
        .body("operationIndex", equalTo(0));
    problem(
        execute("{\"compare\":[{\"keyspace\":\"SPACE\",\"key\":\"a\"}]}"), 422, "invalid-content");
    problem(execute("{\"compare\":[{\"key\":\"a\",\"version\":0}]}"), 422, "invalid-content");
    problem(
            execute("{\"compare\":[{\"keyspace\":\"SPACE\",\"key\":\"a\",\"verson\":0}]}"),
            422,
            "invalid-content")
        .body("nearest", equalTo("version"));
    problem(execute("{"), 400, "malformed-json");
    problem(
        execute("{\"then\":[{\"get\":{\"keyspace\":\"no-such\",\"key\":\"a\"}}]}"),
        404,
        "keyspace-not-found");
    problem(
        execute("{\"then\":[{\"get\":{\"keyspace\":\"UPPER\",\"key\":\"a\"}}]}"),
        400,
        "invalid-keyspace-name");
  }

  @Test
  void oneOfManyClaimantsWins() throws Exception {
    api().delete("/v1/keyspaces/" + SPACE + "/entries/prize");
    String claim =
        """
        {"compare":[{"keyspace":"SPACE","key":"prize","version":0}],
         "then":[{"put":{"keyspace":"SPACE","key":"prize","value":1}}]}
        """;
    List<CompletableFuture<Response>> claims = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      claims.add(CompletableFuture.supplyAsync(() -> execute(claim)));
    }
    int won = 0;
    for (CompletableFuture<Response> each : claims) {
      Response answer = each.get(30, TimeUnit.SECONDS);
      answer.then().statusCode(200);
      won += answer.jsonPath().getBoolean("succeeded") ? 1 : 0;
    }
    assertThat(won).isOne();
  }

  @Test
  void countersCountOnWhatTheCommitItselfWrote() {
    api().delete("/v1/keyspaces/" + SPACE + "/entries/count");
    execute(
            """
            {"then":[{"increment":{"keyspace":"SPACE","key":"count","by":2,"initial":40}},
                     {"increment":{"keyspace":"SPACE","key":"count"}},
                     {"put":{"keyspace":"OTHER","key":"text","value":"no number"}},
                     {"get":{"keyspace":"SPACE","key":"count"}}]}
            """)
        .then()
        .statusCode(200)
        .body("results[0].value", equalTo(42))
        .body("results[1].value", equalTo(43))
        .body("results[3].value", equalTo(43));
    assertThat(stored(SPACE, "count").asString()).isEqualTo("43");

    problem(execute(increment("OTHER", "text", "1")), 409, "not-an-integer")
        .body("operationIndex", equalTo(0));
    problem(execute(increment("SPACE", "count", "9223372036854775807")), 409, "counter-overflow");
    problem(execute(increment("SPACE", "count", "1.5")), 422, "invalid-content");
    assertThat(stored(SPACE, "count").asString()).isEqualTo("43");
  }

  private static String increment(String keyspace, String key, String by) {
    return "{\"then\":[{\"increment\":{\"keyspace\":\"%s\",\"key\":\"%s\",\"by\":%s}}]}"
        .formatted(keyspace, key, by);
  }

  @Test
  void concurrentIncrementsAreAllCounted() throws Exception {
    api().delete("/v1/keyspaces/" + SPACE + "/entries/shared");
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          CompletableFuture.runAsync(() -> {
            for (int j = 0; j < 10; j++) {
              execute(increment("SPACE", "shared", "1")).then().statusCode(200);
            }
          }));
    }
    for (CompletableFuture<Void> client : clients) {
      client.get(60, TimeUnit.SECONDS);
    }
    assertThat(stored(SPACE, "shared").asString()).isEqualTo("40");
  }

  @Test
  void operatorsSeeAndEndTransactions() {
    String transaction = begin("{\"isolation\":\"serializable\"}");
    String id = transaction.substring(transaction.lastIndexOf('/') + 1);
    put(entry(transaction, SPACE, "ended"), "1");

    Response list = api().get("/v1/admin/transactions");
    assertThat(api().get("/v1/transactions").jsonPath().getList("transactions.transaction.id"))
        .isEqualTo(list.jsonPath().getList("transactions.transaction.id"))
        .isNotEmpty();
    api().get("/v1/transactions?limit=1").then().statusCode(400);
    list.then().statusCode(200);
    assertThat(list.jsonPath().getList("transactions.transaction.id", String.class)).contains(id);
    assertThat(list.jsonPath().getList("transactions.owner", String.class))
        .contains("client 127.0.0.1");
    api().delete("/v1/admin/transactions/" + id).then().statusCode(204);

    problem(commit(transaction), 410, "transaction-expired");
    problem(api().delete("/v1/admin/transactions/" + id), 410, "transaction-expired");
    problem(api().delete("/v1/admin/transactions/1-2"), 404, "transaction-not-found");
    problem(stored(SPACE, "ended"), 404, "entry-not-found");
  }
}
