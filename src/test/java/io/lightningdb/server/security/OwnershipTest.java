package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.lightningdb.token.Role;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What somebody began is there for nobody else, and bodies that name keyspaces are held to the caller's rights before anything is
/// done.
class OwnershipTest extends SecuredService {

  private String begin(String token) {
    return with(token).post("/v1/transactions").then().statusCode(201).extract().path("id");
  }

  @Test
  void aTransactionIsThereForWhoBeganItOnly() {
    String keyspace = keyspace("orders-t");
    String id = begin(token(Role.WRITER));
    String path = "/v1/transactions/" + id;
    String entry = path + "/keyspaces/orders-t/entries/a";
    with(Role.WRITER).body("mine").put(entry).then().statusCode(204);

    for (String other : List.of(ordersToken(), ADMIN, token(Role.READER))) {
      with(other).get(path).then().statusCode(404);
      with(other)
          .get(entry)
          .then()
          .statusCode(404)
          .body("type", equalTo("/problems/transaction-not-found"));
      with(other).get(path + "/keyspaces/orders-t/entries").then().statusCode(404);
      with(other).post(path + "/keep-alive").then().statusCode(404);
      with(other).post(path + "/savepoints").then().statusCode(404);
      with(other).post(path + "/commit").then().statusCode(404);
      with(other).delete(path).then().statusCode(404);
    }

    with(Role.WRITER).get(path).then().statusCode(200);
    with(Role.WRITER).post(path + "/commit").then().statusCode(200);
    // Nor is its end.
    with(ADMIN).post(path + "/commit").then().statusCode(404);
    with(Role.WRITER).post(path + "/commit").then().statusCode(200);
    with(Role.WRITER).get(keyspace + "/entries/a").then().statusCode(200);
  }

  @Test
  void operatorsSeeAndEndTheTransactionsOfOthers() {
    String id = begin(token(Role.READER));
    with(Role.OPERATOR)
        .get("/v1/admin/transactions")
        .then()
        .statusCode(200)
        .body("transactions.transaction.id", hasItem(id))
        .body("transactions.owner", hasItem(containsString("reader")));
    with(Role.OPERATOR).delete("/v1/admin/transactions/" + id).then().statusCode(204);
    with(Role.READER)
        .get("/v1/transactions/" + id)
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/transaction-expired"));
    with(Role.OPERATOR).delete("/v1/admin/transactions/" + id).then().statusCode(410);
  }

  @Test
  void readersTakeNoLocks() {
    keyspace("orders-l");
    String id = begin(token(Role.READER));
    String entry = "/v1/transactions/" + id + "/keyspaces/orders-l/entries/a";
    with(Role.READER).get(entry + "?lock=update").then().statusCode(403);
    with(Role.READER).get(entry).then().statusCode(404);
    with(Role.READER).delete("/v1/transactions/" + id).then().statusCode(204);
  }

  private Response increment(String token, String path) {
    return with(token)
        .contentType(ContentType.JSON)
        .header("Idempotency-Key", "the-same-key")
        .body(Map.of("by", 1))
        .post(path + "/entries/counter/increment");
  }

  @Test
  void callersHaveIdempotencyKeysOfTheirOwn() {
    String path = keyspace("orders-i");
    long first =
        increment(token(Role.WRITER), path)
            .then()
            .statusCode(200)
            .extract()
            .jsonPath()
            .getLong("value");
    long again =
        increment(token(Role.WRITER), path)
            .then()
            .statusCode(200)
            .extract()
            .jsonPath()
            .getLong("value");
    long other =
        increment(ADMIN, path).then().statusCode(200).extract().jsonPath().getLong("value");
    long otherAgain =
        increment(ADMIN, path).then().statusCode(200).extract().jsonPath().getLong("value");

    assertThat(List.of(first, again, other, otherAgain)).containsExactly(1L, 1L, 2L, 2L);
    // Another payload of another caller is no contradiction.
    with(ordersToken())
        .contentType(ContentType.JSON)
        .header("Idempotency-Key", "the-same-key")
        .body(Map.of("by", 5))
        .post(path + "/entries/counter/increment")
        .then()
        .statusCode(200)
        .body("value", equalTo(7));
  }

  private Response execute(String token, Map<String, Object> body) {
    return with(token).contentType(ContentType.JSON).body(body).post("/v1/transactions:execute");
  }

  private static Map<String, Object> put(String keyspace) {
    return Map.of("put", Map.of("keyspace", keyspace, "key", "e", "value", "x"));
  }

  private static Map<String, Object> get(String keyspace) {
    return Map.of("get", Map.of("keyspace", keyspace, "key", "e"));
  }

  @Test
  void executeLooksAtTheKeyspaceOfEveryOperationBeforeAnyIsDone() {
    keyspace("orders-e");
    keyspace("secret-e");
    Map<String, Object> compare = Map.of("keyspace", "orders-e", "key", "e", "version", 0);
    Map<String, Object> spying = Map.of("keyspace", "secret-e", "key", "e", "version", 0);
    List<Map<String, Object>> none = List.of();

    List<Map<String, Object>> refused =
        List.of(
            Map.of("compare", List.of(spying), "then", List.of(put("orders-e")), "else", none),
            Map.of(
                "compare",
                List.of(compare),
                "then",
                List.of(put("orders-e"), put("secret-e")),
                "else",
                none),
            Map.of(
                "compare",
                List.of(compare),
                "then",
                List.of(put("orders-e")),
                "else",
                List.of(get("secret-e"))));
    for (Map<String, Object> body : refused) {
      execute(ordersToken(), body)
          .then()
          .statusCode(403)
          .body("type", equalTo("/problems/access-denied"))
          .body("keyspace", equalTo("secret-e"));
    }
    execute(
            token(Role.READER),
            Map.of("compare", List.of(compare), "then", List.of(put("orders-e")), "else", none))
        .then()
        .statusCode(403);
    with(ADMIN).get("/v1/keyspaces/orders-e/entries:count").then().body("count", equalTo(0));

    execute(
            token(Role.READER),
            Map.of("compare", List.of(compare), "then", List.of(get("secret-e")), "else", none))
        .then()
        .statusCode(200);
    execute(
            ordersToken(),
            Map.of("compare", List.of(compare), "then", List.of(put("orders-e")), "else", none))
        .then()
        .statusCode(200);
    with(ADMIN).get("/v1/keyspaces/orders-e/entries:count").then().body("count", equalTo(1));
  }
}
