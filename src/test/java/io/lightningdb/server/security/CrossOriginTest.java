package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A service that asks nobody for a token serves programs of its machine, and not the pages that a browser there has open.
class CrossOriginTest extends RunningService {
  private static final String ENTRY = "/v1/keyspaces/default/entries/cross-origin";

  private Response put(Map<String, String> headers) {
    return api().headers(headers).contentType("text/plain").body("new").put(ENTRY);
  }

  private void assertRefused(Map<String, String> headers, String named) {
    api().contentType("text/plain").body("old").put(ENTRY);
    put(headers)
        .then()
        .statusCode(403)
        .contentType("application/problem+json")
        .body("type", equalTo("/problems/cross-origin"))
        .body("detail", containsString(named));
    assertThat(api().get(ENTRY).asString()).isEqualTo("old");
    api().headers(headers).get(ENTRY).then().statusCode(403);
    api().headers(headers).post("/v1/admin/resume").then().statusCode(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example",
        "rebound.example:8080",
        "localhost.example",
        "127.0.0.1.example",
        "192.0.2.1",
        "[2001:db8::1]:8080",
        "notlocalhost"
      })
  void anotherHost(String host) {
    assertRefused(Map.of("Host", host), host.replaceAll(":8080$", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://page.example",
        "http://page.example:8080",
        "null",
        "http://localhost.example",
        "no origin",
        "http://127.0.0.1.example"
      })
  void anotherOrigin(String origin) {
    assertRefused(Map.of("Origin", origin), origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:1",
        "db.localhost:8080",
        "127.0.0.1",
        "127.8.0.1:9",
        "[::1]:8080"
      })
  void thisMachine(String host) {
    api().body("old").put(ENTRY);
    assertThat(put(Map.of("Host", host)).statusCode()).isEqualTo(200);
    assertThat(put(Map.of("Origin", "http://" + host)).statusCode()).isEqualTo(200);
  }

  @Test
  void pagesOfAllowedOriginsMayCallButNotByAnotherNameOfTheHost() {
    Map<String, String> allowed = Map.of("Origin", "https://app.example");

    assertThat(put(allowed).header("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
    assertThat(put(allowed).statusCode()).isEqualTo(200);
    assertRefused(
        Map.of("Origin", "https://app.example", "Host", "rebound.example"), "rebound.example");
    assertRefused(Map.of("Origin", "https://app.example.example"), "https://app.example.example");
  }

  @Test
  void refusalsAreCounted() {
    put(Map.of("Host", "rebound.example"));
    api()
        .get("/actuator/prometheus")
        .then()
        .statusCode(200)
        .body(containsString("lightning_denied_requests_total{reason=\"cross-origin\"}"));
  }
}
