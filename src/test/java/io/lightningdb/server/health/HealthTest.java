package io.lightningdb.server.health;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.lightningdb.server.RunningService;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthTest extends RunningService {

  private Set<String> parts(String group) {
    return api()
        .get("/actuator/health" + group)
        .then()
        .statusCode(200)
        .body("status", equalTo("UP"))
        .extract()
        .jsonPath()
        .<String, Object>getMap("components")
        .keySet();
  }

  @Test
  void partsAreNamedAndGrouped() {
    assertThat(parts(""))
        .contains("storage", "log", "diskSpace", "integrity", "livenessState", "readinessState");
    assertThat(parts("/liveness")).containsExactly("livenessState");
    assertThat(parts("/reads")).containsExactlyInAnyOrder("readinessState", "storage");
    assertThat(parts("/readiness"))
        .containsExactlyInAnyOrder("readinessState", "storage", "log", "diskSpace");
    api().get("/actuator/health/integrity").then().statusCode(200);
    assertThat(api().get("/actuator/health").jsonPath().getList("groups", String.class))
        .containsExactlyInAnyOrder("liveness", "reads", "readiness");
  }

  @Test
  void diskOfTheDataDirectoryIsWatched() {
    String path =
        api().get("/actuator/health").jsonPath().getString("components.diskSpace.details.path");

    assertThat(path).contains("service-tests");
  }

  @Test
  void engineTellsItsFigures() {
    keyspace("health-test");
    api().body("x").put("/v1/keyspaces/health-test/entries/a");

    api()
        .get("/actuator/lightning")
        .then()
        .statusCode(200)
        .body("engine.visibleVersion", greaterThan(0))
        .body("engine.commits", greaterThan(0))
        .body("engine.logSyncs", greaterThan(0))
        .body("recovery.segmentsRead", greaterThanOrEqualTo(0))
        .body("preset", equalTo(System.getProperty("lightning.preset", "balanced")))
        .body("options.memtableBytesMax", greaterThan(0))
        .body("options.keyspaceDefaults.leafBytes", greaterThan(0))
        .body("options.keyspacesMax", equalTo(60))
        .body("options.valueBytesMax", equalTo((16 << 20) + 257));
  }

  @Test
  void checkRunsInTheBackgroundAndItsResultIsKept() {
    keyspace("health-test");
    api().body("x").put("/v1/keyspaces/health-test/entries/a");
    database.keyspace("health-test").flush();

    api()
        .contentType("application/json")
        .post("/actuator/integrity")
        .then()
        .statusCode(202)
        .body("startedAt", notNullValue());

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            api().get("/actuator/integrity").jsonPath().getString("phase").equals("FINISHED"));
    api()
        .get("/actuator/integrity")
        .then()
        .body("report.clean", equalTo(true))
        .body("report.filesChecked", greaterThan(0))
        .body("report.entriesChecked", greaterThan(0))
        .body("report.faults.size()", equalTo(0))
        .body("duration", notNullValue());
  }

  @Test
  void onlyWhatIsMeantForOperatorsIsExposed() {
    Set<String> links =
        given().port(port()).get("/actuator").jsonPath().<String, Object>getMap("_links").keySet();

    assertThat(links).contains("health", "info", "metrics", "prometheus", "lightning", "integrity");
    assertThat(links).doesNotContain("env", "shutdown", "heapdump", "beans", "loggers");
    assertThat(
            given().port(port()).get("/actuator/metrics").jsonPath().getList("names", String.class))
        .contains("lightning.commits");
  }
}
