package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.server.idempotency.IdempotencyRecords;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyTest extends RunningService {
  private static final String BATCH =
      """
      {"operations":[{"increment":{"key":"n"}},{"get":{"key":"n"}},
      {"put":{"key":"a","value":{"version":999999999999999999}}},{"get":{"key":"a"}},
      {"get":{"key":"none"}}]}
      """;

  private final String key = UUID.randomUUID().toString();
  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("idempotency-test");
    entries = keyspace("idempotency-test") + "/entries";
  }

  private RequestSpecification request(String body) {
    return api().header("Idempotency-Key", key).contentType("application/json").body(body);
  }

  private static void isTheSame(Response again, Response first) {
    assertThat(first.header("Idempotency-Replayed")).isNull();
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(again.statusCode()).isEqualTo(first.statusCode());
    assertThat(again.asString()).isEqualTo(first.asString());
    for (String header :
        new String[] {"Lightning-Version", "Lightning-Durability", "ETag", "Content-Type"}) {
      assertThat(again.header(header)).as(header).isEqualTo(first.header(header));
    }
  }

  @Test
  void batchesThatAreSentAgainAreAnsweredAgainAndDoNothing() {
    Response first = request(BATCH).post(entries + ":batch");
    first.then().statusCode(200).body("results[0].value", equalTo(1));
    api().contentType("text/plain").body("x").put(entries + "/other");

    isTheSame(request(BATCH).post(entries + ":batch"), first);
    assertThat(api().get(entries + "/n").asString()).isEqualTo("1");
  }

  @Test
  void incrementsThatAreSentAgainAreAnsweredAgainAndDoNothing() {
    Response first =
        request("{\"by\":5}")
            .header("Lightning-Durability", "logged")
            .post(entries + "/n/increment");
    first.then().statusCode(202).body("value", equalTo(5));

    isTheSame(
        request("{\"by\":5}")
            .header("Lightning-Durability", "logged")
            .post(entries + "/n/increment"),
        first);
    assertThat(api().get(entries + "/n").asString()).isEqualTo("5");
  }

  @Test
  void executionsThatAreSentAgainAreAnsweredAgainAndDoNothing() {
    String body =
        """
        {"compare":[{"keyspace":"idempotency-test","key":"claim","version":0}],
         "then":[{"put":{"keyspace":"idempotency-test","key":"claim","value":{"version":1}}},
                 {"increment":{"keyspace":"idempotency-test","key":"n"}},
                 {"get":{"keyspace":"idempotency-test","key":"claim"}}],
         "else":[{"increment":{"keyspace":"idempotency-test","key":"lost"}}]}
        """;
    Response first = request(body).post("/v1/transactions:execute");
    first.then().statusCode(200).body("succeeded", equalTo(true));
    long version = first.jsonPath().getLong("version");
    assertThat(versions(database.keyspace(IdempotencyRecords.KEYSPACE)))
        .containsEntry(key, version);

    isTheSame(request(body).post("/v1/transactions:execute"), first);
    assertThat(api().get(entries + "/n").asString()).isEqualTo("1");
    api().get(entries + "/lost").then().statusCode(404);
    request("{}").post("/v1/transactions:execute").then().statusCode(422);
  }

  @Test
  void commitsOfTransactionsAreAnsweredAgain() {
    String transaction = api().post("/v1/transactions").header("Location");
    api().contentType("text/plain").body("x").put(inside(transaction)).then().statusCode(204);
    Response first = api().header("Idempotency-Key", key).post(transaction + "/commit");
    first.then().statusCode(200);
    long version = first.jsonPath().getLong("version");
    assertThat(versions(database.keyspace(IdempotencyRecords.KEYSPACE)))
        .containsEntry(key, version);
    assertThat(api().get(entries + "/in").header("ETag")).isEqualTo("\"" + version + "\"");

    isTheSame(api().header("Idempotency-Key", key).post(transaction + "/commit"), first);
    String other = api().post("/v1/transactions").header("Location");
    api()
        .header("Idempotency-Key", key)
        .post(other + "/commit")
        .then()
        .statusCode(422)
        .body("type", equalTo("/problems/idempotency-key-reused"));
    api().delete(other).then().statusCode(204);
  }

  private static String inside(String transaction) {
    return transaction + "/keyspaces/idempotency-test/entries/in";
  }

  @Test
  void commitThatConflictsKeepsNoAnswer() {
    String transaction = api().post("/v1/transactions").header("Location");
    api().contentType("text/plain").body("x").put(inside(transaction)).then().statusCode(204);
    api().contentType("text/plain").body("y").put(entries + "/in").then().statusCode(201);
    api().header("Idempotency-Key", key).post(transaction + "/commit").then().statusCode(409);
    assertThat(versions(database.keyspace(IdempotencyRecords.KEYSPACE))).doesNotContainKey(key);
  }

  @Test
  void effectAndAnswerAreOneCommit() {
    long before = database.visibleVersion();
    Response first = request("{\"by\":5}").post(entries + "/n/increment");
    long version = first.jsonPath().getLong("version");

    assertThat(version).isEqualTo(before + 1);
    assertThat(database.visibleVersion()).isEqualTo(version);
    assertThat(versions(database.keyspace(IdempotencyRecords.KEYSPACE)))
        .containsEntry(key, version);
    assertThat(api().get(entries + "/n").header("ETag")).isEqualTo("\"" + version + "\"");
  }

  private static Map<String, Long> versions(Keyspace keyspace) {
    Map<String, Long> versions = new HashMap<>();
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        byte[] stored = scan.key();
        versions.put(new String(stored, 8, stored.length - 8, US_ASCII), scan.version());
      }
    }
    return versions;
  }

  @Test
  void anotherPayloadIsRefused() {
    request("{\"by\":5}").post(entries + "/n/increment").then().statusCode(200);

    for (Response other :
        new Response[] {
          request("{\"by\":6}").post(entries + "/n/increment"),
          request("{\"by\":5}").post(entries + "/m/increment"),
          request(BATCH).post(entries + ":batch"),
          request("{\"by\":5}")
              .header("Lightning-Durability", "logged")
              .post(entries + "/n/increment")
        }) {
      other.then().statusCode(422).body("type", equalTo("/problems/idempotency-key-reused"));
    }
    assertThat(api().get(entries + "/n").asString()).isEqualTo("5");
  }

  @Test
  void whatChangedNothingIsCarriedOutWhenItIsSentAgain() {
    api().contentType("text/plain").body("x").put(entries + "/n");
    request("{}").post(entries + "/n/increment").then().statusCode(409);
    api().delete(entries + "/n");
    request("{}").post(entries + "/n/increment").then().statusCode(200).body("value", equalTo(1));
  }

  @Test
  void callsThatAreNoneOrManyCommitsDoNotTakeAKey() {
    request("{\"atomic\":false,\"operations\":[]}").post(entries + ":batch").then().statusCode(422);
    request("{\"keys\":[]}").post(entries + ":multiget").then().statusCode(400);
    request("1").put(entries + "/n").then().statusCode(400);
    request("{}").post("/v1/transactions").then().statusCode(400);
    String transaction = api().post("/v1/transactions").header("Location");
    for (String call :
        new String[] {"/keep-alive", "/savepoints", "/keyspaces/idempotency-test/entries:batch"}) {
      request("{\"operations\":[]}").post(transaction + call).then().statusCode(400);
    }
    api().delete(transaction).then().statusCode(204);
    api()
        .header("Idempotency-Key", key)
        .contentType("application/x-ndjson")
        .body("{\"key\":\"n\",\"value\":1}".getBytes(US_ASCII))
        .post(entries + ":import")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unsupported"));
    api().get(entries + "/n").then().statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "", "\u00e4"})
  void keysThatAreNoneAreRefused(String wrong) {
    api()
        .header("Idempotency-Key", wrong)
        .contentType("application/json")
        .body("{}")
        .post(entries + "/n/increment")
        .then()
        .statusCode(400)
        .body("parameter", equalTo("Idempotency-Key"));
  }

  @Test
  void answersThatAreTooLargeToKeepAreRefusedBeforeAnythingIsDone() {
    api().contentType("text/plain").body("x".repeat(1 << 20)).put(entries + "/large");
    String body =
        "{\"operations\":[{\"increment\":{\"key\":\"n\"}},{\"get\":{\"key\":\"large\"}}]}";
    request(body)
        .post(entries + ":batch")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/batch-too-large"));
    api().get(entries + "/n").then().statusCode(404);
  }

  @Test
  void clientsNeitherSeeNorReachWhatIsKept() {
    String path = "/v1/keyspaces/" + IdempotencyRecords.KEYSPACE;
    api().get(path).then().statusCode(400);
    api().put(path).then().statusCode(400);
    api().put("/v1/keyspaces/lightning-mine").then().statusCode(400);
    api().delete(path + "?confirm=" + IdempotencyRecords.KEYSPACE).then().statusCode(400);
    api().get(path + "/entries").then().statusCode(400);
    api().get(path + "/entries/a").then().statusCode(400);
    api()
        .get("/v1/keyspaces?limit=500")
        .then()
        .statusCode(200)
        .body("keyspaces.name", hasItem("idempotency-test"))
        .body("keyspaces.name", not(hasItem(IdempotencyRecords.KEYSPACE)));
  }

  @Test
  void answersOutliveTheProcess(@TempDir Path directory) {
    Response first;
    try (OwnService service = OwnService.start(directory)) {
      first = incrementIn(service);
      first.then().statusCode(200).body("value", equalTo(5));
    }
    try (OwnService service = OwnService.start(directory)) {
      isTheSame(incrementIn(service), first);
    }
  }

  @Test
  void committedTransactionsAreAnsweredByTheNextProcess(@TempDir Path directory) {
    Response first;
    String commit;
    try (OwnService service = OwnService.start(directory)) {
      String transaction = service.api().post("/v1/transactions").header("Location");
      String entry = transaction + "/keyspaces/default/entries/in";
      service.api().contentType("text/plain").body("x").put(entry).then().statusCode(204);
      commit = transaction + "/commit";
      first = service.api().header("Idempotency-Key", key).post(commit);
      first.then().statusCode(200);
    }
    try (OwnService service = OwnService.start(directory)) {
      isTheSame(service.api().header("Idempotency-Key", key).post(commit), first);
      service.api().post(commit).then().statusCode(404);
    }
  }

  private Response incrementIn(OwnService service) {
    return service
        .api()
        .header("Idempotency-Key", key)
        .contentType("application/json")
        .body("{\"by\":5}")
        .post("/v1/keyspaces/default/entries/n/increment");
  }
}
