package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.keyvalue.Raw;
import io.lightningdb.token.Role;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private Raw.Answer raw(String line, String... headers) {
    return Raw.send(port(), line, String.join("", headers), "");
  }

  private static String origin(String origin) {
    return "Origin: " + origin + "\r\n";
  }

  private static void assertRefused(Raw.Answer answer, int status, String allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.head()).contains("Access-Control-Allow-Origin: " + allowed + "\r\n");
    assertThat(answer.head()).containsOnlyOnce("Access-Control-Allow-Origin");
    assertThat(answer.head()).contains("Access-Control-Expose-Headers: ETag");
    assertThat(answer.head()).contains("application/problem+json");
  }

  /// A page that cannot read an answer sees no more than that something failed.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "400; GET; /v1/keyspaces?nonsense=1; ",
        "400; GET; /v1/keyspaces/default/entries/%zz; ",
        "403; PUT; /v1/keyspaces/default/entries/a; ",
        "404; GET; /nothing; ",
        "404; GET; /v1/keyspaces/absent; ",
        "405; PUT; /v1/keyspaces; ",
        "406; GET; /v1/keyspaces; Accept: text/plain",
        "413; GET; /v1/keyspaces/default/entries/LONG_KEY; ",
        "415; POST; /v1/keyspaces/default/entries:multiget; Content-Type: text/plain",
        "431; GET; /v1/keyspaces; LONG_HEADER",
        "501; GET; /v1/keyspaces; Transfer-Encoding: nonsense",
        "501; TRACE; /v1/keyspaces; ",
      })
  void refusalsCanBeReadWhateverMakesThem(int status, String method, String path, String header) {
    String line = method + " " + path.replace("LONG_KEY", "k".repeat(5_000));
    String token = "Authorization: Bearer " + token(Role.READER) + "\r\n";
    String more =
        header == null
            ? ""
            : header.replace("LONG_HEADER", "X-Large: " + "x".repeat(50_000)) + "\r\n";

    assertRefused(raw(line, origin(ALLOWED), token, more), status, ALLOWED);
    assertThat(raw(line, origin("https://other.example"), token, more).head())
        .doesNotContain("Access-Control");
  }

  /// Of such a head the origin is not known; what refuses it says nothing of what there is.
  @Test
  void refusalsOfHeadsThatAreNotReadToTheirOriginCanBeReadByEachOrigin() {
    String large = "x".repeat(50_000);

    assertRefused(raw("GET /v1/keyspaces?" + large, origin(ALLOWED)), 414, "*");
    assertRefused(
        raw("GET /v1/keyspaces", "X-Large: " + large + "\r\n", origin(ALLOWED)), 431, "*");
    assertRefused(
        Raw.exchange(port(), out -> out.write("GET / HTTP/1.2\r\n\r\n".getBytes(UTF_8))), 505, "*");
  }

  @Test
  void preflightsOfSuchHeadsLeadToTheRefusal() {
    Raw.Answer answer = raw("OPTIONS /v1/keyspaces?" + "x".repeat(50_000), origin(ALLOWED));

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.head())
        .contains("Access-Control-Allow-Origin: *\r\n")
        .contains("Access-Control-Allow-Headers: *, Authorization\r\n")
        .contains("Access-Control-Allow-Methods: GET, HEAD, PUT, POST, DELETE\r\n");
  }

  @Test
  void refusalsDuringMaintenanceCanBeRead() {
    keyspace("cors");
    with(ADMIN)
        .contentType("application/json")
        .body("{\"mode\":\"maintenance\",\"reason\":\"a test\"}")
        .put("/v1/admin/mode")
        .then()
        .statusCode(200);
    try {
      Response answer =
          with(Role.WRITER).header("Origin", ALLOWED).body("x").put("/v1/keyspaces/cors/entries/a");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(ALLOWED);
      assertThat(preflight("/v1/keyspaces/cors/entries/a", ALLOWED).statusCode()).isEqualTo(204);
    } finally {
      with(ADMIN)
          .contentType("application/json")
          .body("{\"mode\":\"read-write\"}")
          .put("/v1/admin/mode")
          .then()
          .statusCode(200);
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
