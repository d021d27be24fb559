package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages of allowed origins call a service that asks for tokens.
class CorsTest extends SecuredService {
  private static final String ALLOWED = "https://app.example";

  private Response preflight(String path, String origin) {
    return given()
        .baseUri("http://127.0.0.1")
        .port(port())
        .urlEncodingEnabled(false)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "PUT")
        .header("Access-Control-Request-Headers", "authorization,lightning-durability")
        .options(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/keyspaces/default/entries/a",
        "/v1/admin/tokens",
        "/nothing",
        "/actuator/env"
      })
  void preflightsCarryNoTokenAndAreAnsweredAlikeForEveryPath(String path) {
    Response answer = preflight(path, ALLOWED);

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.asByteArray()).isEmpty();
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(ALLOWED);
    assertThat(answer.header("Access-Control-Allow-Methods"))
        .isEqualTo("GET, HEAD, PUT, POST, DELETE");
    assertThat(answer.header("Access-Control-Allow-Headers"))
        .isEqualTo("authorization,lightning-durability");
    assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("600");
    assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
    assertThat(answer.headers().getValues("Vary")).contains("Origin");
    assertThat(answer.header("Allow")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://other.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://app.example/",
        "null"
      })
  void otherOriginsAreToldNothing(String origin) {
    Response preflight = preflight("/v1/keyspaces", origin);
    Response get = with(ADMIN).header("Origin", origin).get("/v1/keyspaces");

    assertThat(preflight.statusCode()).isEqualTo(401);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isNull();
    assertThat(get.statusCode()).isEqualTo(200);
    assertThat(get.header("Access-Control-Allow-Origin")).isNull();
    assertThat(get.headers().getValues("Vary")).contains("Origin");
  }

  @Test
  void answersAndProblemsCanBeReadWithTheirHeaders() {
    String entry = keyspace("cors") + "/entries/a";
    with(ADMIN).contentType("text/plain").body("x").put(entry).then().statusCode(201);

    for (Map.Entry<Response, Integer> each :
        List.of(
            Map.entry(with(ADMIN).header("Origin", ALLOWED).get(entry), 200),
            Map.entry(with(ADMIN).header("Origin", ALLOWED).get(entry + "bsent"), 404),
            Map.entry(nobody().header("Origin", ALLOWED).get(entry), 401),
            Map.entry(with("nonsense").header("Origin", ALLOWED).get(entry), 401))) {
      Response answer = each.getKey();
      assertThat(answer.statusCode()).isEqualTo(each.getValue());
      assertThat(answer.headers().getValues("Access-Control-Allow-Origin"))
          .containsExactly(ALLOWED);
      assertThat(answer.header("Access-Control-Expose-Headers"))
          .contains("ETag", "Lightning-Version", "Link", "Location", "Retry-After")
          .contains("WWW-Authenticate", "Lightning-Durability", "Lightning-Expires-At");
      assertThat(answer.headers().getValues("Vary")).contains("Origin");
    }
  }

  @Test
  void optionsWithoutAMethodIsNoPreflight() {
    with(ADMIN)
        .header("Origin", ALLOWED)
        .options("/v1/keyspaces")
        .then()
        .statusCode(200)
        .header("Allow", "GET,HEAD,OPTIONS");
  }
}
