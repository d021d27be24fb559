package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The life of transactions, and single entries in them.
class TransactionTest extends TransactionClient {
  private static final String SPACE = "tx-life";

  @BeforeEach
  void createKeyspace() {
    keyspace(SPACE);
  }

  @Test
  void beginTellsHowTheTransactionBehaves() {
    Response begun =
        api()
            .contentType("application/json")
            .body(
                "{\"isolation\":\"serializable\",\"readOnly\":true,\"lease\":\"PT20S\",\"deadline\":\"PT1M\"}")
            .post("/v1/transactions");

    begun
        .then()
        .statusCode(201)
        .body("isolation", equalTo("serializable"))
        .body("readOnly", equalTo(true))
        .body("state", equalTo("active"))
        .body("lease", equalTo("PT20S"));
    String path = begun.header("Location");
    assertThat(path).isEqualTo("/v1/transactions/" + begun.jsonPath().getString("id"));
    api().get(path).then().statusCode(200).body("id", equalTo(begun.jsonPath().getString("id")));
    api().post(path + "/keep-alive").then().statusCode(200).body("state", equalTo("active"));
    api().delete(path).then().statusCode(204);
  }

  @Test
  void defaultsAreThoseOfTheSettings() {
    for (Response begun : List.of(api().post("/v1/transactions"), beginWith("null"))) {
      begun
          .then()
          .statusCode(201)
          .body("isolation", equalTo("snapshot"))
          .body("readOnly", equalTo(false))
          .body("lease", equalTo("PT30S"));
      api().delete(begun.header("Location")).then().statusCode(204);
    }
  }

  @Test
  void beginRefusesWhatItDoesNotKnow() {
    problem(beginWith("{\"isolatoin\":\"snapshot\"}"), 422, "invalid-content")
        .body("nearest", equalTo("isolation"));
    problem(beginWith("{\"isolation\":\"dirty\"}"), 422, "invalid-content");
    problem(beginWith("{\"readOnly\":1}"), 422, "invalid-content");
    problem(beginWith("{\"lease\":\"soon\"}"), 422, "invalid-content");
    problem(beginWith("{\"lease\":\"PT0S\"}"), 422, "invalid-content");
    problem(beginWith("{\"deadline\":\"PT5M0.001S\"}"), 422, "invalid-content");
    problem(beginWith("[]"), 422, "invalid-content");
    problem(beginWith("{"), 400, "malformed-json");
    problem(beginWith("{\"a\":\"" + "x".repeat(5000) + "\"}"), 413, "body-too-large");
  }

  private Response beginWith(String json) {
    return api().contentType("application/json").body(json).post("/v1/transactions");
  }

  @Test
  void writesAreSeenInsideAtOnceAndOutsideAfterTheCommit() {
    store(SPACE, "gone", "1");
    String transaction = begin();
    put(entry(transaction, SPACE, "own"), "{\"a\":1}");
    api().delete(entry(transaction, SPACE, "gone")).then().statusCode(204);

    Response inside = api().get(entry(transaction, SPACE, "own"));
    inside.then().statusCode(200).body(equalTo("{\"a\":1}"));
    assertThat(inside.contentType()).isEqualTo("application/json");
    assertThat(inside.header("ETag")).isNull();
    problem(api().get(entry(transaction, SPACE, "gone")), 404, "entry-not-found");
    problem(stored(SPACE, "own"), 404, "entry-not-found");
    stored(SPACE, "gone").then().statusCode(200);

    Response committed = commit(transaction);
    committed.then().statusCode(200);
    long version = committed.jsonPath().getLong("version");
    stored(SPACE, "own").then().statusCode(200).header("ETag", "\"" + version + "\"");
    problem(stored(SPACE, "gone"), 404, "entry-not-found");
    api().delete("/v1/keyspaces/" + SPACE + "/entries/own").then().statusCode(204);
  }

  @Test
  void readsRepeatWhateverOthersCommit() {
    store(SPACE, "repeat", "1");
    String transaction = begin("{\"readOnly\":true}");
    api().get(entry(transaction, SPACE, "repeat")).then().statusCode(200).body(equalTo("1"));
    store(SPACE, "repeat", "2");

    Response again = api().get(entry(transaction, SPACE, "repeat"));

    again.then().statusCode(200).body(equalTo("1"));
    long snapshot = Long.parseLong(again.header("Lightning-Version"));
    commit(transaction).then().statusCode(200).body("version", equalTo((int) snapshot));
  }

  @Test
  void commitThatSucceededCanBeRepeated() {
    String transaction = begin();
    put(entry(transaction, SPACE, "repeated"), "1");
    int version =
        api()
            .header("Lightning-Durability", "logged")
            .post(transaction + "/commit")
            .then()
            .statusCode(202)
            .extract()
            .path("version");

    commit(transaction).then().statusCode(200).body("version", equalTo(version));
    problem(api().get(transaction), 409, "transaction-ended").body("state", equalTo("committed"));
    problem(api().delete(transaction), 409, "transaction-ended");
    problem(api().get(entry(transaction, SPACE, "repeated")), 409, "transaction-ended");
  }

  @Test
  void rollbackLeavesNothingAndCanBeRepeated() {
    String transaction = begin();
    put(entry(transaction, SPACE, "never"), "1");

    api().delete(transaction).then().statusCode(204);
    api().delete(transaction).then().statusCode(204);

    problem(stored(SPACE, "never"), 404, "entry-not-found");
    problem(commit(transaction), 409, "transaction-ended").body("state", equalTo("rolled-back"));
  }

  @Test
  void secondCommitOfTheSameKeyConflicts() {
    store(SPACE, "hot%20key", "0");
    String first = begin();
    String second = begin();
    put(entry(first, SPACE, "hot%20key"), "1");
    put(entry(second, SPACE, "hot%20key"), "2");
    commit(first).then().statusCode(200);

    problem(commit(second), 409, "transaction-conflict")
        .body("keyspace", equalTo(SPACE))
        .body("conflictingKey", equalTo("hot key"))
        .body("retryable", equalTo(true));
    stored(SPACE, "hot%20key").then().body(equalTo("1"));
    problem(commit(second), 409, "transaction-ended").body("state", equalTo("rolled-back"));
  }

  @Test
  void plainWriteConflictsToo() {
    String transaction = begin();
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {(byte) 0xFF});
    api()
        .body("x")
        .put(entry(transaction, SPACE, key) + "?keyEncoding=base64url")
        .then()
        .statusCode(204);
    api().body("y").put("/v1/keyspaces/" + SPACE + "/entries/" + key + "?keyEncoding=base64url");

    problem(commit(transaction), 409, "transaction-conflict")
        .body("conflictingKey", equalTo(key))
        .body("keyEncoding", equalTo("base64url"));
  }

  @Test
  void writeSkewIsForSnapshotIsolationOnly() {
    assertThat(skewed("snapshot")).containsExactly(200, 200);
    assertThat(skewed("serializable")).containsExactly(200, 409);
  }

  /// Two doctors on call: each reads both entries, and writes one.
  private List<Integer> skewed(String isolation) {
    store(SPACE, "alice", "true");
    store(SPACE, "bob", "true");
    String json = "{\"isolation\":\"" + isolation + "\"}";
    List<String> both = List.of(begin(json), begin(json));
    for (String transaction : both) {
      api().get(entry(transaction, SPACE, "alice")).then().statusCode(200);
      api().get(entry(transaction, SPACE, "bob")).then().statusCode(200);
    }
    put(entry(both.get(0), SPACE, "alice"), "false");
    put(entry(both.get(1), SPACE, "bob"), "false");
    return both.stream().map(transaction -> commit(transaction).statusCode()).toList();
  }

  @Test
  void absentKeysThatWereReadAreValidated() {
    String transaction = begin("{\"isolation\":\"serializable\"}");
    problem(api().get(entry(transaction, SPACE, "phantom")), 404, "entry-not-found");
    put(entry(transaction, SPACE, "phantom-copy"), "1");
    store(SPACE, "phantom", "1");

    problem(commit(transaction), 409, "transaction-conflict")
        .body("conflictingKey", equalTo("phantom"));
    api().delete("/v1/keyspaces/" + SPACE + "/entries/phantom").then().statusCode(204);
  }

  @Test
  void readOnlyTransactionsCannotWrite() {
    String transaction = begin("{\"readOnly\":true}");

    problem(api().body("x").put(entry(transaction, SPACE, "a")), 409, "transaction-read-only");
    problem(api().delete(entry(transaction, SPACE, "a")), 409, "transaction-read-only");
    problem(
        api().get(entry(transaction, SPACE, "a") + "?lock=update"), 409, "transaction-read-only");
    commit(transaction).then().statusCode(200);
  }

  @Test
  void conditionsAreThoseOfPlainWrites() {
    store(SPACE, "tagged", "1");
    String tag = stored(SPACE, "tagged").header("ETag");
    String transaction = begin();
    String path = entry(transaction, SPACE, "tagged");

    problem(api().header("If-Match", "\"1\"").body("x").put(path), 412, "precondition-failed");
    problem(api().header("If-None-Match", "*").body("x").put(path), 412, "precondition-failed");
    problem(api().header("If-Match", "\"1\"").delete(path), 412, "precondition-failed");
    api().header("If-None-Match", tag).get(path).then().statusCode(304);
    api().header("Range", "bytes=0-0").get(path).then().statusCode(206).body(equalTo("1"));
    api().header("If-Match", tag).body("own").put(path).then().statusCode(204);
    problem(api().header("If-Match", tag).body("x").put(path), 412, "precondition-failed");
    problem(api().header("If-Match", tag).get(path), 412, "precondition-failed");
    api().header("If-Match", "*").body("own2").put(path).then().statusCode(204);
    problem(
        api().header("If-Match", "*").body("x").put(entry(transaction, SPACE, "nothing")),
        412,
        "precondition-failed");
    problem(api().delete(entry(transaction, SPACE, "nothing")), 404, "entry-not-found");
    api().head(path).then().statusCode(200);
    commit(transaction).then().statusCode(200);
    stored(SPACE, "tagged").then().body(equalTo("own2"));
  }

  @Test
  void unknownTransactionsAreNotFound() {
    for (String id : List.of("1-0000000000000000", "nothing", "%2F")) {
      problem(api().get("/v1/transactions/" + id), 404, "transaction-not-found");
      problem(api().delete("/v1/transactions/" + id), 404, "transaction-not-found");
      problem(commit("/v1/transactions/" + id), 404, "transaction-not-found");
      problem(api().post("/v1/transactions/" + id + "/keep-alive"), 404, "transaction-not-found");
      problem(api().get(entry("/v1/transactions/" + id, SPACE, "a")), 404, "transaction-not-found");
    }
    problem(api().get(entry(begin(), "no-such-space", "a")), 404, "keyspace-not-found");
  }

  @Test
  void leaseThatIsOverRollsBack() {
    String transaction = begin("{\"lease\":\"PT0.2S\"}");
    put(entry(transaction, SPACE, "leased"), "1");

    await().atMost(Duration.ofSeconds(20)).until(() -> api().get(transaction).statusCode() == 410);

    problem(api().get(entry(transaction, SPACE, "leased")), 410, "transaction-expired");
    problem(commit(transaction), 410, "transaction-expired");
    problem(api().delete(transaction), 410, "transaction-expired");
    problem(api().post(transaction + "/keep-alive"), 410, "transaction-expired");
    problem(stored(SPACE, "leased"), 404, "entry-not-found");
  }

  @Test
  void deadlineEndsEvenWhatIsKeptAlive() {
    String transaction = begin("{\"deadline\":\"PT0.5S\"}");

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> api().post(transaction + "/keep-alive").statusCode() == 410);

    problem(commit(transaction), 410, "transaction-expired");
  }

  @Test
  void savepointsAreBoundedInNumber() throws Exception {
    String savepoints = begin() + "/savepoints";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + savepoints))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 1000; i++) {
        HttpResponse<Void> made = client.send(request, HttpResponse.BodyHandlers.discarding());
        assertThat(made.statusCode()).isEqualTo(201);
      }
    }
    problem(api().post(savepoints), 413, "transaction-too-large").body("limit", equalTo(1000));
  }

  @Test
  void transactionsAreBoundedInSize() {
    String transaction = begin();
    byte[] most = "x".repeat(60 << 10).getBytes(StandardCharsets.UTF_8);
    api().body(most).put(entry(transaction, SPACE, "large")).then().statusCode(204);

    problem(api().body(most).put(entry(transaction, SPACE, "large2")), 413, "transaction-too-large")
        .body("limit", equalTo(64 << 10));
    commit(transaction).then().statusCode(200);
    stored(SPACE, "large").then().statusCode(200);
    problem(stored(SPACE, "large2"), 404, "entry-not-found");
  }

  @Test
  void transactionsAreBoundedInNumber() {
    List<String> open = new ArrayList<>();
    List<Response> refused = new ArrayList<>();
    while (refused.isEmpty() && open.size() <= 40) {
      Response begun = api().post("/v1/transactions");
      if (begun.statusCode() == 201) {
        open.add(begun.header("Location"));
      } else {
        refused.add(begun);
      }
    }
    open.forEach(transaction -> api().delete(transaction).then().statusCode(204));

    assertThat(refused).hasSize(1);
    problem(refused.getFirst(), 429, "transactions-limit")
        .header("Retry-After", "1")
        .body("limit", equalTo(40))
        .body("retryable", equalTo(true));
    assertThat(open).hasSizeLessThanOrEqualTo(40);
    api().delete(begin()).then().statusCode(204);
  }

  @Test
  void savepointsTakeBackWhatCameBehindThem() {
    String transaction = begin();
    put(entry(transaction, SPACE, "kept"), "1");
    int savepoint =
        api().post(transaction + "/savepoints").then().statusCode(201).extract().path("savepoint");
    put(entry(transaction, SPACE, "kept"), "2");
    put(entry(transaction, SPACE, "undone"), "2");
    int later =
        api().post(transaction + "/savepoints").then().statusCode(201).extract().path("savepoint");
    String rollback = transaction + "/savepoints/" + savepoint + "/rollback";

    api().post(rollback).then().statusCode(204);

    api().get(entry(transaction, SPACE, "kept")).then().body(equalTo("1"));
    problem(api().get(entry(transaction, SPACE, "undone")), 404, "entry-not-found");
    problem(
        api().post(transaction + "/savepoints/" + later + "/rollback"), 404, "savepoint-not-found");
    problem(api().post(transaction + "/savepoints/x/rollback"), 404, "savepoint-not-found");
    api().post(rollback).then().statusCode(204);
    commit(transaction).then().statusCode(200);
    stored(SPACE, "kept").then().body(equalTo("1"));
    problem(stored(SPACE, "undone"), 404, "entry-not-found");
    problem(api().post(rollback), 409, "transaction-ended");
    problem(api().post(transaction + "/savepoints"), 409, "transaction-ended");
  }

  @Test
  void expiryIsTold() {
    String transaction = begin("{\"lease\":\"PT10S\"}");

    String expiresAt = api().get(transaction).then().extract().path("expiresAt");

    assertThat(Duration.between(Instant.now(), Instant.parse(expiresAt)))
        .isPositive()
        .isLessThan(Duration.ofSeconds(11));
    api().get(transaction).then().body("ageMillis", lessThanOrEqualTo(60_000));
  }
}
