package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What clients and operators are told when things go wrong. Tests have an order, since trouble leaves traces in metrics.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TroubleTest {
  private static final String KEYSPACES = "/v1/keyspaces/";

  private OwnService service;

  @BeforeAll
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.disk.reserve-bytes=256MB",
            "--lightning.memtable.bytes-max=1MB",
            "--lightning.memtable.frozen-max=1",
            "--lightning.write-wait-max=20ms",
            "--lightning.limits.value-bytes-max=64KB",
            "--lightning.limits.batch-bytes-max=1MB");
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private Response put(String keyspace, String key, byte[] value) {
    return service
        .api()
        .header("Lightning-Durability", "logged")
        .contentType("text/plain")
        .body(value)
        .put(KEYSPACES + keyspace + "/entries/" + key);
  }

  @Test
  @Order(1)
  void writesThatComeTooFastAreRefusedAndTakenAgainLater() {
    service.api().put(KEYSPACES + "busy");
    service.trouble().restWorkers();
    byte[] large = "x".repeat(64 << 10).getBytes(UTF_8);
    Response refused = put("busy", "k0", large);
    for (int i = 1; i < 100 && refused.statusCode() != 503; i++) {
      refused = put("busy", "k" + i, large);
    }

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.jsonPath().getString("type")).isEqualTo("/problems/overloaded");
    assertThat(refused.jsonPath().getBoolean("retryable")).isTrue();
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
    service.api().get(KEYSPACES + "busy/entries/k0").then().statusCode(200);
    Response stopped =
        service
            .api()
            .contentType("application/x-ndjson")
            .body("{\"key\":\"a\",\"value\":1}".getBytes(UTF_8))
            .post(KEYSPACES + "busy/entries:import");
    stopped.then().statusCode(503).body("acknowledgedLines", equalTo(0));
    service
        .api()
        .get("/actuator/compaction")
        .then()
        .statusCode(200)
        .body("flushBacklog", equalTo(1.0f))
        .body("writeWaits", greaterThan(0))
        .body("keyspaces.find{it.name=='busy'}.memtablesFrozen", equalTo(1));

    service.trouble().wakeWorkers();
    await().atMost(Duration.ofSeconds(20)).until(() -> put("busy", "k", large).statusCode() == 202);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            service.api().get("/actuator/compaction").jsonPath().getDouble("flushBacklog") < 1);
  }

  @Test
  @Order(2)
  void damageIsToldAndNothingElseIsAffected() throws Exception {
    Keyspace damaged = damagedKeyspace();
    service.api().put(KEYSPACES + "sound");
    put("sound", "a", new byte[] {1});
    String entries = KEYSPACES + damaged.name() + "/entries";

    service
        .api()
        .get(entries + "/k150")
        .then()
        .statusCode(500)
        .body("type", equalTo("/problems/corruption"))
        .body("file", startsWith("run-"))
        .body("offset", greaterThan(0))
        .body("keyspace", equalTo("damaged"))
        .body("damagedStart", notNullValue())
        .body("reason", containsString(" "));
    service
        .api()
        .get("/actuator/integrity")
        .then()
        .statusCode(200)
        .body("quarantine.size()", equalTo(1))
        .body("quarantine[0].keyspace", equalTo("damaged"))
        .body("quarantine[0].foundBy", equalTo("read"));
    service
        .api()
        .get("/v1/admin/quarantine")
        .then()
        .statusCode(200)
        .body("items.size()", equalTo(1))
        .body("items[0].keyspace", equalTo("damaged"))
        .body("items[0].file", startsWith("run-"))
        .body("items[0].offset", greaterThan(0))
        .body("items[0].firstKey.text", startsWith("k1"))
        .body("items[0].foundBy", equalTo("read"))
        .body("items[0].reason", containsString(" "));
    service.api().get(entries + "?start=k140&limit=50").then().statusCode(500);
    service.api().get(entries + "/k150/history").then().statusCode(500);
    service.api().get(entries + ":count").then().statusCode(500);
    service
        .api()
        .contentType("application/json")
        .body("{\"keys\":[\"k150\"]}")
        .post(entries + ":multiget")
        .then()
        .statusCode(500);
    service.api().get(entries + "/k000").then().statusCode(200);
    service.api().get(KEYSPACES + "sound/entries/a").then().statusCode(200);

    service
        .api()
        .get("/actuator/health")
        .then()
        .statusCode(503)
        .body("components.integrity.status", equalTo("DOWN"));
    for (String group : List.of("liveness", "reads", "readiness")) {
      service.api().get("/actuator/health/" + group).then().statusCode(200);
    }
    assertThat(service.api().get("/actuator/prometheus").asString())
        .containsPattern("lightning_quarantined_blocks [1-9]")
        .containsPattern("lightning_integrity_faults [1-9]");
    streamsAreCutBehindTheirLastWord(entries);
    service.api().delete(KEYSPACES + "damaged?confirm=damaged").then().statusCode(204);
  }

  private void streamsAreCutBehindTheirLastWord(String entries) throws IOException {
    Raw.Answer stream =
        Raw.send(service.port(), "GET " + entries, "Accept: application/x-ndjson\r\n", "");
    assertThat(stream.status()).isEqualTo(200);
    assertThat(stream.body()).contains("\"key\":\"k000\"").doesNotContain("\"key\":\"k199\"");
    // A line may go on in another chunk.
    String last =
        stream
            .body()
            .replaceAll("\r\n[0-9a-f]+\r\n", "")
            .lines()
            .filter(line -> line.startsWith("{\"problem\""))
            .findFirst()
            .orElseThrow();
    JsonNode problem = JsonMapper.shared().readTree(last).path("problem");
    assertThat(problem.path("type").asString()).isEqualTo("/problems/corruption");
    assertThat(problem.path("requestId").asString()).isNotEmpty();
    assertThat(stream.body()).as("the end of a chunked body").doesNotEndWith("0\r\n\r\n");

    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + entries))
            .header("Accept", "application/x-ndjson")
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofByteArray()))
          .isInstanceOf(IOException.class);
    }
    // Compressed, nothing was on its way yet.
    service
        .api()
        .get(entries + ":export")
        .then()
        .statusCode(500)
        .body("type", equalTo("/problems/corruption"));
  }

  private Keyspace damagedKeyspace() throws IOException {
    service
        .api()
        .contentType("application/json")
        .body("{\"compression\":\"none\",\"durability\":\"logged\"}")
        .put(KEYSPACES + "damaged")
        .then()
        .statusCode(201);
    for (int i = 0; i < 200; i++) {
      String unique = "<<%03d>>".formatted(i);
      put(
          "damaged",
          "k%03d".formatted(i),
          (unique + "0123456789abcdef".repeat(64)).getBytes(UTF_8));
    }
    Keyspace keyspace = service.database().keyspace("damaged");
    keyspace.flush();
    flipByteAt("<<150>>");
    return keyspace;
  }

  private void flipByteAt(String text) throws IOException {
    try (Stream<Path> files = Files.list(service.directory())) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().startsWith("run-")).toList()) {
        int place = new String(Files.readAllBytes(file), ISO_8859_1).indexOf(text);
        if (place >= 0) {
          try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(place);
            bytes.write('X');
            return;
          }
        }
      }
    }
    throw new AssertionError("no run holds " + text);
  }

  @Test
  @Order(3)
  void nearlyFullDiskRefusesNewDataAndNothingElse() {
    service.api().put(KEYSPACES + "filling");
    String entry = KEYSPACES + "filling/entries/a";
    service.api().body("a").put(entry).then().statusCode(201);
    service.trouble().usableBytes(1000);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> service.database().stats().disk().reserveReached());

    service
        .api()
        .body("b")
        .put(entry)
        .then()
        .statusCode(507)
        .header("Retry-After", "60")
        .body("type", equalTo("/problems/disk-reserve-reached"))
        .body("retryable", equalTo(true))
        .body("limit", equalTo(320 << 20))
        .body("actual", equalTo((int) (1000 + service.database().stats().disk().ballastBytes())));
    service
        .api()
        .contentType("application/json")
        .body("{\"operations\":[{\"put\":{\"key\":\"b\",\"value\":1}}]}")
        .post(KEYSPACES + "filling/entries:batch")
        .then()
        .statusCode(507);
    service
        .api()
        .contentType("application/json")
        .body("{}")
        .post(KEYSPACES + "filling/entries/n/increment")
        .then()
        .statusCode(507);
    service
        .api()
        .contentType("application/x-ndjson")
        .body("{\"key\":\"b\",\"value\":1}".getBytes(UTF_8))
        .post(KEYSPACES + "filling/entries:import")
        .then()
        .statusCode(507)
        .body("acknowledgedLines", equalTo(0));
    service.api().get(entry).then().statusCode(200);
    service.api().delete(entry).then().statusCode(204);
    service
        .api()
        .get("/actuator/health/readiness")
        .then()
        .statusCode(503)
        .body("components.diskSpace.status", equalTo("DOWN"))
        .body("components.diskSpace.details.usableBytes", equalTo(1000));
    service.api().get("/actuator/health/liveness").then().statusCode(200);
    service.api().get("/actuator/health/reads").then().statusCode(200);
    assertThat(service.api().get("/actuator/prometheus").asString())
        .contains("lightning_disk_reserve_reached 1.0")
        .containsPattern("lightning_disk_writes_refused_total [4-9]");

    service.trouble().usableBytes(320 << 20);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> service.api().body("b").put(entry).statusCode() == 201);
    service.api().get("/actuator/health/readiness").then().statusCode(200);
  }

  @Test
  @Order(4)
  void storageFailureEndsWritesAndNotReads() {
    service.api().put(KEYSPACES + "failing");
    put("failing", "a", new byte[] {1});
    service.trouble().failSyncs();
    String entry = KEYSPACES + "failing/entries/a";

    for (int i = 0; i < 2; i++) {
      service
          .api()
          .body("b")
          .put(entry)
          .then()
          .statusCode(503)
          .header("Retry-After", "60")
          .body("type", equalTo("/problems/read-only"))
          .body("retryable", equalTo(false))
          .body("detail", containsString("No space left on device"));
    }
    put("failing", "a", new byte[] {2}).then().statusCode(503);
    service.api().delete(KEYSPACES + "failing?confirm=failing").then().statusCode(503);
    service.api().get(entry).then().statusCode(200);

    service
        .api()
        .get("/actuator/health/readiness")
        .then()
        .statusCode(503)
        .body("components.log.status", equalTo("DOWN"));
    service.api().get("/actuator/health/liveness").then().statusCode(200);
    service.api().get("/actuator/health/reads").then().statusCode(200);
    assertThat(service.api().get("/actuator/prometheus").asString())
        .contains("lightning_storage_failed 1.0")
        .containsPattern("lightning_storage_failure_age_seconds [0-9.E-]*[1-9]");
  }

  @Test
  @Order(5)
  void writesAreResumedWhenTheDiskWorksAndNotBefore() {
    service
        .api()
        .post("/v1/admin/resume")
        .then()
        .statusCode(503)
        .header("Retry-After", "60")
        .body("type", equalTo("/problems/read-only"))
        .body("detail", containsString("an attempt to resume failed: No space left on device"));
    put("failing", "a", new byte[] {2}).then().statusCode(503);
    service
        .api()
        .get("/v1/admin/mode")
        .then()
        .body("storageFailure.cause", equalTo("No space left on device"))
        .body("storageFailure.ageMillis", greaterThan(0));

    service.trouble().mendSyncs();
    service
        .api()
        .post("/v1/admin/resume")
        .then()
        .statusCode(200)
        .body("resumed", equalTo(true))
        .body("storageFailure.cause", equalTo("No space left on device"));

    service.api().body("c").put(KEYSPACES + "failing/entries/c").then().statusCode(201);
    service.api().get("/actuator/health/readiness").then().statusCode(200);
    assertThat(service.api().get("/actuator/prometheus").asString())
        .contains("lightning_storage_failed 0.0")
        .contains("lightning_storage_failure_age_seconds 0.0");
    service
        .api()
        .post("/v1/admin/resume")
        .then()
        .statusCode(200)
        .body("resumed", equalTo(false))
        .body("$", not(hasKey("storageFailure")));
  }
}
