package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.token.Role;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Callers are told who they are, and what they may do: no more and no less than the service lets them.
class CallerTest extends SecuredService {
  private static final String CALLER = "/v1/caller";

  private void hasRoles(Role role, String... words) {
    with(role)
        .get(CALLER)
        .then()
        .statusCode(200)
        .body("id", matchesPattern("token:[0-9a-f]{16}"))
        .body("name", equalTo(role.word()))
        .body("roles", contains(words))
        .body("keyspaces", contains("*"))
        .body("secured", equalTo(true))
        .body("expiresAt", nullValue());
  }

  @Test
  void rolesAreToldWithAllThatTheyInclude() {
    hasRoles(Role.READER, "reader");
    hasRoles(Role.WRITER, "reader", "writer");
    hasRoles(Role.OPERATOR, "operator");
    hasRoles(Role.ADMIN, "reader", "writer", "operator", "admin");
    with(ordersToken()).get(CALLER).then().body("keyspaces", contains("orders-*", "carts"));
    with(ADMIN).get(CALLER).then().body("id", equalTo("admin")).body("expiresAt", nullValue());
  }

  @Test
  void tokensThatEndSayWhen() {
    JsonPath made =
        with(ADMIN)
            .contentType(ContentType.JSON)
            .body(
                Map.of(
                    "name",
                    "ends soon",
                    "roles",
                    List.of("reader"),
                    "keyspaces",
                    List.of("orders-*"),
                    "ttl",
                    "PT1H"))
            .post("/v1/admin/tokens")
            .jsonPath();

    JsonPath caller = with(made.getString("token")).get(CALLER).jsonPath();

    assertThat(caller.getString("expiresAt")).isEqualTo(made.getString("expiresAt"));
    assertThat(caller.getString("id")).isEqualTo("token:" + made.getString("id"));
    assertThat(caller.getString("name")).isEqualTo(made.getString("name"));
  }

  @Test
  void theServiceSaysWhichItIs() {
    JsonPath service = with(Role.READER).get(CALLER).jsonPath();

    assertThat(service.getString("service.name")).isEqualTo("Lightning DB");
    assertThat(service.getString("service.version")).isNotBlank();
    assertThat(Instant.parse(service.getString("service.startedAt"))).isBefore(Instant.now());
  }

  @Test
  void nobodyElseIsToldAnything() {
    nobody().get(CALLER).then().statusCode(401).body("service", nullValue());
    with(EXPIRED.text()).get(CALLER).then().statusCode(401);
    with(Role.READER).get(CALLER + "?name=root").then().statusCode(400);
    assertThat(with(ADMIN).get(CALLER).asString()).doesNotContain(ADMIN);
  }
}
