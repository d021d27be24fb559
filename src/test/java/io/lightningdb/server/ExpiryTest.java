package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Entries with an end over HTTP, with a clock that tests set.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExpiryTest {
  private static final String FAR = "2400-01-01T00:00:00Z";
  private static final String PAST = "2001-01-01T00:00:00Z";
  private static final Duration HOUR = Duration.ofHours(1);

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service = OwnService.start(directory);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private RequestSpecification api() {
    return service.api();
  }

  private RequestSpecification json(String body) {
    return api().contentType("application/json").body(body);
  }

  /// Creates a keyspace of the test's own.
  private String entries(String name, String options) {
    json(options).put("/v1/keyspaces/" + name).then().statusCode(201);
    return "/v1/keyspaces/" + name + "/entries";
  }

  private Response put(String url, String header, String value) {
    return api().header(header, value).contentType("application/json").body("1").put(url);
  }

  private ValidatableResponse count(String entries) {
    return api().get(entries + ":count").then().statusCode(200);
  }

  @Test
  void anEntryIsThereUntilItsEnd() {
    String entries = entries("until", "{}");
    Instant before = Instant.ofEpochMilli(service.trouble().millis());
    put(entries + "/a", "Lightning-Ttl", "PT1H").then().statusCode(201);
    api().body("b").put(entries + "/b?ttl=PT2H").then().statusCode(201);
    put(entries + "/c", "Lightning-Expires-At", FAR).then().statusCode(201);
    api().body("d").put(entries + "/d").then().statusCode(201);

    String moment = api().get(entries + "/a").header("Lightning-Expires-At");
    assertThat(Duration.between(before.plus(HOUR), Instant.parse(moment)))
        .isBetween(Duration.ofMillis(-1), Duration.ofMinutes(1));
    assertThat(api().head(entries + "/c").header("Lightning-Expires-At")).isEqualTo(FAR);
    assertThat(api().get(entries + "/d").header("Lightning-Expires-At")).isNull();
    count(entries).body("count", equalTo(4));

    service.trouble().jump(HOUR.plusMinutes(1));
    api().get(entries + "/a").then().statusCode(404);
    api().head(entries + "/a").then().statusCode(404);
    api().delete(entries + "/a").then().statusCode(404);
    count(entries).body("count", equalTo(3));
    api().get(entries).then().body("entries.key", equalTo(List.of("b", "c", "d")));
    api()
        .header("If-Match", "*")
        .body("x")
        .put(entries + "/a")
        .then()
        .statusCode(412)
        .body("actualVersion", equalTo(0));
    api().header("If-None-Match", "*").body("new").put(entries + "/a").then().statusCode(201);
    api().get(entries + "/a").then().statusCode(200).header("Lightning-Expires-At", nullValue());
  }

  @Test
  void aMomentThatHasPassedIsAsGoodAsADeletion() {
    String entries = entries("past", "{}");
    api().body("old").put(entries + "/a").then().statusCode(201);
    put(entries + "/a", "Lightning-Expires-At", PAST).then().statusCode(200);
    api().get(entries + "/a").then().statusCode(404);
    put(entries + "/a", "Lightning-Expires-At", PAST).then().statusCode(201);
    count(entries).body("count", equalTo(0));
  }

  @Test
  void aReplacedEntryHasItsOwnEndOrNone() {
    String entries = entries("replaced", "{\"defaultTtl\":\"PT1H\"}");
    api().body("a").put(entries + "/a").then().statusCode(201);
    assertThat(api().get(entries + "/a").header("Lightning-Expires-At")).isNotNull();
    put(entries + "/a", "Lightning-Ttl", "none").then().statusCode(200);
    assertThat(api().get(entries + "/a").header("Lightning-Expires-At")).isNull();
    put(entries + "/a", "Lightning-Expires-At", "2400-01-01T02:00:00+02:00");
    assertThat(api().get(entries + "/a").header("Lightning-Expires-At")).isEqualTo(FAR);
    Response notModified =
        api().header("If-None-Match", "*").get(entries + "/a").then().extract().response();
    assertThat(notModified.statusCode()).isEqualTo(304);
    assertThat(notModified.header("Lightning-Expires-At")).isEqualTo(FAR);
  }

  @Test
  void theDefaultOfAKeyspaceCanBeChangedAndSwitchedOff() {
    String entries = entries("default-ttl", "{\"defaultTtl\":\"P7D\"}");
    String keyspace = "/v1/keyspaces/default-ttl";
    api().get(keyspace).then().body("options.defaultTtl", equalTo("PT168H"));
    api().body("a").put(entries + "/a");
    json("{\"defaultTtl\":\"PT0S\"}").put(keyspace).then().statusCode(200);
    api().body("b").put(entries + "/b");
    api()
        .get(entries)
        .then()
        .body("entries[0].expiresAt", containsString("T"))
        .body("entries[1].expiresAt", nullValue());
    for (String wrong : List.of("\"PT-1H\"", "\"P40000D\"", "\"soon\"", "7", "null")) {
      json("{\"defaultTtl\":" + wrong + "}")
          .put(keyspace)
          .then()
          .statusCode(422)
          .body("type", equalTo("/problems/invalid-content"));
    }
    json("{\"defaultTtl\":\"P40000D\"}")
        .put(keyspace)
        .then()
        .body("limit", equalTo(3_155_760_000_000L))
        .body("detail", containsString("ttl-millis-max"));
  }

  @ParameterizedTest
  @CsvSource({
    "Lightning-Ttl, PT0S, ttl-millis-min",
    "Lightning-Ttl, PT-1S, ttl-millis-min",
    "Lightning-Ttl, P36526D, ttl-millis-max",
    "Lightning-Ttl, one hour, ISO 8601",
    "Lightning-Ttl, '', ISO 8601",
    "Lightning-Ttl, 3600, ISO 8601",
    "Lightning-Expires-At, 1970-01-01T00:00:00Z, expires-at-millis-min",
    "Lightning-Expires-At, +10000-01-01T00:00:00Z, expires-at-millis-max",
    "Lightning-Expires-At, 2400-01-01, ISO 8601",
    "Lightning-Expires-At, 2400-01-01T00:00:00, ISO 8601",
    "Lightning-Expires-At, never, ISO 8601",
  })
  void wrongEndsAreRefusedAndNamed(String header, String value, String named) {
    String url = "/v1/keyspaces/default/entries/wrong";
    Response refused = put(url, header, value);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.jsonPath().getString("type")).isEqualTo("/problems/invalid-parameter");
    assertThat(refused.jsonPath().getString("parameter")).isEqualTo(header);
    assertThat(refused.jsonPath().getString("detail")).contains(named);
    boolean limit = named.contains("millis");
    assertThat(refused.jsonPath().get("limit") != null).isEqualTo(limit);
    api().get(url).then().statusCode(404);
  }

  @Test
  void onlyOneEndCanBeGiven() {
    String url = "/v1/keyspaces/default/entries/two";
    put(url + "?ttl=PT1H", "Lightning-Ttl", "PT1H").then().statusCode(400);
    put(url + "?ttl=PT1H", "Lightning-Expires-At", FAR).then().statusCode(400);
    api()
        .header("Lightning-Ttl", "PT1H")
        .header("Lightning-Expires-At", FAR)
        .put(url)
        .then()
        .statusCode(400);
    api().get(url).then().statusCode(404);
  }

  @Test
  void callsThatWriteNoEntryRefuseEnds() {
    String url = "/v1/keyspaces/default/entries/none";
    for (String header : List.of("Lightning-Ttl", "Lightning-Expires-At", "lightning-ttl")) {
      api()
          .header(header, "PT1H")
          .get(url)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/unsupported"))
          .body("feature", containsString(header));
      api().header(header, "PT1H").delete(url).then().statusCode(400);
    }
    api()
        .delete(url + "?ttl=PT1H")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unknown-parameter"));
  }

  @Test
  void batchesWriteAndShowEnds() {
    String entries = entries("batches", "{\"defaultTtl\":\"PT1H\"}");
    String operations =
        """
        {"operations":[
          {"put":{"key":"a","value":1,"expiresAt":"%s"}},
          {"put":{"key":"b","value":2,"ttl":"PT2H"}},
          {"put":{"key":"c","value":3,"expiresAt":null}},
          {"put":{"key":"d","value":4}},
          {"put":{"key":"e","value":5,"expiresAt":"%s"}},
          {"get":{"key":"a"}}, {"get":{"key":"c"}}, {"get":{"key":"e"}},
          {"put":{"key":"f","value":6,"ttl":"PT2H","expiresAt":null}},
          {"put":{"key":"g","value":7,"expiresAt":"%s","ttl":null}},
          {"put":{"key":"h","value":8,"expiresAt":null,"ttl":null}}]}
        """
            .formatted(FAR, PAST, FAR);
    json(operations)
        .post(entries + ":batch")
        .then()
        .statusCode(200)
        .body("results[5].expiresAt", equalTo(FAR))
        .body("results[6].expiresAt", nullValue())
        .body("results[6].version", greaterThan(0))
        .body("results[7].version", equalTo(0));
    json("{\"keys\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]}")
        .post(entries + ":multiget")
        .then()
        .body("entries[0].expiresAt", equalTo(FAR))
        .body("entries[1].expiresAt", containsString("T"))
        .body("entries[2].expiresAt", nullValue())
        .body("entries[3].expiresAt", containsString("T"))
        .body("entries[4].version", equalTo(0))
        .body("entries[5].expiresAt", containsString("T"))
        .body("entries[6].expiresAt", equalTo(FAR))
        .body("entries[7].version", greaterThan(0))
        .body("entries[7].expiresAt", nullValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"ttl\":\"PT0S\"",
        "\"ttl\":\"long\"",
        "\"ttl\":3600",
        "\"ttl\":null",
        "\"expiresAt\":\"tomorrow\"",
        "\"expiresAt\":17",
      })
  void wrongMembersAreRefusedWithTheirOperation(String member) {
    String operation = "{\"put\":{\"key\":\"a\",\"value\":1," + member + "}}";
    json("{\"operations\":[{\"delete\":{\"key\":\"x\"}}," + operation + "]}")
        .post("/v1/keyspaces/default/entries:batch")
        .then()
        .statusCode(422)
        .body("operationIndex", equalTo(1));
  }

  @Test
  void aCounterKeepsItsEnd() {
    String entries = entries("counters", "{\"defaultTtl\":\"PT1H\"}");
    json("{\"operations\":[{\"put\":{\"key\":\"n\",\"value\":1,\"expiresAt\":\"" + FAR + "\"}}]}")
        .post(entries + ":batch");
    json("{\"by\":5}").post(entries + "/n/increment").then().body("value", equalTo(6));
    assertThat(api().get(entries + "/n").header("Lightning-Expires-At")).isEqualTo(FAR);
    json("{}").post(entries + "/new/increment").then().statusCode(200);
    assertThat(api().get(entries + "/new").header("Lightning-Expires-At")).isNotNull();
    service.trouble().jump(HOUR.plusMinutes(1));
    json("{\"by\":7}").post(entries + "/new/increment").then().body("value", equalTo(7));
  }

  @Test
  void transactionsWriteAndShowEnds() {
    String entries = entries("transactional", "{}");
    String id = json("{}").post("/v1/transactions").then().extract().path("id");
    String inside = "/v1/transactions/" + id + entries.substring("/v1".length());
    put(inside + "/a", "Lightning-Expires-At", FAR).then().statusCode(204);
    put(inside + "/b", "Lightning-Expires-At", PAST).then().statusCode(204);
    put(inside + "/c", "Lightning-Ttl", "soon").then().statusCode(400);
    assertThat(api().get(inside + "/a").header("Lightning-Expires-At")).isEqualTo(FAR);
    api().get(inside + "/b").then().statusCode(404);
    api()
        .get(inside)
        .then()
        .body("entries.key", equalTo(List.of("a")))
        .body("entries[0].expiresAt", equalTo(FAR));
    api().post("/v1/transactions/" + id + "/commit").then().statusCode(200);
    assertThat(api().get(entries + "/a").header("Lightning-Expires-At")).isEqualTo(FAR);
    api().get(entries + "/b").then().statusCode(404);
    json("""
    {"compare":[{"keyspace":"transactional","key":"b","version":0}],
     "then":[{"put":{"keyspace":"transactional","key":"b","value":1,"expiresAt":"%s"}},
             {"get":{"keyspace":"transactional","key":"b"}}]}
    """
            .formatted(FAR))
        .post("/v1/transactions:execute")
        .then()
        .statusCode(200)
        .body("succeeded", equalTo(true))
        .body("results[1].expiresAt", equalTo(FAR));
  }

  @Test
  void exportAndImportCarryEnds() throws IOException {
    String entries = entries("exported", "{}");
    put(entries + "/a", "Lightning-Expires-At", FAR);
    put(entries + "/b", "Lightning-Ttl", "none");
    put(entries + "/gone", "Lightning-Expires-At", PAST);
    String exported = unzipped(api().get(entries + ":export").asByteArray());
    assertThat(exported.lines())
        .containsExactly(
            "{\"key\":\"a\",\"value\":1,\"contentType\":\"application/json\",\"expiresAt\":\""
                + FAR
                + "\"}",
            "{\"key\":\"b\",\"value\":1,\"contentType\":\"application/json\"}");
    String imported = entries("imported", "{}");
    api()
        .contentType("application/x-ndjson")
        .body(
            (exported
                    + "{\"key\":\"c\",\"value\":1,\"expiresAt\":\""
                    + PAST
                    + "\"}\n"
                    + "{\"key\":\"d\",\"value\":1,\"ttl\":\"PT1H\"}\n"
                    + "{\"key\":\"e\",\"value\":1,\"ttl\":\"PT0S\"}\n"
                    + "{\"key\":\"f\",\"value\":1,\"expiresAt\":\"soon\"}\n")
                .getBytes(StandardCharsets.UTF_8))
        .post(imported + ":import?onError=skip")
        .then()
        .statusCode(200)
        .body("imported", equalTo(4))
        .body("rejections.line", equalTo(List.of(5, 6)))
        .body("rejections.reason", hasItem(containsString("ttl-millis-min")));
    api()
        .get(imported + "?fields=key,expiresAt")
        .then()
        .body("entries.key", equalTo(List.of("a", "b", "d")))
        .body("entries[0].expiresAt", equalTo(FAR))
        .body("entries[1].expiresAt", nullValue());
  }

  private static String unzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatHasExpiredIsCounted() {
    String entries = entries("counted", "{}");
    for (int i = 0; i < 10; i++) {
      put(entries + "/" + i, "Lightning-Ttl", "PT1H");
    }
    service.database().keyspace("counted").flush();
    api()
        .get("/v1/keyspaces/counted")
        .then()
        .body("statistics.expiringEntries", equalTo(10))
        .body("statistics.expiredEntries", equalTo(0));
    long removed = service.database().stats().expiredEntriesRemoved();
    service.trouble().jump(HOUR.plusMinutes(1));
    // The engine may have looked already, and dropped the file.
    api()
        .get("/v1/keyspaces/counted")
        .then()
        .body("statistics.expiredEntries", anyOf(equalTo(10), equalTo(0)));
    service.database().keyspace("counted").compact();
    assertThat(service.database().stats().expiredEntriesRemoved())
        .isGreaterThanOrEqualTo(removed + 10);
    assertThat(api().get("/actuator/prometheus").asString())
        .contains("lightning_expired_entries_removed_total")
        .contains("lightning_keyspace_expired_entries{keyspace=\"counted\"} 0.0");
    api().get("/v1/keyspaces/counted").then().body("statistics.runBytes", equalTo(0));
  }
}
