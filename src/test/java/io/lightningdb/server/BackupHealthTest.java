package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.backup.BackupService;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Whatever is wrong with backups shows in the health and in a metric, with its cause and without a path.
@ExtendWith(OutputCaptureExtension.class)
class BackupHealthTest {
  private static final String OPERATIONS = "/v1/admin/operations";

  @TempDir Path parent;

  private Path place() {
    return parent.resolve("backups");
  }

  private OwnService start(String... settings) {
    return OwnService.start(
        parent.resolve("data"),
        Stream.concat(
                Stream.of(
                    "--lightning.backup.directory=" + place(),
                    "--lightning.backup.scratch-directory=" + parent.resolve("scratch")),
                Stream.of(settings))
            .toArray(String[]::new));
  }

  private static Response run(OwnService service, String operation) {
    String location =
        service
            .api()
            .contentType("application/json")
            .body(operation)
            .post(OPERATIONS)
            .header("Location");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !service.api().get(location).jsonPath().getString("state").equals("running"));
    return service.api().get(location);
  }

  private static JsonPath health(OwnService service) {
    return service.api().get("/actuator/health/backups").jsonPath();
  }

  private List<String> reasons(OwnService service) {
    JsonPath health = health(service);
    List<String> reasons = health.getList("details.reasons", String.class);
    List<String> found = reasons == null ? List.of() : reasons;
    assertThat(health.getString("status")).isEqualTo(found.isEmpty() ? "UP" : "DOWN");
    assertThat(found.toString()).doesNotContain(parent.toString());
    return found;
  }

  private static double metric(OwnService service, String name) {
    return service
        .api()
        .get("/actuator/prometheus")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static String failed(String work) {
    return "lightning_backup_failed{work=\"" + work + "\"}";
  }

  @Test
  void withoutABackupAndAfterAFailureHealthIsDown(CapturedOutput output) throws IOException {
    try (OwnService service = start()) {
      assertThat(output).contains("is on the volume of the data");
      assertThat(health(service).getBoolean("details.onVolumeOfData")).isTrue();
      assertThat(reasons(service)).containsExactly("no backup was ever made");
      assertThat(metric(service, "lightning_backup_missing")).isEqualTo(1);
      service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      run(service, "{\"kind\":\"backup\"}").then().statusCode(200);
      assertThat(reasons(service)).isEmpty();
      assertThat(metric(service, "lightning_backup_missing")).isZero();

      // A place that is a file cannot be listed or written.
      Path moved = parent.resolve("moved");
      Files.move(place(), moved);
      Files.writeString(place(), "");
      assertThat(run(service, "{\"kind\":\"backup\"}").jsonPath().getString("state"))
          .isEqualTo("failed");
      assertThat(reasons(service)).singleElement().asString().startsWith("a backup failed");
      assertThat(metric(service, failed("backup"))).isEqualTo(1);

      Files.delete(place());
      Files.move(moved, place());
      assertThat(run(service, "{\"kind\":\"backup\"}").jsonPath().getString("state"))
          .isEqualTo("succeeded");
      assertThat(reasons(service)).isEmpty();
      assertThat(metric(service, failed("backup"))).isZero();
    }
  }

  /// What could not be read at the start is read again, without anybody asking for it; and an entry that is damaged is not a backup less
  /// in silence.
  @Test
  void aListThatCannotBeReadIsReadAgain() throws IOException {
    try (OwnService service = start()) {
      service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      run(service, "{\"kind\":\"backup\"}").then().statusCode(200);
    }
    Path entry;
    try (Stream<Path> files = Files.list(place())) {
      entry =
          files
              .filter(file -> file.getFileName().toString().startsWith("backup-"))
              .findFirst()
              .orElseThrow();
    }
    byte[] sound = Files.readAllBytes(entry);
    byte[] damaged = sound.clone();
    damaged[sound.length / 2] ^= 1;
    Files.write(entry, damaged);
    try (OwnService service = start()) {
      assertThat(reasons(service)).anyMatch(reason -> reason.contains("are damaged"));
      assertThat(metric(service, failed("catalogue"))).isEqualTo(1);
      Files.write(entry, sound);
      service.bean(BackupService.class).readAgain();
      await().atMost(Duration.ofSeconds(30)).until(() -> reasons(service).isEmpty());
      assertThat(metric(service, failed("catalogue"))).isZero();
      assertThat(metric(service, "lightning_backup_missing")).isZero();
    }
  }

  @Test
  void aTypoInAnIdIsNoFailureOfBackups() {
    try (OwnService service = start()) {
      run(service, "{\"kind\":\"backup\"}");
      for (String typo :
          List.of(
              "{\"kind\":\"restore-check\",\"backup\":\"20250101t000000z-00000000\"}",
              "{\"kind\":\"backup\",\"type\":\"full\",\"resume\":\"20250101\"}",
              "{\"kind\":\"backup\",\"resume\":\"20250101t000000z-00000000\"}")) {
        Response failed = run(service, typo);
        assertThat(failed.jsonPath().getString("state")).as(typo).isEqualTo("failed");
        assertThat(failed.jsonPath().getString("problem.type"))
            .isEqualTo("/problems/backup-not-found");
      }
      assertThat(reasons(service)).isEmpty();
      assertThat(metric(service, "lightning_backup_failures_total")).isZero();
    }
  }

  @Test
  void aRestoreCheckIsRefusedWhereItDoesNotFitAndLeavesNothing() throws IOException {
    Path left;
    try (OwnService service = start("--lightning.disk.reserve-bytes=1024GB")) {
      run(service, "{\"kind\":\"backup\"}");
      Response check = run(service, "{\"kind\":\"restore-check\"}");
      assertThat(check.jsonPath().getString("state")).isEqualTo("failed");
      assertThat(check.jsonPath().getString("problem.detail"))
          .contains("bytes", "are free", "lightning.backup.scratch-directory");
      assertThat(reasons(service)).singleElement().asString().startsWith("a restore-check failed");
      assertThat(metric(service, failed("restore-check"))).isEqualTo(1);
      assertThat(parent.resolve("scratch")).isEmptyDirectory();
      left = scratchOfAnEarlierProcess();
    }
    Path others = Files.createDirectory(parent.resolve("scratch/lightningdb-restore-check-0-1"));
    try (OwnService service = start()) {
      assertThat(left).as("left by a process that died").doesNotExist();
      assertThat(others).as("of another database").exists();
      assertThat(run(service, "{\"kind\":\"restore-check\"}").jsonPath().getString("state"))
          .isEqualTo("succeeded");
      assertThat(reasons(service)).isEmpty();
    }
  }

  private Path scratchOfAnEarlierProcess() throws IOException {
    String name =
        "lightningdb-restore-check-%08x-17"
            .formatted(parent.resolve("data").toAbsolutePath().normalize().toString().hashCode());
    Path left = Files.createDirectory(parent.resolve("scratch").resolve(name));
    Files.writeString(left.resolve("run-0000000000000001"), "half of it");
    return left;
  }

  @Test
  void anArchiveThatFailsOrHasAGapIsDown() throws IOException {
    try (OwnService service =
        start(
            "--lightning.backup.archive-interval=1s",
            "--lightning.backup.archived-log-bytes-max=1MB",
            "--lightning.memtable.bytes-max=64KB")) {
      run(service, "{\"kind\":\"backup\"}");
      service.database().keyspace("default").put(new byte[] {1}, new byte[1000]);
      await().atMost(Duration.ofSeconds(30)).until(() -> reasons(service).isEmpty());

      Path moved = parent.resolve("moved");
      Files.move(place(), moved);
      Files.writeString(place(), "");
      for (int number = 0; number < 10_000; number++) {
        byte[] value = new byte[1000];
        service.database().keyspace("default").put(new byte[] {2}, value, Durability.LOGGED);
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(reasons(service))
                  .singleElement()
                  .asString()
                  .startsWith("the log cannot be archived"));
      assertThat(metric(service, "lightning_archive_failed")).isEqualTo(1);

      service.database().keyspace("default").flush();
      Files.delete(place());
      Files.move(moved, place());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(reasons(service))
                  .singleElement()
                  .asString()
                  .startsWith("the archive of the log has a gap"));
      assertThat(metric(service, "lightning_archive_gap_open")).isEqualTo(1);
      assertThat(metric(service, "lightning_archive_failed")).isZero();

      run(service, "{\"kind\":\"backup\"}");
      assertThat(reasons(service)).isEmpty();
      assertThat(metric(service, "lightning_archive_gap_open")).isZero();
    }
  }
}
