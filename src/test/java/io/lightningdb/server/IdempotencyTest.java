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
    api()
        .header("Idempotency-Key", key)
        .contentType("application/x-ndjson")
        .body("{\"key\":\"n\",\"value\":1}")
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

  private Response incrementIn(OwnService service) {
    return service
        .api()
        .header("Idempotency-Key", key)
        .contentType("application/json")
        .body("{\"by\":5}")
        .post("/v1/keyspaces/default/entries/n/increment");
  }
}
