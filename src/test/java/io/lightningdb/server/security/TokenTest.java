package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.server.keyvalue.Raw;
import io.lightningdb.token.Role;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens over HTTP: who has a valid one is known, and tokens are made, listed and revoked.
class TokenTest extends SecuredService {
  private static final String TOKENS = "/v1/admin/tokens";

  private JsonPath create(Map<String, Object> body) {
    return with(Role.ADMIN)
        .contentType(ContentType.JSON)
        .body(body)
        .post(TOKENS)
        .then()
        .statusCode(201)
        .header("Cache-Control", "no-store")
        .header("Location", matchesPattern("/v1/admin/tokens/[0-9a-f]{16}"))
        .extract()
        .jsonPath();
  }

  @Test
  void everybodyWithAValidTokenIsKnownAndNobodyElse() {
    String entry = keyspace("tokens") + "/entries/a";
    with(ADMIN).body("x").put(entry).then().statusCode(201);

    with(ADMIN).get(entry).then().statusCode(200);
    with(Role.READER).get(entry).then().statusCode(200);
    with(EXPIRED.text())
        .get(entry)
        .then()
        .statusCode(401)
        .body("type", equalTo("/problems/unauthenticated"))
        .body("requestId", notNullValue());
    nobody().get(entry).then().statusCode(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic YWRtaW46YWRtaW4=",
        "Bearer",
        "Bearer ",
        "Bearer two words",
        "Bearer ldb_0000000000000000_",
        "Bearer ldb_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer a.b.c",
        "Bearer =",
        "bearer",
        "Digest x"
      })
  void whatIsNoTokenIsRefused(String header) {
    nobody()
        .header("Authorization", header)
        .get("/v1/limits")
        .then()
        .statusCode(401)
        .header("WWW-Authenticate", containsString("Bearer realm=\"lightningdb\""))
        .body("type", equalTo("/problems/unauthenticated"));
  }

  @Test
  void theIdWithAnotherSecretIsNoToken() {
    String text = token(Role.ADMIN);
    char last = text.charAt(text.length() - 1);
    String other = text.substring(0, text.length() - 1) + (last == 'A' ? 'E' : 'A');

    with(text).get("/v1/limits").then().statusCode(200);
    with(other).get("/v1/limits").then().statusCode(401);
  }

  @Test
  void aTokenLivesFromItsMakingToItsEnd() {
    JsonPath made =
        create(Map.of("name", "shop", "roles", List.of("writer"), "keyspaces", List.of("shop-*")));
    String id = made.getString("id");
    String text = made.getString("token");
    String path = keyspace("shop-1") + "/entries/a";

    with(text).body("x").put(path).then().statusCode(201);
    with(text).get(keyspace("other") + "/entries/a").then().statusCode(403);
    with(Role.ADMIN)
        .get(TOKENS + "/" + id)
        .then()
        .statusCode(200)
        .body("name", equalTo("shop"))
        .body("roles", contains("writer"))
        .body("keyspaces", contains("shop-*"))
        .body("token", nullValue())
        .body("expiresAt", nullValue())
        .body("lastUsedAt", notNullValue());

    with(Role.ADMIN).delete(TOKENS + "/" + id).then().statusCode(204);

    with(text).get(path).then().statusCode(401);
    with(Role.ADMIN).get(TOKENS + "/" + id).then().statusCode(404);
    with(Role.ADMIN)
        .delete(TOKENS + "/" + id)
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/token-not-found"));
  }

  @Test
  void listShowsEverythingButTheTexts() {
    JsonPath made =
        create(
            Map.of(
                "name",
                "listed",
                "roles",
                List.of("reader", "operator"),
                "keyspaces",
                List.of("*"),
                "ttl",
                "P90D"));

    String list =
        with(Role.ADMIN)
            .get(TOKENS)
            .then()
            .statusCode(200)
            .body("tokens.name", hasItems("listed", "expired", "orders"))
            .body("tokens.find { it.name == 'listed' }.expiresAt", notNullValue())
            .extract()
            .asString();

    assertThat(list).doesNotContain(made.getString("token")).doesNotContain("ldb_");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"x\",\"roles\":[\"reader\"]}",
        "{\"name\":\"x\",\"keyspaces\":[\"*\"]}",
        "{\"name\":\"\",\"roles\":[\"reader\"],\"keyspaces\":[\"*\"]}",
        "{\"name\":\"a\\tb\",\"roles\":[\"reader\"],\"keyspaces\":[\"*\"]}",
        "{\"name\":\"x\",\"roles\":[],\"keyspaces\":[\"*\"]}",
        "{\"name\":\"x\",\"roles\":[\"root\"],\"keyspaces\":[\"*\"]}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[]}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[\"a*b\"]}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[\"A\"]}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[1]}",
        "{\"name\":\"x\",\"roles\":\"reader\",\"keyspaces\":[\"*\"]}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[\"*\"],\"ttl\":\"P9000D\"}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[\"*\"],\"ttl\":\"PT0S\"}",
        "{\"name\":\"x\",\"roles\":[\"reader\"],\"keyspaces\":[\"*\"],\"ttl\":90}",
        "{\"name\":\"x\",\"role\":[\"reader\"],\"keyspaces\":[\"*\"]}",
        "[]"
      })
  void whatIsNoTokenRequestIsRefused(String body) {
    with(Role.ADMIN)
        .contentType(ContentType.JSON)
        .body(body)
        .post(TOKENS)
        .then()
        .statusCode(422)
        .body("type", equalTo("/problems/invalid-content"));
  }

  @Test
  void bodiesThatAreNoTokenRequestAreNotRead() {
    String line = "POST " + TOKENS;
    String head = "Authorization: Bearer " + token(Role.ADMIN) + "\r\nExpect: 100-continue\r\n";
    String json = head + "Content-Type: application/json\r\n";
    assertThat(Raw.send(port(), line, json + "Content-Length: 1000000000\r\n", "").status())
        .isEqualTo(413);
    String text = head + "Content-Type: text/plain\r\n";
    assertThat(Raw.send(port(), line, text + "Content-Length: 9\r\n", "").status()).isEqualTo(415);
  }

  @Test
  void answersWithTokensAreNotKeptForRepetitions() {
    with(Role.ADMIN)
        .contentType(ContentType.JSON)
        .header("Idempotency-Key", "k")
        .body(Map.of("name", "x", "roles", List.of("reader"), "keyspaces", List.of("*")))
        .post(TOKENS)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unsupported"));
  }

  @Test
  void healthTellsDetailsToWhoMayWatchOnly() {
    String details = "components.storage.status";
    with(Role.OPERATOR).get("/actuator/health").then().body(details, equalTo("UP"));
    with(Role.ADMIN).get("/actuator/health").then().body(details, equalTo("UP"));
    with(Role.WRITER).get("/actuator/health").then().body(details, nullValue());
    nobody().get("/actuator/health").then().statusCode(200).body(details, nullValue());
    nobody().get("/actuator/health/readiness").then().statusCode(200).body("status", equalTo("UP"));
  }

  @Test
  void listsShowOnlyWhatTheCallerMaySee() {
    keyspace("orders-a");
    keyspace("orders-b");
    keyspace("secret-plans");
    with(ordersToken())
        .get("/v1/keyspaces")
        .then()
        .statusCode(200)
        .body("keyspaces.name", hasItems("orders-a", "orders-b"))
        .body("keyspaces.name", not(hasItem("secret-plans")))
        .body("keyspaces.name", not(hasItem("default")));
    with(ADMIN).get("/v1/keyspaces").then().body("keyspaces.name", hasItem("secret-plans"));

    // The list of another shows no more.
    String cursor = with(ADMIN).get("/v1/keyspaces?limit=1").jsonPath().getString("cursor");
    with(ordersToken())
        .get("/v1/keyspaces?cursor=" + cursor)
        .then()
        .statusCode(200)
        .body("keyspaces.name", not(hasItem("secret-plans")))
        .body("keyspaces.name", hasItem("orders-b"));
  }

  @Test
  void namesOfKeyspacesCannotBeWrappedAroundARule() {
    keyspace("orders-a");
    keyspace("secret-plans");
    Map<String, Integer> statuses =
        Map.of(
            "/v1/keyspaces/secret-plans/entries/a", 403,
            "/v1/keyspaces/secret%2Dplans/entries/a", 403,
            "/v1/keyspaces/%73ecret-plans/entries/a", 403,
            "/v1/keyspaces/secret-plans;x=orders-a/entries/a", 403,
            "/v1/keyspaces/orders-a%2F..%2Fsecret-plans/entries/a", 400);
    statuses.forEach((path, status) -> {
      assertThat(with(ordersToken()).get(path).statusCode()).as(path).isEqualTo(status);
      assertThat(with(ordersToken()).put(path).statusCode()).as(path).isEqualTo(status);
    });
    with(ADMIN).get("/v1/keyspaces/secret-plans/entries:count").then().body("count", equalTo(0));
  }
}
