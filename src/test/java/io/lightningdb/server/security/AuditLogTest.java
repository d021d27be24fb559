package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.testkit.VirtualClock;
import io.lightningdb.token.Role;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What administrators do and who is refused is written down, and nothing that is secret.
class AuditLogTest extends SecuredService {
  private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @Autowired private AuditLog auditLog;

  @BeforeEach
  void listen() {
    // Other tests of the service may have had all refusals of this minute written.
    ReflectionTestUtils.setField(auditLog, "minute", 0L);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private List<JsonNode> lines() {
    return List.copyOf(lines.list).stream()
        .map(event -> JsonMapper.shared().readTree(event.getFormattedMessage()))
        .toList();
  }

  private JsonNode line(String requestId) {
    return lines().stream()
        .filter(line -> line.path("requestId").asString().equals(requestId))
        .reduce((a, b) -> {
          throw new AssertionError(a + " and " + b);
        })
        .orElseThrow(() -> new AssertionError("no line for " + requestId + " in " + lines()));
  }

  @Test
  void administrativeActionsAreWrittenDownWithWhatBecameOfThem() {
    with(ADMIN)
        .header("X-Request-Id", "make-1")
        .put("/v1/keyspaces/audited-new")
        .then()
        .statusCode(201);
    with(Role.ADMIN)
        .header("X-Request-Id", "drop-1")
        .delete("/v1/keyspaces/audited-new")
        .then()
        .statusCode(428);
    JsonPath made =
        with(ADMIN)
            .header("X-Request-Id", "token-1")
            .contentType(ContentType.JSON)
            .body(Map.of("name", "x", "roles", List.of("reader"), "keyspaces", List.of("*")))
            .post("/v1/admin/tokens")
            .jsonPath();
    with(ADMIN)
        .header("X-Request-Id", "revoke-1")
        .delete("/v1/admin/tokens/" + made.getString("id"))
        .then()
        .statusCode(204);

    assertThat(line("make-1").propertyNames())
        .containsExactly("time", "actor", "address", "action", "target", "outcome", "requestId");
    assertThat(line("make-1").path("actor").asString()).isEqualTo("admin admin-token-hash");
    assertThat(line("make-1").path("address").asString()).isEqualTo("127.0.0.1");
    assertThat(line("make-1").path("action").asString()).isEqualTo("PUT /v1/keyspaces/{keyspace}");
    assertThat(line("make-1").path("target").asString()).isEqualTo("keyspace audited-new");
    assertThat(line("make-1").path("outcome").asString()).isEqualTo("done: 201");
    assertThat(Instant.parse(line("make-1").path("time").asString()))
        .isBefore(Instant.now().plusSeconds(1));
    assertThat(line("drop-1").path("outcome").asString()).isEqualTo("failed: 428");
    assertThat(line("drop-1").path("actor").asString()).matches("token:[0-9a-f]{16} admin");
    assertThat(line("token-1").path("target").asString())
        .isEqualTo("/v1/admin/tokens/" + made.getString("id"));
    assertThat(line("revoke-1").path("target").asString())
        .isEqualTo("token " + made.getString("id"));
    assertThat(lines().toString()).doesNotContain(made.getString("token"));
  }

  @Test
  void readsAndWritesOfEntriesAreNot() {
    String path = keyspace("audited") + "/entries/a";
    lines.list.clear();
    with(Role.WRITER).body("x").put(path).then().statusCode(201);
    with(Role.READER).get(path).then().statusCode(200);
    with(Role.OPERATOR).get("/v1/admin/storage").then().statusCode(200);
    assertThat(lines()).isEmpty();
  }

  @Test
  void refusalsAreWrittenDownWithoutKeysAndTokens() {
    String guessed = "ldb_0123456789abcdef_guessed-guessed-guessed-guessed-guessed-gue";
    with(guessed)
        .header("X-Request-Id", "wrong-1")
        .get("/v1/keyspaces/audited/entries/a-secret-key")
        .then()
        .statusCode(401)
        .body("requestId", equalTo("wrong-1"));
    with(Role.READER)
        .header("X-Request-Id", "role-1")
        .body("a secret value")
        .put("/v1/keyspaces/audited/entries/a-secret-key")
        .then()
        .statusCode(403);
    nobody()
        .header("X-Request-Id", "bad id\u00e9")
        .get("/v1/nothing/a-secret-key")
        .then()
        .statusCode(401);

    assertThat(line("wrong-1").path("actor").asString()).isEqualTo("unknown");
    assertThat(line("wrong-1").path("outcome").asString()).isEqualTo("denied: invalid-credentials");
    assertThat(line("wrong-1").path("action").asString())
        .isEqualTo("GET /v1/keyspaces/{keyspace}/entries/{key}");
    assertThat(line("role-1").path("outcome").asString()).isEqualTo("denied: role");
    assertThat(line("role-1").path("target").asString()).isEqualTo("keyspace audited");
    assertThat(lines().getLast().path("requestId").asString()).matches("[0-9a-f]{16}");
    assertThat(lines().toString()).doesNotContain("secret", "guessed");
  }

  @Test
  void refusalsCannotWashOtherLinesAway() {
    VirtualClock time = new VirtualClock();
    Clock clock =
        new Clock() {
          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return Instant.ofEpochMilli(time.millis());
          }
        };
    AuditLog audit =
        new AuditLog(
            new RequestAccess(new AccessRules("/actuator")),
            JsonMapper.shared(),
            new AuditTrail(MemoryAccount.NONE, Instant.EPOCH),
            clock);
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/v1/limits");
    for (int i = 0; i < AuditLog.DENIALS_PER_MINUTE + 50; i++) {
      audit.denied(request, DenialReason.NO_CREDENTIALS);
    }
    assertThat(lines()).hasSize(AuditLog.DENIALS_PER_MINUTE);
    audit.done(request, 200, null);
    assertThat(lines()).hasSize(AuditLog.DENIALS_PER_MINUTE + 1);

    time.advance(Duration.ofMinutes(1));
    audit.denied(request, DenialReason.NO_CREDENTIALS);

    List<JsonNode> all = lines();
    assertThat(all).hasSize(AuditLog.DENIALS_PER_MINUTE + 3);
    assertThat(all.get(all.size() - 2).path("count").asInt()).isEqualTo(50);
  }

  @Test
  void aFileOfItsOwnTakesTheLines(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("logs").resolve("audit.jsonl");
    String token = StartedService.tokenIn(directory.resolve("data"));
    try (StartedService service =
        StartedService.start(
            directory.resolve("data"), "--lightning.security.audit-file=" + file)) {
      service.with(token).put("/v1/keyspaces/audited").then().statusCode(201);
      service.nobody().get("/v1/limits").then().statusCode(401);
    }

    List<String> written = Files.readAllLines(file);
    assertThat(written).hasSize(2);
    assertThat(JsonMapper.shared().readTree(written.getFirst()).path("outcome").asString())
        .isEqualTo("done: 201");
    assertThat(JsonMapper.shared().readTree(written.getLast()).path("outcome").asString())
        .isEqualTo("denied: no-credentials");
    assertThat(logger.isAdditive()).isTrue();
  }
}
