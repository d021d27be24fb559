package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.server.keyvalue.Raw;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Health and metrics on a port of their own, behind the same rules.
class ManagementPortTest {
  @TempDir Path directory;

  @Test
  void probesAreReachableAndEverythingElseTakesAToken() throws IOException {
    String token = StartedService.tokenIn(directory);
    try (StartedService service =
        StartedService.start(
            directory, "--management.server.port=0", "--management.server.address=127.0.0.1")) {
      int port = service.managementPort();
      assertThat(port).isNotEqualTo(service.port());
      for (String group : new String[] {"liveness", "readiness", "reads"}) {
        service
            .at(port)
            .get("/actuator/health/" + group)
            .then()
            .statusCode(200)
            .body("status", equalTo("UP"));
      }
      service
          .at(port)
          .get("/actuator/prometheus")
          .then()
          .statusCode(401)
          .contentType("application/problem+json")
          .header("WWW-Authenticate", containsString("Bearer"));
      service
          .at(port)
          .header("Authorization", "Bearer " + token)
          .get("/actuator/prometheus")
          .then()
          .statusCode(200)
          .body(containsString("lightning_denied_requests_total{"))
          .body(containsString("reason=\"no-credentials\"} 1.0"));
      String asked = "Authorization: Bearer " + token + "\r\nAccept-Encoding: gzip\r\n";
      assertThat(Raw.send(port, "GET /actuator/prometheus", asked, "").head())
          .contains("Content-Encoding: gzip\r\n")
          .contains("Vary: Accept-Encoding\r\n");
      service.at(port).get("/v1/limits").then().statusCode(401);
      service.with(token).get("/").then().statusCode(200).body(not(containsString("/actuator")));
      service.with(token).get("/actuator/prometheus").then().statusCode(404);
      service.with(token).get("/v1/limits").then().statusCode(200);
    }
  }

  /// A page that watches the service reads what it is told there, and why it is refused.
  @Test
  void pagesOfAllowedOriginsCanReadIt() throws IOException {
    String origin = "https://app.example";
    String token = StartedService.tokenIn(directory);
    try (StartedService service =
        StartedService.start(
            directory,
            "--management.server.port=0",
            "--management.server.address=127.0.0.1",
            "--lightning.requests.per-client-per-second-max=1",
            "--lightning.requests.per-client-burst=2",
            "--lightning.cors.allowed-origins=" + origin)) {
      int port = service.managementPort();
      service
          .at(port)
          .header("Origin", origin)
          .header("Access-Control-Request-Method", "GET")
          .header("Access-Control-Request-Headers", "authorization")
          .options("/actuator/prometheus")
          .then()
          .statusCode(204)
          .header("Access-Control-Allow-Origin", equalTo(origin))
          .header("Access-Control-Allow-Headers", equalTo("authorization"));
      service
          .at(port)
          .header("Origin", origin)
          .get("/actuator/prometheus")
          .then()
          .statusCode(401)
          .header("Access-Control-Allow-Origin", equalTo(origin));
      service
          .at(port)
          .header("Origin", origin)
          .header("Authorization", "Bearer " + token)
          .get("/actuator/prometheus")
          .then()
          .statusCode(200)
          .header("Access-Control-Allow-Origin", equalTo(origin));
      service
          .at(port)
          .header("Origin", "https://other.example")
          .header("Authorization", "Bearer " + token)
          .get("/actuator/prometheus")
          .then()
          .statusCode(200)
          .header("Access-Control-Allow-Origin", nullValue());
      for (int each : new int[] {port, service.port()}) {
        Raw.Answer tooLong = Raw.send(each, "GET /actuator?" + "x".repeat(50_000), "", "");
        assertThat(tooLong.status()).isEqualTo(414);
        // The only one that there is.
        assertThat(tooLong.head()).contains("Access-Control-Allow-Origin: " + origin + "\r\n");
      }
      Raw.Answer limited = untilLimited(service.port(), token, origin);
      assertThat(limited.head())
          .contains("Retry-After: ")
          .contains("Access-Control-Allow-Origin: " + origin + "\r\n")
          .contains("Retry-After, ");
    }
  }

  private static Raw.Answer untilLimited(int port, String token, String origin) {
    String headers = "Authorization: Bearer " + token + "\r\nOrigin: " + origin + "\r\n";
    Raw.Answer answer;
    int calls = 0;
    do {
      answer = Raw.send(port, "GET /v1/keyspaces/default", headers, "");
    } while (answer.status() != 429 && ++calls < 100);
    assertThat(answer.status()).isEqualTo(429);
    return answer;
  }

  @Test
  void withoutCredentialsPagesFromElsewhereAreRefusedThereToo() {
    try (StartedService service =
        StartedService.start(
            directory, "--management.server.port=0", "--management.server.address=127.0.0.1")) {
      int port = service.managementPort();
      service
          .at(port)
          .get("/actuator/health")
          .then()
          .statusCode(200)
          .header("Content-Security-Policy", containsString("sandbox"))
          .header("Cache-Control", equalTo("private, no-cache"))
          .body("components.storage", notNullValue());
      service
          .at(port)
          .header("Host", "page.example")
          .get("/actuator/prometheus")
          .then()
          .statusCode(403)
          .header("X-Frame-Options", equalTo("DENY"))
          .body("type", equalTo("/problems/cross-origin"));
      service
          .at(service.port())
          .header("Host", "page.example")
          .get("/v1/limits")
          .then()
          .statusCode(403);
    }
  }
}
