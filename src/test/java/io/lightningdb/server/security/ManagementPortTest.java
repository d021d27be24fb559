package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

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
      service.at(port).get("/v1/limits").then().statusCode(401);
      service.with(token).get("/").then().statusCode(200).body(not(containsString("/actuator")));
      service.with(token).get("/actuator/prometheus").then().statusCode(404);
      service.with(token).get("/v1/limits").then().statusCode(200);
    }
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
