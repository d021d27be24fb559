package io.lightningdb.server;

import static io.restassured.RestAssured.given;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The one running service that most tests talk to, over HTTP on the loopback address. Limits are low where they would make
/// tests slow. Every answer is held against the OpenAPI document.
@SpringBootTest(
    classes = LightningDbApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "lightning.limits.batch-operations-max=200",
      "lightning.limits.page-entries-default=50",
      "lightning.limits.page-entries-max=500",
      "lightning.limits.page-bytes-max=64KB",
      "lightning.limits.multiget-keys-max=100",
      "lightning.limits.import-line-bytes-max=32KB",
      "lightning.limits.keyspaces-max=60",
      "lightning.limits.wait-for-version-max=150ms",
      "lightning.limits.cursors-max=8",
      "lightning.transactions.open-max=40",
      "lightning.transactions.bytes-max=64KB",
      "lightning.transactions.lock-wait-max=2s",
      "lightning.cursor-secret=known to the tests",
      "lightning.cors.allowed-origins=https://app.example",
    })
public abstract class RunningService {
  protected static final String SECRET = "known to the tests";

  /// Sends media types as they are given: the client would add a charset of its own.
  static final RestAssuredConfig CONFIG =
      RestAssuredConfig.config()
          .encoderConfig(
              EncoderConfig.encoderConfig()
                  .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                  .encodeContentTypeAs("application/x-www-form-urlencoded", ContentType.BINARY)
                  .encodeContentTypeAs("multipart/form-data", ContentType.BINARY));

  @LocalServerPort private int port;

  @Autowired protected Database database;

  @DynamicPropertySource
  static void ownDirectory(DynamicPropertyRegistry registry) {
    registry.add("lightning.data-directory", () -> newDirectory().toString());
    registry.add("lightning.backup.directory", () -> newDirectory().toString());
    registry.add("lightning.backup.scratch-directory", () -> newDirectory().toString());
  }

  /// Below the folder of build results, which the next clean build removes.
  protected static Path newDirectory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "service-tests"));
      return Files.createTempDirectory(parent.toAbsolutePath(), "data-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  protected int port() {
    return port;
  }

  /// A request whose answer must be as the document says.
  protected RequestSpecification api() {
    return given()
        .config(CONFIG)
        .baseUri("http://127.0.0.1")
        .port(port)
        .urlEncodingEnabled(false)
        .filter(new ContractFilter());
  }

  /// Creates a keyspace if it is not there.
  protected String keyspace(String name) {
    int status = api().put("/v1/keyspaces/" + name).statusCode();
    if (status != 200 && status != 201) {
      throw new AssertionError("keyspace " + name + " was answered " + status);
    }
    return "/v1/keyspaces/" + name;
  }
}
