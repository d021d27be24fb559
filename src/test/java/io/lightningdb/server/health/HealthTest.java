package io.lightningdb.server.health;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.failure.UncaughtFailures;
import io.lightningdb.server.settings.Preset;
import io.lightningdb.server.web.Words;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

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

  /// Without any backup in the place for them the part `backups` is down.
  private void backUp() {
    String operation =
        api()
            .contentType("application/json")
            .body("{\"kind\":\"backup\"}")
            .post("/v1/admin/operations")
            .header("Location");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> api().get(operation).jsonPath().getString("state").equals("succeeded"));
  }

  @Test
  void partsAreNamedAndGrouped() {
    backUp();
    assertThat(parts(""))
        .contains(
            "storage",
            "log",
            "diskSpace",
            "integrity",
            "compaction",
            "memory",
            "threads",
            "backups",
            "livenessState",
            "readinessState");
    assertThat(parts("/liveness")).containsExactlyInAnyOrder("livenessState", "threads");
    assertThat(parts("/reads"))
        .containsExactlyInAnyOrder("readinessState", "storage", "maintenance");
    assertThat(parts("/readiness"))
        .containsExactlyInAnyOrder("readinessState", "storage", "log", "diskSpace", "mode");
    api().get("/actuator/health/integrity").then().statusCode(200);
    assertThat(api().get("/actuator/health").jsonPath().getList("groups", String.class))
        .containsExactlyInAnyOrder("liveness", "reads", "readiness");
  }

  @Test
  void compactionAndMemoryAreToldWithTheirFigures() {
    api()
        .get("/actuator/health")
        .then()
        .body("components.compaction.details.flushBacklog", equalTo(0.0f))
        .body("components.compaction.details.compactionBacklog", equalTo(0.0f))
        .body("components.memory.details.bytes", greaterThan(0))
        .body(
            "components.memory.details.bytesMax",
            equalTo((int) database.stats().memory().bytesMax()));
  }

  @Test
  void aThreadThatDiesIsToldWithItsCauseUntilTheEnd() throws InterruptedException {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(new UncaughtFailures(_ -> {}, System.err));
    try {
      Thread request = Thread.ofVirtual().start(HealthTest::die);
      request.join();
      api().get("/actuator/health/liveness").then().statusCode(200);

      Thread worker = Thread.ofPlatform().name("some-worker").start(HealthTest::die);
      worker.join();
      api().get("/actuator/health/liveness").then().statusCode(503);
      api()
          .get("/actuator/health")
          .then()
          .statusCode(503)
          .body("components.threads.status", equalTo("DOWN"))
          .body("components.threads.details.lost.name", contains("some-worker"))
          .body("components.threads.details.lost[0].failure", containsString("died for a test"));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static void die() {
    throw new IllegalStateException("died for a test");
  }

  @Test
  void diskOfTheDataDirectoryIsWatched() {
    String path =
        api().get("/actuator/health").jsonPath().getString("components.diskSpace.details.path");

    assertThat(path).contains("service-tests");
  }

  @Test
  @Tag("core")
  void engineTellsItsFigures() {
    String preset = System.getProperty("lightning.preset", "balanced");
    KeyspaceOptions keyspaceDefaults =
        Words.find(Preset.class, preset).orElseThrow().applyTo(KeyspaceOptions.defaults());
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
        .body("preset", equalTo(preset))
        .body("options.memtableBytesMax", greaterThan(0))
        .body("options.memory.bytesMax", greaterThan(0))
        .body("options.keyspaceDefaults.layout", equalTo(keyspaceDefaults.layout().name()))
        .body("options.keyspaceDefaults.leafBytes", equalTo(keyspaceDefaults.leafBytes()))
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
        .body("scrub.bytesPerSecondMax", equalTo(8 << 20))
        .body("report.clean", equalTo(true))
        .body("report.filesChecked", greaterThan(0))
        .body("report.entriesChecked", greaterThan(0))
        .body("report.faults.size()", equalTo(0))
        .body("duration", notNullValue());
  }

  private static JsonNode ofKeyspace(JsonNode compaction, String name) {
    return compaction
        .path("keyspaces")
        .valueStream()
        .filter(each -> each.path("name").asString().equals(name))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private JsonNode compaction() {
    return JsonMapper.shared()
        .readTree(api().get("/actuator/compaction").then().statusCode(200).extract().asString());
  }

  @Test
  void compactionTellsOfEveryKeyspaceThatThereIs() {
    String path = keyspace("health-compaction");
    for (String key : List.of("a", "b")) {
      api().body("x").put(path + "/entries/" + key);
      database.keyspace("health-compaction").flush();
    }

    JsonNode compaction = compaction();
    JsonNode keyspace = ofKeyspace(compaction, "health-compaction");
    assertThat(compaction.path("done").path("flushes").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(keyspace.path("runFiles").asInt()).isPositive();
    assertThat(keyspace.path("sortedRuns").asInt()).isPositive();
    assertThat(keyspace.path("runBytes").asLong())
        .isEqualTo(
            keyspace.path("deadBytes").asLong()
                + keyspace
                    .path("levels")
                    .valueStream()
                    .mapToLong(l -> l.path("bytes").asLong())
                    .sum());

    database.keyspace("health-compaction").compact();
    JsonNode merged = compaction();
    assertThat(ofKeyspace(merged, "health-compaction").path("sortedRuns").asInt()).isEqualTo(1);
    assertThat(ofKeyspace(merged, "health-compaction").path("compactionsRunning").asInt()).isZero();
    assertThat(merged.path("done").path("compactions").asLong()).isPositive();

    database.dropKeyspace("health-compaction");
    assertThat(ofKeyspace(compaction(), "health-compaction").isMissingNode()).isTrue();
  }

  @Test
  void compactionIsReadOnlyAndHasNoParts() {
    given().port(port()).post("/actuator/compaction").then().statusCode(405);
    given().port(port()).get("/actuator/compaction/default").then().statusCode(404);
  }

  @Test
  void onlyWhatIsMeantForOperatorsIsExposed() {
    Set<String> links =
        given().port(port()).get("/actuator").jsonPath().<String, Object>getMap("_links").keySet();

    assertThat(links)
        .contains(
            "health", "info", "metrics", "prometheus", "lightning", "integrity", "compaction");
    assertThat(links).doesNotContain("env", "shutdown", "heapdump", "beans", "loggers");
    assertThat(
            given().port(port()).get("/actuator/metrics").jsonPath().getList("names", String.class))
        .contains("lightning.commits");
  }

  @Test
  void partsThatThereAreNotAreProblems() {
    for (String path :
        new String[] {
          "/actuator/health/nothing",
          "/actuator/health/storage/nothing",
          "/actuator/health/liveness/nothing",
          "/actuator/metrics/nothing"
        }) {
      api()
          .get(path)
          .then()
          .statusCode(404)
          .contentType("application/problem+json")
          .body("type", equalTo("/problems/path-not-found"))
          .body("instance", equalTo(path))
          .body("requestId", notNullValue());
    }
  }
}
