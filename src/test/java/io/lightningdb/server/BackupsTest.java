package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.target.S3Server;
import io.lightningdb.target.TargetAddress;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups of services with settings of their own.
class BackupsTest {
  private static final String OPERATIONS = "/v1/admin/operations";

  @TempDir private Path parent;

  private static Response begin(OwnService service, String body) {
    return service.api().contentType("application/json").body(body).post(OPERATIONS);
  }

  /// Waits for the end of an operation.
  private static Response end(OwnService service, Response begun) {
    String location = begun.header("Location");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !service.api().get(location).jsonPath().getString("state").equals("running"));
    return service.api().get(location);
  }

  @Test
  void withoutAPlaceThereAreNoBackups() {
    try (OwnService service = OwnService.start(parent.resolve("data"))) {
      begin(service, "{\"kind\":\"backup\"}")
          .then()
          .statusCode(409)
          .body("type", equalTo("/problems/backups-not-configured"));
      service.api().get("/v1/admin/backups").then().statusCode(409);
      service.api().get("/v1/admin/backups/x").then().statusCode(409);
      service.api().delete("/v1/admin/backups/x").then().statusCode(409);
      service
          .api()
          .get("/actuator/health")
          .then()
          .statusCode(200)
          .body("components.backups.status", equalTo("UNKNOWN"));
    }
  }

  @Test
  void aSlowBackupIsOneAtATimeAndCanBeCancelledAndResumed() throws IOException {
    Path data = parent.resolve("data");
    Path place = parent.resolve("backups");
    String id;
    try (OwnService service =
        OwnService.start(
            data,
            "--lightning.backup.directory=" + place,
            "--lightning.backup.bytes-per-second-max=1B",
            "--lightning.backup.age-max=1h")) {
      service.database().keyspace("default").put(new byte[] {1}, new byte[200_000]);
      service.database().keyspace("default").flush();
      service
          .api()
          .get("/actuator/health")
          .then()
          .body("components.backups.status", equalTo("DOWN"));
      Response begun = begin(service, "{\"kind\":\"backup\"}");
      String location = begun.header("Location");
      begin(service, "{\"kind\":\"backup\"}")
          .then()
          .statusCode(409)
          .body("type", equalTo("/problems/operation-in-progress"))
          .body("operation", equalTo(location.replaceFirst(".*/", "")));
      service.api().delete(location).then().statusCode(202);
      assertThat(end(service, begun).jsonPath().getString("state")).isEqualTo("cancelled");
      // A second one that the end of the service interrupts.
      begin(service, "{\"kind\":\"backup\"}").then().statusCode(202);
    }
    try (OwnService service = OwnService.start(data, "--lightning.backup.directory=" + place)) {
      Response list = service.api().get(OPERATIONS);
      assertThat(list.jsonPath().getList("operations.state"))
          .containsExactly("interrupted", "cancelled");
      Response done = end(service, begin(service, "{\"kind\":\"backup\"}"));
      assertThat(done.jsonPath().getString("state")).isEqualTo("succeeded");
      id = done.jsonPath().getString("result.backup");
      assertThat(service.api().get("/v1/admin/backups").jsonPath().getList("backups.id"))
          .containsExactly(id);
    }
    assertThat(Files.exists(place.resolve("backup-" + id))).isTrue();
  }

  @Test
  void whatRanWhenTheProcessDiedIsInterrupted() throws IOException {
    Path data = Files.createDirectory(parent.resolve("data"));
    Files.writeString(
        data.resolve("operations.json"),
        """
        [{"id":"1","kind":"flush","state":"succeeded","parameters":{},"progress":1.0,
          "startedAt":"2025-06-01T12:00:00Z","endedAt":"2025-06-01T12:00:01Z","result":{"version":3}},
         {"id":"2","kind":"backup","state":"running","parameters":{"type":"full"},"progress":0.5,
          "startedAt":"2025-06-01T12:00:02Z"}]
        """);
    try (OwnService service = OwnService.start(data)) {
      service
          .api()
          .get(OPERATIONS + "/2")
          .then()
          .statusCode(200)
          .body("state", equalTo("interrupted"));
      service.api().get(OPERATIONS + "/1").then().body("state", equalTo("succeeded"));
    }
    String many =
        IntStream.range(0, 130)
            .mapToObj(i ->
                """
                {"id":"%d","kind":"flush","state":"succeeded","parameters":{},"progress":1.0,
                 "startedAt":"2025-06-01T12:00:00Z","endedAt":"2025-06-01T12:00:01Z"}
                """
                    .formatted(i))
            .collect(Collectors.joining(",", "[", "]"));
    Files.writeString(data.resolve("operations.json"), many);
    try (OwnService service = OwnService.start(data)) {
      assertThat(service.api().get(OPERATIONS).jsonPath().getList("operations.id"))
          .hasSize(100)
          .startsWith("129")
          .endsWith("30");
    }
    Files.writeString(data.resolve("operations.json"), "not json");
    try (OwnService service = OwnService.start(data)) {
      assertThat(service.api().get(OPERATIONS).jsonPath().getList("operations")).isEmpty();
    }
  }

  @Test
  void theLogIsArchivedUntilTheServiceHasStopped() throws IOException {
    Path place = parent.resolve("backups");
    long last;
    String backup;
    try (OwnService service =
        OwnService.start(
            parent.resolve("data"),
            "--lightning.backup.directory=" + place,
            "--lightning.backup.archive-interval=1s")) {
      backup =
          end(service, begin(service, "{\"kind\":\"backup\"}"))
              .jsonPath()
              .getString("result.backup");
      long version = service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              service
                      .api()
                      .get("/actuator/health/backups")
                      .jsonPath()
                      .getLong("details.archivedVersion")
                  >= version);
      assertThat(service.api().get("/actuator/prometheus").asString())
          .contains("lightning_archive_gaps 0.0")
          .contains("lightning_archive_failures_total 0.0");
      last = service.database().keyspace("default").put(new byte[] {2}, new byte[10]);
    }
    Path restored = Files.createDirectory(parent.resolve("restored"));
    new Restore(
            new DirectoryTarget(new DiskStorage(place)),
            new DiskStorage(restored),
            new SplittableRandom(1),
            () -> false,
            (_, _) -> {})
        .run(backup, new Goal.ToVersion(last));
    try (Database database = Database.open(restored, DatabaseOptions.defaults())) {
      assertThat(database.keyspace("default").get(new byte[] {2})).hasSize(10);
    }
  }

  @Test
  void aSlowArchiveIsCompletedAtOnceWhenTheServiceStops() throws IOException {
    Path place = parent.resolve("backups");
    String backup;
    long last;
    try (OwnService service =
        OwnService.start(
            parent.resolve("data"),
            "--lightning.backup.directory=" + place,
            "--lightning.backup.archive-interval=1s",
            "--lightning.backup.archive-bytes-per-second-max=1B")) {
      backup =
          end(service, begin(service, "{\"kind\":\"backup\"}"))
              .jsonPath()
              .getString("result.backup");
      last =
          service
              .database()
              .keyspace("default")
              .put(new byte[] {1}, new byte[10_000], Durability.SYNCED);
      // A piece of it has been begun, and would take hours.
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              Stream.of(Objects.requireNonNull(place.toFile().list()))
                  .anyMatch(name -> name.startsWith("archive-") && name.endsWith(".part")));
      assertThat(
              service
                  .api()
                  .get("/actuator/health/backups")
                  .jsonPath()
                  .getLong("details.archivedVersion"))
          .isLessThan(last);
    }
    Path restored = Files.createDirectory(parent.resolve("restored"));
    assertThat(
            new Restore(
                    new DirectoryTarget(new DiskStorage(place)),
                    new DiskStorage(restored),
                    new SplittableRandom(1),
                    () -> false,
                    (_, _) -> {})
                .run(backup, new Goal.ToVersion(last))
                .version())
        .isEqualTo(last);
  }

  @Test
  void aBucketIsAPlaceLikeADirectory() throws IOException {
    S3Server server = S3Server.shared();
    String bucket = server.newBucket();
    String place = "s3://" + bucket + "/shop";
    String[] settings = {
      "--lightning.backup.directory=" + place,
      "--lightning.backup.archive-interval=1s",
      "--lightning.backup.s3.endpoint=" + server.endpoint(),
      "--lightning.backup.s3.region=us-east-1",
      "--lightning.backup.s3.path-style=true",
      "--lightning.backup.s3.access-key-id=" + S3Server.ACCESS_KEY_ID,
      "--lightning.backup.s3.secret-access-key=" + S3Server.SECRET_ACCESS_KEY
    };
    String backup;
    long last;
    try (OwnService service = OwnService.start(parent.resolve("data"), settings)) {
      service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      Response full = end(service, begin(service, "{\"kind\":\"backup\",\"type\":\"full\"}"));
      assertThat(full.jsonPath().getString("state")).isEqualTo("succeeded");
      backup = full.jsonPath().getString("result.backup");
      Response check = end(service, begin(service, "{\"kind\":\"restore-check\"}"));
      assertThat(check.jsonPath().getString("state")).isEqualTo("succeeded");
      Response increment =
          end(service, begin(service, "{\"kind\":\"backup\",\"type\":\"incremental\"}"));
      assertThat(service.api().get("/v1/admin/backups").jsonPath().getList("backups.id"))
          .containsExactly(backup, increment.jsonPath().getString("result.backup"));
      service
          .api()
          .delete("/v1/admin/backups/" + increment.jsonPath().getString("result.backup"))
          .then()
          .statusCode(204);
      last = service.database().keyspace("default").put(new byte[] {2}, new byte[10]);
    }
    // What was made before is found at the next start, which does not wait for it.
    try (OwnService service = OwnService.start(parent.resolve("data"), settings)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              service
                  .api()
                  .get("/actuator/prometheus")
                  .asString()
                  .contains("lightning_backups_completed_total 1.0"));
    }
    Path restored = Files.createDirectory(parent.resolve("restored"));
    new Restore(
            TargetAddress.parse(place).open(server.settings()),
            new DiskStorage(restored),
            new SplittableRandom(1),
            () -> false,
            (_, _) -> {})
        .run(backup, new Goal.ToVersion(last));
    try (Database database = Database.open(restored, DatabaseOptions.defaults())) {
      assertThat(database.keyspace("default").get(new byte[] {2})).hasSize(10);
    }
  }

  @Test
  void aBucketThatIsMissingIsToldByTheOperationAndTheCatalogue() {
    S3Server server = S3Server.shared();
    try (OwnService service =
        OwnService.start(
            parent.resolve("data"),
            "--lightning.backup.directory=s3://no-such-bucket",
            "--lightning.backup.s3.endpoint=" + server.endpoint(),
            "--lightning.backup.s3.path-style=true",
            "--lightning.backup.s3.access-key-id=" + S3Server.ACCESS_KEY_ID,
            "--lightning.backup.s3.secret-access-key=" + S3Server.SECRET_ACCESS_KEY)) {
      Response failed = end(service, begin(service, "{\"kind\":\"backup\"}"));
      assertThat(failed.jsonPath().getString("problem.type")).isEqualTo("/problems/backup-failed");
      assertThat(failed.jsonPath().getString("problem.detail"))
          .contains("s3://no-such-bucket")
          .contains("NoSuchBucket")
          .doesNotContain("io.lightningdb");
      service
          .api()
          .get("/v1/admin/backups")
          .then()
          .statusCode(500)
          .body("type", equalTo("/problems/backup-failed"));
    }
  }

  @Test
  void damageIsReportedByTheCheckAndByHealth() throws IOException {
    Path place = parent.resolve("backups");
    try (OwnService service =
        OwnService.start(parent.resolve("data"), "--lightning.backup.directory=" + place)) {
      service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      end(service, begin(service, "{\"kind\":\"backup\"}"));
      for (String name : place.toFile().list()) {
        if (name.startsWith("data-")) {
          byte[] bytes = Files.readAllBytes(place.resolve(name));
          bytes[bytes.length / 2] ^= 1;
          Files.write(place.resolve(name), bytes);
        }
      }
      Response check = end(service, begin(service, "{\"kind\":\"restore-check\"}"));
      assertThat(check.jsonPath().getString("state")).isEqualTo("failed");
      assertThat(check.jsonPath().getString("problem.type")).isEqualTo("/problems/backup-failed");
      service
          .api()
          .get("/actuator/health")
          .then()
          .body("components.backups.status", equalTo("DOWN"));
      assertThat(
              service
                  .api()
                  .get("/v1/admin/backups")
                  .jsonPath()
                  .getBoolean("backups[0].lastVerification.good"))
          .isFalse();
    }
  }
}
