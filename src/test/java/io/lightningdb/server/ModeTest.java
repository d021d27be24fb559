package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each mode refuses, and where it is shown.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModeTest {
  private static final String MODE = "/v1/admin/mode";
  private static final String ENTRIES = "/v1/keyspaces/default/entries";
  private static final String ENTRY = ENTRIES + "/a";

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service = OwnService.start(directory, "--lightning.disk.reserve-bytes=0B");
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @AfterEach
  void readAndWriteAgain() {
    set("{\"mode\":\"read-write\"}").statusCode(200);
  }

  private ValidatableResponse set(String body) {
    return service.api().contentType("application/json").body(body).put(MODE).then();
  }

  private ValidatableResponse post(String path, String body) {
    return service.api().contentType("application/json").body(body).post(path).then();
  }

  private ValidatableResponse put() {
    return service.api().body("x").put(ENTRY).then();
  }

  private static void isReadOnly(ValidatableResponse refused) {
    refused
        .statusCode(503)
        .header("Retry-After", "60")
        .body("type", equalTo("/problems/read-only"))
        .body("detail", containsString("the mode is read-only (moving house)"));
  }

  private static void isMaintenance(ValidatableResponse refused) {
    refused
        .statusCode(503)
        .header("Retry-After", "60")
        .body("type", equalTo("/problems/maintenance"))
        .body("retryable", equalTo(true))
        .body("detail", equalTo("The service is in maintenance: moving house."));
  }

  @Test
  void readOnlyRefusesEveryWayToWriteAndNothingElse() {
    put();
    service.api().contentType("application/json").body("{}").put("/v1/keyspaces/old");
    String transaction = post("/v1/transactions", "{}").extract().path("id");
    service.api().body("y").put("/v1/transactions/" + transaction + "/keyspaces/default/entries/a");

    set("{\"mode\":\"read-only\",\"reason\":\"moving house\"}")
        .statusCode(200)
        .body("mode", equalTo("read-only"))
        .body("reason", equalTo("moving house"))
        .body("since", notNullValue());

    isReadOnly(put());
    isReadOnly(service.api().delete(ENTRY).then());
    isReadOnly(service.api().delete(ENTRIES + "?prefix=a&confirm=true").then());
    isReadOnly(post(ENTRIES + "/n/increment", "{}"));
    isReadOnly(
        post(ENTRIES + ":batch", "{\"operations\":[{\"put\":{\"key\":\"b\",\"value\":1}}]}"));
    isReadOnly(post("/v1/transactions/" + transaction + "/commit", "{}"));
    isReadOnly(
        post(
            "/v1/transactions:execute",
            "{\"then\":[{\"put\":{\"keyspace\":\"default\",\"key\":\"b\",\"value\":1}}]}"));
    isReadOnly(
        service
            .api()
            .contentType("application/x-ndjson")
            .body("{\"key\":\"b\",\"value\":1}".getBytes(StandardCharsets.UTF_8))
            .post(ENTRIES + ":import")
            .then());
    isReadOnly(
        service.api().contentType("application/json").body("{}").put("/v1/keyspaces/new").then());
    isReadOnly(service.api().delete("/v1/keyspaces/old?confirm=old").then());
    service.api().get(ENTRY).then().statusCode(200);
    service.api().get(ENTRIES).then().statusCode(200).body("entries.size()", equalTo(1));
    health("readiness", 503);
    health("reads", 200);
    health("liveness", 200);
    service
        .api()
        .get("/actuator/health")
        .then()
        .body("components.mode.details.reason", equalTo("moving house"));
    assertThat(service.api().get("/actuator/prometheus").asString())
        .contains("lightning_mode{mode=\"read-only\"} 1.0")
        .contains("lightning_mode{mode=\"read-write\"} 0.0");

    set("{\"mode\":\"read-write\"}").statusCode(200).body("reason", nullValue());
    put().statusCode(200);
    health("readiness", 200);
  }

  private void health(String group, int status) {
    service.api().get("/actuator/health/" + group).then().statusCode(status);
  }

  @Test
  void maintenanceRefusesEverythingButAdministration() {
    put();
    set("{\"mode\":\"maintenance\",\"reason\":\"moving house\"}").statusCode(200);

    isMaintenance(put());
    isMaintenance(service.api().get(ENTRY).then());
    isMaintenance(service.api().get("/v1/keyspaces").then());
    isMaintenance(post("/v1/transactions", "{}"));
    isMaintenance(service.api().delete("/v1/keyspaces/default?confirm=default").then());
    for (String open :
        List.of("/v1/admin/storage", MODE, "/v1/limits", "/v1/caller", "/problems/maintenance")) {
      service.api().get(open).then().statusCode(200);
    }
    health("liveness", 200);
    health("reads", 503);
    health("readiness", 503);

    set("{\"mode\":\"read-only\",\"reason\":\"moving house\"}").statusCode(200);
    health("reads", 200);
    service.api().get(ENTRY).then().statusCode(200);
    isReadOnly(put());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"mode\":\"off\",\"reason\":\"r\"}",
        "{\"mode\":1,\"reason\":\"r\"}",
        "{\"mode\":\"read-only\"}",
        "{\"mode\":\"maintenance\",\"reason\":\" \"}",
        "{\"mode\":\"read-only\",\"reason\":\"a\\nb\"}",
        "{\"mode\":\"read-only\",\"reason\":7}",
        "{\"mode\":\"read-only\",\"reason\":\"r\",\"more\":1}",
        "{\"mode\":\"read-only\",\"reason\":\"r\",\"until\":\"2001-01-01T00:00:00Z\"}",
        "{\"mode\":\"read-only\",\"reason\":\"r\",\"until\":\"tomorrow\"}",
        "{\"mode\":\"read-only\",\"reason\":\"r\",\"until\":7}",
        "{\"mode\":\"read-only\",\"reason\":\"r\",\"untilRestart\":\"yes\"}",
        "{\"mode\":\"read-write\",\"until\":\"2999-01-01T00:00:00Z\"}",
        "{\"mode\":\"read-write\",\"untilRestart\":true}"
      })
  void whatIsNoModeChangesNothing(String body) {
    set(body).statusCode(422).body("type", equalTo("/problems/invalid-content"));
    put();
    service.api().get(MODE).then().statusCode(200).body("mode", equalTo("read-write"));
  }

  @Test
  void reasonIsTakenUpToItsLimit() {
    String longest = "r".repeat(200);
    set("{\"mode\":\"read-only\",\"reason\":\"%s\"}".formatted(longest))
        .statusCode(200)
        .body("reason", equalTo(longest));
    set("{\"mode\":\"read-only\",\"reason\":\"%sr\"}".formatted(longest)).statusCode(422);
    set("{").statusCode(400).body("type", equalTo("/problems/malformed-json"));
  }

  private static ValidatableResponse set(OwnService service, String body) {
    return service.api().contentType("application/json").body(body).put(MODE).then();
  }

  @Test
  void modeHoldsOverRestartsUntilAnotherIsSet(@TempDir Path own) {
    String before = null;
    // Over two restarts the first, then one mode follows the other.
    for (String mode : List.of("maintenance", "maintenance", "read-only", "read-write")) {
      try (OwnService other = OwnService.start(own)) {
        if (before != null) {
          refusesWritesIn(other, before);
        }
        set(other, "{\"mode\":\"%s\",\"reason\":\"moving house\"}".formatted(mode))
            .statusCode(200)
            .body("survivesRestart", equalTo(true));
        before = mode;
      }
    }
    try (OwnService other = OwnService.start(own)) {
      other.api().body("x").put(ENTRY).then().statusCode(201);
      other.api().get("/v1/keyspaces").then().body("keyspaces.name", equalTo(List.of("default")));
    }
  }

  private static void refusesWritesIn(OwnService service, String mode) {
    service.api().body("x").put(ENTRY).then().statusCode(503);
    service
        .api()
        .get(MODE)
        .then()
        .body("mode", equalTo(mode))
        .body("reason", equalTo("moving house"));
  }

  private static String readOnlyUntil(Instant until) {
    return "{\"mode\":\"read-only\",\"reason\":\"r\",\"until\":\"%s\"}".formatted(until);
  }

  @Test
  void modeEndsAtItsEndRestartOrNot(@TempDir Path own) {
    Instant inAnHour = Instant.now().plus(Duration.ofHours(1));
    try (OwnService other = OwnService.start(own)) {
      set(other, readOnlyUntil(inAnHour))
          .statusCode(200)
          .body("until", equalTo(inAnHour.toString()))
          .body("survivesRestart", equalTo(true));
    }
    Instant soon;
    try (OwnService other = OwnService.start(own)) {
      other.api().body("x").put(ENTRY).then().statusCode(503);
      other.api().get(MODE).then().body("until", equalTo(inAnHour.toString()));
      set(other, readOnlyUntil(Instant.now().plus(Duration.ofSeconds(1)))).statusCode(200);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> other.api().body("x").put(ENTRY).then().statusCode(201));
      soon = Instant.now().plus(Duration.ofSeconds(1));
      set(other, readOnlyUntil(soon)).statusCode(200);
    }
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now().isAfter(soon));
    try (OwnService other = OwnService.start(own)) {
      other.api().body("x").put(ENTRY).then().statusCode(200);
      set(other, "{\"mode\":\"read-only\",\"reason\":\"r\",\"untilRestart\":true}")
          .statusCode(200)
          .body("survivesRestart", equalTo(false));
    }
    try (OwnService other = OwnService.start(own)) {
      other.api().body("x").put(ENTRY).then().statusCode(200);
    }
  }

  @Test
  void modeIsSetThoughItCannotBeRecordedAndAFailureIsShownInEveryMode(@TempDir Path own) {
    try (OwnService other = OwnService.start(own)) {
      other.trouble().failSyncs();
      other.api().body("y").put(ENTRY).then().statusCode(503);
      set(other, "{\"mode\":\"maintenance\",\"reason\":\"r\"}")
          .statusCode(200)
          .body("survivesRestart", equalTo(false));
      other
          .api()
          .get(MODE)
          .then()
          .statusCode(200)
          .body("mode", equalTo("maintenance"))
          .body("storageFailure.cause", equalTo("No space left on device"))
          .body("storageFailure.ageMillis", greaterThanOrEqualTo(0));
    }
  }

  @Test
  void modeIsRecordedThoughTheReserveOfTheDiskIsReached(@TempDir Path own) {
    try (OwnService other = OwnService.start(own)) {
      other.trouble().usableBytes(1 << 20);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> other.api().body("x").put(ENTRY).then().statusCode(507));
      set(other, "{\"mode\":\"read-only\",\"reason\":\"r\"}")
          .statusCode(200)
          .body("survivesRestart", equalTo(true));
    }
    try (OwnService other = OwnService.start(own)) {
      other.api().get(MODE).then().body("mode", equalTo("read-only"));
    }
  }
}
