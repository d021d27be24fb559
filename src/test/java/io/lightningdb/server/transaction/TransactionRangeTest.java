package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ranges, counts, batches and multigets in transactions.
class TransactionRangeTest extends TransactionClient {
  private static final String SPACE = "tx-range";
  private static final String ENTRIES = "/keyspaces/" + SPACE + "/entries";

  @BeforeEach
  void fill() {
    keyspace(SPACE);
    api().delete("/v1" + ENTRIES + "?start=%20&confirm=true").then().statusCode(200);
    for (String key : List.of("b", "d", "f")) {
      store(SPACE, key, "\"old\"");
    }
  }

  /// A transaction that sees a, b (new), d and g; f is removed.
  private String changed() {
    String transaction = begin();
    put(entry(transaction, SPACE, "a"), "\"own\"");
    put(entry(transaction, SPACE, "b"), "\"own\"");
    put(entry(transaction, SPACE, "g"), "\"own\"");
    api().delete(entry(transaction, SPACE, "f")).then().statusCode(204);
    return transaction;
  }

  private static List<String> keys(Response page) {
    page.then().statusCode(200);
    return page.jsonPath().getList("entries.key");
  }

  @Test
  void scansSeeOwnWritesInBothDirections() {
    String transaction = changed();

    Response forward = api().get(transaction + ENTRIES);
    assertThat(keys(forward)).containsExactly("a", "b", "d", "g");
    assertThat(forward.jsonPath().getList("entries.value", String.class))
        .containsExactly("own", "own", "old", "own");
    assertThat(forward.jsonPath().getList("entries.version", Long.class).get(0)).isZero();
    assertThat(forward.jsonPath().getList("entries.version", Long.class).get(2)).isPositive();
    assertThat(keys(api().get(transaction + ENTRIES + "?reverse=true")))
        .containsExactly("g", "d", "b", "a");
    assertThat(keys(api().get(transaction + ENTRIES + "?start=b&end=g"))).containsExactly("b", "d");
    assertThat(keys(api().get("/v1" + ENTRIES))).containsExactly("b", "d", "f");
  }

  @Test
  void pagesLeadThroughTheListInBothDirections() {
    String transaction = changed();

    assertThat(walk(transaction + ENTRIES + "?limit=1&fields=key"))
        .containsExactly("a", "b", "d", "g");
    assertThat(walk(transaction + ENTRIES + "?limit=3&reverse=true&start=b"))
        .containsExactly("g", "d", "b");
  }

  /// Follows the links, while somebody else adds entries that must not show.
  private List<String> walk(String first) {
    List<String> keys = new ArrayList<>();
    String path = first;
    while (path != null) {
      Response page = api().get(path);
      keys.addAll(keys(page));
      store(SPACE, "c", "\"other\"");
      store(SPACE, "e", "\"other\"");
      String link = page.header("Link");
      path = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    return keys;
  }

  @Test
  void cursorsBelongToTheirListOnly() {
    String transaction = changed();
    String cursor = api().get(transaction + ENTRIES + "?limit=1").then().extract().path("cursor");
    String another = begin();
    keyspace("tx-range2");

    problem(api().get(another + ENTRIES + "?cursor=" + cursor), 400, "invalid-cursor");
    problem(
        api().get(transaction + "/keyspaces/tx-range2/entries?cursor=" + cursor),
        400,
        "invalid-cursor");
    problem(
        api().get(transaction + ENTRIES + "?reverse=true&cursor=" + cursor), 400, "invalid-cursor");
    problem(api().get("/v1" + ENTRIES + "?cursor=" + cursor), 410, "cursor-expired");
    String plain = api().get("/v1" + ENTRIES + "?limit=1").then().extract().path("cursor");
    problem(api().get(transaction + ENTRIES + "?cursor=" + plain), 400, "invalid-cursor");
  }

  @Test
  void streamsAndCountsSeeOwnWrites() {
    String transaction = changed();

    Response lines = api().accept("application/x-ndjson").get(transaction + ENTRIES);
    lines.then().statusCode(200);
    assertThat(lines.asString().lines().map(line -> JsonPath.from(line).getString("key")))
        .containsExactly("a", "b", "d", "g");
    problem(
        api().accept("application/x-ndjson").get(transaction + ENTRIES + "?cursor=x"),
        400,
        "invalid-parameter");
    api().get(transaction + ENTRIES + ":count").then().statusCode(200).body("count", equalTo(4));
    api().get(transaction + ENTRIES + ":count?prefix=b").then().body("count", equalTo(1));
  }

  @Test
  void rangesAreRemovedInsideAtOnceAndOutsideAfterTheCommit() {
    String transaction = changed();
    String range = transaction + ENTRIES + "?start=b&end=g";

    problem(api().delete(range), 428, "confirmation-required");
    problem(api().delete(transaction + ENTRIES + "?confirm=true"), 400, "invalid-parameter");
    api().delete(range + "&confirm=true").then().statusCode(204);

    assertThat(keys(api().get(transaction + ENTRIES))).containsExactly("a", "g");
    assertThat(keys(api().get("/v1" + ENTRIES))).containsExactly("b", "d", "f");
    commit(transaction).then().statusCode(200);
    assertThat(keys(api().get("/v1" + ENTRIES))).containsExactly("a", "g");
  }

  @Test
  void phantomInARangeThatWasReadConflicts() {
    String transaction = begin("{\"isolation\":\"serializable\"}");
    assertThat(keys(api().get(transaction + ENTRIES + "?start=b&end=e"))).containsExactly("b", "d");
    put(entry(transaction, SPACE, "sum"), "2");
    store(SPACE, "c", "\"phantom\"");

    problem(commit(transaction), 409, "transaction-conflict").body("conflictingKey", equalTo("c"));
  }

  @Test
  void writesOutsideOfARangeThatWasReadDoNotConflict() {
    String transaction = begin("{\"isolation\":\"serializable\"}");
    assertThat(keys(api().get(transaction + ENTRIES + "?start=b&end=e"))).containsExactly("b", "d");
    put(entry(transaction, SPACE, "sum"), "2");
    store(SPACE, "e", "\"outside\"");

    commit(transaction).then().statusCode(200);
  }

  @Test
  void batchesAreTakenIntoTheTransaction() {
    String transaction = begin();
    Response batch =
        batch(
            transaction,
            "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1}},{\"delete\":{\"key\":\"b\"}},"
                + "{\"get\":{\"key\":\"a\"}},{\"get\":{\"key\":\"b\"}},{\"get\":{\"key\":\"d\"}}]}");

    batch.then().statusCode(200).body("results[2].value", equalTo(1));
    assertThat(batch.jsonPath().getList("results.version", Long.class).subList(0, 4))
        .containsOnly(0L);
    assertThat(batch.jsonPath().getLong("results[4].version")).isPositive();
    assertThat(keys(api().get("/v1" + ENTRIES))).containsExactly("b", "d", "f");
    commit(transaction).then().statusCode(200);
    assertThat(keys(api().get("/v1" + ENTRIES))).containsExactly("a", "d", "f");
  }

  @Test
  void countersCountOnWhatTheTransactionWrote() {
    String transaction = begin();
    Response batch =
        batch(
            transaction,
            "{\"operations\":[{\"increment\":{\"key\":\"n\",\"by\":40}},{\"get\":{\"key\":\"n\"}}]}");
    batch
        .then()
        .statusCode(200)
        .body("results[0].value", equalTo(40))
        .body("results[0].version", equalTo(0))
        .body("results[1].value", equalTo(40));
    increment(transaction, "n", "{\"by\":2}").then().statusCode(200).body("value", equalTo(42));
    problem(stored(SPACE, "n"), 404, "entry-not-found");

    put(entry(transaction, SPACE, "text"), "\"no number\"");
    problem(increment(transaction, "text", "{}"), 409, "not-an-integer");
    problem(increment(transaction, "n", "{\"by\":9223372036854775807}"), 409, "counter-overflow");
    problem(increment(transaction, "n", "{\"buy\":1}"), 422, "invalid-content");
    problem(increment(begin("{\"readOnly\":true}"), "n", "{}"), 409, "transaction-read-only");

    commit(transaction).then().statusCode(200);
    assertThat(stored(SPACE, "n").asString()).isEqualTo("42");
  }

  private Response increment(String transaction, String key, String json) {
    return api()
        .contentType("application/json")
        .body(json)
        .post(entry(transaction, SPACE, key) + "/increment");
  }

  private Response batch(String transaction, String json) {
    return api().contentType("application/json").body(json).post(transaction + ENTRIES + ":batch");
  }

  @Test
  void atomicBatchThatFailsLeavesTheTransactionAsItWas() {
    String transaction = begin();
    String operations =
        "\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1}},{\"put\":{\"key\":\"b\",\"value\":2,\"ifVersion\":1}}]";

    problem(batch(transaction, "{" + operations + "}"), 412, "precondition-failed")
        .body("operationIndex", equalTo(1));
    problem(api().get(entry(transaction, SPACE, "a")), 404, "entry-not-found");
    batch(transaction, "{\"atomic\":false," + operations + "}")
        .then()
        .statusCode(200)
        .body("results[1].problem.type", equalTo("/problems/precondition-failed"));
    api().get(entry(transaction, SPACE, "a")).then().statusCode(200);
    problem(
        batch(begin("{\"readOnly\":true}"), "{" + operations + "}"), 409, "transaction-read-only");
    problem(batch(transaction, "{}"), 422, "invalid-content");
    problem(batch(transaction, "{"), 400, "malformed-json");
  }

  @Test
  void multigetSeesOwnWrites() {
    String transaction = changed();

    api()
        .contentType("application/json")
        .body("{\"keys\":[\"a\",\"f\",\"d\"]}")
        .post(transaction + ENTRIES + ":multiget")
        .then()
        .statusCode(200)
        .body("entries.key", contains("a", "f", "d"))
        .body("entries[0].value", equalTo("own"))
        .body("entries[1].version", equalTo(0))
        .body("entries[2].value", equalTo("old"));
  }

  @Test
  void everythingTellsThatTheTransactionHasEnded() {
    String transaction = begin();
    commit(transaction).then().statusCode(200);

    problem(api().get(transaction + ENTRIES), 409, "transaction-ended");
    problem(api().get(transaction + ENTRIES + ":count"), 409, "transaction-ended");
    problem(
        api().delete(transaction + ENTRIES + "?prefix=a&confirm=true"), 409, "transaction-ended");
    problem(batch(transaction, "{\"operations\":[]}"), 409, "transaction-ended");
    problem(
            api()
                .contentType("application/json")
                .body("{\"keys\":[]}")
                .post(transaction + ENTRIES + ":multiget"),
            409,
            "transaction-ended")
        .body("detail", containsString("committed"));
  }
}
