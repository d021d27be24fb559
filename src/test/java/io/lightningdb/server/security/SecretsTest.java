package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.token.TokenText;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Secrets are planted in settings, headers and bodies, and looked for in everything that the service tells.
@ExtendWith(OutputCaptureExtension.class)
class SecretsTest {
  private static final String PLANTED = "planted-secret";
  private static final String HASH =
      HexFormat.of().formatHex(TokenText.sha256("planted-secret-admin"));

  @TempDir Path directory;

  @Test
  void nothingThatTheServiceTellsHoldsASecret(CapturedOutput output) throws IOException {
    String token = StartedService.tokenIn(directory);
    StringBuilder told = new StringBuilder();
    try (StartedService service =
        StartedService.start(
            directory,
            "--lightning.cursor-secret=planted-secret-cursors",
            // Nobody listens there, so that health and log tell of failures.
            "--lightning.backup.directory=s3://bucket/prefix",
            "--lightning.backup.s3.endpoint=http://127.0.0.1:1",
            "--lightning.backup.s3.attempts-max=1",
            "--lightning.backup.s3.access-key-id=planted-secret-id",
            "--lightning.backup.s3.secret-access-key=planted-secret-key",
            "--lightning.security.admin-token-hash=" + HASH,
            "--management.server.ssl.key-store-password=planted-secret-store",
            "--spring.ssl.bundle.jks.unused.keystore.password=planted-secret-bundle",
            "--logging.level.org.springframework.security=DEBUG",
            "--management.endpoints.web.exposure.include=*")) {
      List<String> paths =
          List.of(
              "/actuator/env",
              "/actuator/env/lightning.cursor-secret",
              "/actuator/env/lightning.backup.s3.secret-access-key",
              "/actuator/configprops",
              "/actuator/configprops/lightning",
              "/actuator/beans",
              "/actuator/loggers",
              "/actuator/metrics",
              "/actuator/prometheus",
              "/actuator/info",
              "/actuator/health",
              "/actuator/lightning",
              "/actuator/mappings",
              "/v1/limits",
              "/v1/admin/tokens",
              "/v1/admin/storage",
              "/v1/admin/settings",
              "/v1/admin/history",
              "/v1/caller",
              "/v1/keyspaces");
      for (String path : paths) {
        Response answer = service.with(token).get(path);
        // The bucket of the backups cannot be reached.
        int expected = path.equals("/actuator/health") ? 503 : 200;
        assertThat(answer.statusCode()).as(path).isEqualTo(expected);
        tell(told, answer);
        // A token that is wrong is in no answer either.
        tell(told, service.with("planted-secret-guess").get(path));
      }
      tell(
          told,
          service.nobody().header("Authorization", "Basic planted-secret-basic").get("/v1/limits"));
      tell(
          told,
          service
              .nobody()
              .header("Authorization", "Bearer planted secret, with spaces")
              .get("/v1/limits"));
      tell(
          told,
          service.with(token).body("planted-secret-value").put("/v1/keyspaces/none/entries/k"));
      tell(told, service.with(token).body("{planted-secret-json").post("/v1/admin/tokens"));
      tell(told, service.with(token).get("/v1/limits?unknown=1"));
      Response backups = service.with(token).get("/v1/admin/backups");
      assertThat(backups.statusCode()).isEqualTo(500);
      tell(told, backups);
    }

    String everything = told + output.toString();
    String secret = token.substring(token.lastIndexOf('_') + 1);
    assertThat(told.length()).isGreaterThan(100_000);
    assertThat(output).contains("denied: invalid-credentials");
    assertThat(everything)
        .doesNotContain(PLANTED)
        .doesNotContain(HASH)
        .doesNotContain(secret)
        .doesNotContain(HexFormat.of().formatHex(TokenText.sha256(token)));
  }

  private static void tell(StringBuilder told, Response answer) {
    told.append(answer.headers()).append('\n').append(answer.asString()).append('\n');
  }
}
