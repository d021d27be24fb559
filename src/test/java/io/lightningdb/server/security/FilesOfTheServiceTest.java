package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.lightningdb.engine.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// All that the service writes is for its own user alone, and what is not is told at the start.
@ExtendWith(OutputCaptureExtension.class)
class FilesOfTheServiceTest {
  @TempDir Path directory;

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void allFilesAreForTheUserAloneAndOthersAreTold(CapturedOutput output) throws IOException {
    Path place = directory.resolve("place");
    Path foreign = Files.createDirectories(directory.resolve("backups")).resolve("foreign");
    Files.write(foreign, new byte[1]);
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(
        foreign.getParent(), PosixFilePermissions.fromString("rwx------"));
    String token = StartedService.tokenIn(place.resolve("data"));
    try (StartedService service =
        StartedService.start(
            place.resolve("data"),
            "--lightning.security.audit-file=" + place.resolve("audit/audit.log"),
            "--lightning.backup.directory=" + foreign.getParent())) {
      service.with(token).put("/v1/keyspaces/seen").then().statusCode(201);
      service.with(token).body("x").put("/v1/keyspaces/seen/entries/a").then().statusCode(201);
      service.bean(Database.class).keyspace("seen").flush();
      String operation =
          service
              .with(token)
              .contentType("application/json")
              .body("{\"kind\": \"backup\"}")
              .post("/v1/admin/operations")
              .then()
              .statusCode(202)
              .extract()
              .path("id");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              service
                  .with(token)
                  .get("/v1/admin/operations/" + operation)
                  .then()
                  .body("state", equalTo("succeeded")));

      service
          .with(token)
          .get("/actuator/health")
          .then()
          .statusCode(200)
          .body(
              "components.storage.details.usableByOthers.backups",
              startsWith("1 files and directories, such as foreign (rw-r--r--)"))
          .body("components.storage.details.usableByOthers.size()", equalTo(1));
    }

    assertThat(output).contains("chmod -R go-rwx " + foreign.getParent());
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> paths = all.filter(path -> !path.equals(directory)).toList();
      assertThat(paths.stream().map(path -> path.getFileName().toString()))
          .contains("TOKENS", "MANIFEST", "LOCK", "operations.json", "audit.log");
      assertThat(paths.stream().filter(path -> path.startsWith(foreign.getParent())))
          .hasSizeGreaterThan(3);
      paths.stream()
          .filter(path -> !path.equals(foreign))
          .forEach(path ->
              assertThat(mode(path))
                  .as(path.toString())
                  .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }
}
