package io.lightningdb.server.keyvalue.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementTest extends RunningService {
  private static final int THREADS = 6;
  private static final int ROUNDS = 25;

  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("increment-test");
    entries = keyspace("increment-test") + "/entries";
  }

  private Response increment(String key, String body) {
    return api()
        .contentType("application/json")
        .body(body)
        .post(entries + "/" + key + "/increment");
  }

  private Response batch(String body) {
    return api().contentType("application/json").body(body).post(entries + ":batch");
  }

  private void put(String key, String contentType, String value) {
    api().contentType(contentType).body(value).put(entries + "/" + key);
  }

  private String value(String key) {
    return api().get(entries + "/" + key).asString();
  }

  @Test
  void countersBeginAtInitialAndAreJsonNumbers() {
    Response first = increment("a", "{\"by\":5,\"initial\":10}");
    long version = first.jsonPath().getLong("version");
    first
        .then()
        .statusCode(200)
        .body("value", equalTo(15))
        .header("ETag", "\"" + version + "\"")
        .header("Lightning-Version", Long.toString(version))
        .header("Lightning-Durability", "synced");
    increment("a", "{\"by\":-20,\"initial\":10}").then().body("value", equalTo(-5));
    increment("a", "{}").then().body("value", equalTo(-4));
    api()
        .get(entries + "/a")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .body(equalTo("-4"));
    api()
        .header("Lightning-Durability", "logged")
        .contentType("application/json")
        .body("{}")
        .post(entries + "/a/increment")
        .then()
        .statusCode(202);
  }

  @Test
  void numbersThatClientsPutAreCountersToo() {
    put("a", "application/json", " 41\n");
    increment("a", "{}").then().body("value", equalTo(42));
  }

  @Test
  void keysAreReadAsElsewhere() {
    increment("a%2Fincrement", "{\"by\":3}").then().statusCode(200);
    assertThat(value("a%2Fincrement")).isEqualTo("3");
    api()
        .contentType("application/json")
        .body("{}")
        .post(entries + "/YQo/increment?keyEncoding=base64url")
        .then()
        .statusCode(200);
    assertThat(value("YQo?keyEncoding=base64url")).isEqualTo("1");
  }

  @Test
  void whatIsNoIntegerIsLeftAlone() {
    for (String json : new String[] {"1.0", "1e3", "\"1\"", "null", "{}", "9223372036854775808"}) {
      put("a", "application/json", json);
      increment("a", "{}").then().statusCode(409).body("type", equalTo("/problems/not-an-integer"));
      assertThat(value("a")).isEqualTo(json);
    }
    put("a", "text/plain", "1");
    increment("a", "{}").then().statusCode(409).body("type", equalTo("/problems/not-an-integer"));
  }

  @Test
  void overflowIsRefusedAndTheLimitsAreReached() {
    put("a", "application/json", Long.toString(Long.MAX_VALUE - 1));
    increment("a", "{}").then().statusCode(200).body("value", equalTo(Long.MAX_VALUE));
    increment("a", "{}")
        .then()
        .statusCode(409)
        .body("type", equalTo("/problems/counter-overflow"))
        .body("retryable", equalTo(false));
    assertThat(value("a")).isEqualTo(Long.toString(Long.MAX_VALUE));
    increment("b", "{\"by\":-1,\"initial\":" + Long.MIN_VALUE + "}").then().statusCode(409);
    api().get(entries + "/b").then().statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"by\":1.5}",
        "{\"by\":\"1\"}",
        "{\"by\":9223372036854775808}",
        "{\"initial\":null}",
        "{\"bye\":1}"
      })
  void bodiesThatAreNoIncrementAreRefused(String body) {
    increment("a", body).then().statusCode(422).body("type", equalTo("/problems/invalid-content"));
    api().get(entries + "/a").then().statusCode(404);
  }

  @Test
  void bodiesThatAreNoJsonOrTooLargeAreRefused() {
    increment("a", "").then().statusCode(400);
    increment("a", "{").then().statusCode(400);
    increment("a", "{}" + " ".repeat(65_535)).then().statusCode(413);
    increment("a", "{}" + " ".repeat(65_534)).then().statusCode(200);
    api().contentType("text/plain").body("1").post(entries + "/a/increment").then().statusCode(415);
  }

  @Test
  void atomicBatchesCountOnWhatTheyDidBefore() {
    put("b", "application/json", "7");
    Response response =
        batch(
            """
            {"operations":[{"increment":{"key":"a","by":2,"initial":1}},
            {"increment":{"key":"a","by":2}}, {"get":{"key":"a"}},
            {"put":{"key":"b","value":1}}, {"increment":{"key":"b"}},
            {"delete":{"key":"b"}}, {"increment":{"key":"b","by":9}}]}
            """);
    response.then().statusCode(200);
    long version = response.jsonPath().getLong("version");
    assertThat(response.jsonPath().getList("results.value", Integer.class))
        .containsExactly(3, 5, 5, null, 2, null, 9);
    assertThat(response.jsonPath().getList("results.version", Long.class)).containsOnly(version);
    assertThat(value("a")).isEqualTo("5");
    assertThat(value("b")).isEqualTo("9");
  }

  @Test
  void conditionsAndFailuresUndoAtomicBatches() {
    put("text", "text/plain", "x");
    batch("{\"operations\":[{\"increment\":{\"key\":\"a\"}},{\"increment\":{\"key\":\"text\"}}]}")
        .then()
        .statusCode(409)
        .body("operationIndex", equalTo(1));
    batch("{\"operations\":[{\"increment\":{\"key\":\"a\",\"ifVersion\":1}}]}")
        .then()
        .statusCode(412)
        .body("operationIndex", equalTo(0));
    api().get(entries + "/a").then().statusCode(404);
    batch("{\"operations\":[{\"increment\":{\"key\":\"a\",\"ifVersion\":0}}]}")
        .then()
        .statusCode(200);
  }

  @Test
  void batchesThatAreNotAtomicCountOneByOne() {
    put("text", "text/plain", "x");
    batch(
            """
            {"atomic":false,"operations":[{"increment":{"key":"a"}},
            {"increment":{"key":"text"}},{"increment":{"key":"a","by":4}}]}
            """)
        .then()
        .statusCode(200)
        .body("results[0].value", equalTo(1))
        .body("results[1].problem.type", equalTo("/problems/not-an-integer"))
        .body("results[1].problem.operationIndex", equalTo(1))
        .body("results[2].value", equalTo(5));
  }

  @Test
  void noIncrementOfManyIsLostOrRefused() throws Exception {
    List<Future<List<Response>>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        boolean single = i % 2 == 0;
        clients.add(threads.submit(() -> countInRounds(single)));
      }
    }
    for (Future<List<Response>> client : clients) {
      assertThat(client.get()).extracting(Response::statusCode).containsOnly(202);
    }
    assertThat(value("hot")).isEqualTo(Integer.toString(THREADS * ROUNDS));
  }

  private List<Response> countInRounds(boolean single) {
    List<Response> answers = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      var request = api().header("Lightning-Durability", "logged").contentType("application/json");
      answers.add(
          single
              ? request.body("{}").post(entries + "/hot/increment")
              : request
                  .body("{\"operations\":[{\"increment\":{\"key\":\"hot\"}}]}")
                  .post(entries + ":batch"));
    }
    return answers;
  }
}
