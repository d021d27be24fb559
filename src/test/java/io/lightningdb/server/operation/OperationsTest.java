package io.lightningdb.server.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.health.IntegrityChecks;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/// Operations and backups over HTTP.
class OperationsTest extends RunningService {
  private static final String PATH = "/v1/admin/operations";
  private static final String BACKUPS = "/v1/admin/backups";

  @Autowired private Operations operations;

  @Autowired private OperationWork work;

  @Autowired private IntegrityChecks checks;

  @Autowired private Shares shares;

  @BeforeEach
  void write() {
    api().body("value").put(keyspace("operations-test") + "/entries/a");
  }

  private ValidatableResponse post(Map<String, String> body) {
    return api().contentType("application/json").body(json(body)).post(PATH).then();
  }

  private static String json(Map<String, String> body) {
    StringBuilder text = new StringBuilder("{");
    body.forEach((name, value) ->
        text.append(text.length() > 1 ? "," : "")
            .append('"')
            .append(name)
            .append("\":\"")
            .append(value)
            .append('"'));
    return text.append('}').toString();
  }

  /// Begins an operation and waits for its end.
  private Response run(Map<String, String> body) {
    String location = post(body).statusCode(202).extract().header("Location");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !api().get(location).jsonPath().getString("state").equals("running"));
    return api().get(location);
  }

  private String backUp(String type) {
    Response done = run(Map.of("kind", "backup", "type", type));
    assertThat(done.jsonPath().getString("state")).isEqualTo("succeeded");
    assertThat(done.jsonPath().getDouble("progress")).isEqualTo(1);
    return done.jsonPath().getString("result.backup");
  }

  @Test
  void backupsAreMadeListedCheckedAndDeleted() {
    String full = backUp("full");
    write();
    String next = backUp("incremental");
    api()
        .get(BACKUPS + "/" + next)
        .then()
        .statusCode(200)
        .body("type", equalTo("incremental"))
        .body("parent", equalTo(full));
    api().get(BACKUPS).then().statusCode(200).body("backups.id", hasItem(full));

    Response check = run(Map.of("kind", "restore-check"));
    assertThat(check.jsonPath().getString("state")).isEqualTo("succeeded");
    assertThat(check.jsonPath().getString("result.backup")).isEqualTo(next);
    assertThat(check.jsonPath().getLong("result.filesChecked")).isPositive();
    api()
        .get(BACKUPS + "/" + next)
        .then()
        .body("lastVerification.depth", equalTo("restored"))
        .body("lastVerification.good", equalTo(true));

    api()
        .delete(BACKUPS + "/" + full)
        .then()
        .statusCode(409)
        .body("type", equalTo("/problems/backup-needed"));
    api().delete(BACKUPS + "/" + next).then().statusCode(204);
    api().delete(BACKUPS + "/" + full).then().statusCode(204);
    for (String gone : List.of(full, next, "x")) {
      api()
          .get(BACKUPS + "/" + gone)
          .then()
          .statusCode(404)
          .body("type", equalTo("/problems/backup-not-found"));
      api().delete(BACKUPS + "/" + gone).then().statusCode(404);
    }
  }

  @Test
  void aCheckWithoutABackupFailsAndSaysWhy() {
    Response check = run(Map.of("kind", "restore-check", "backup", "20200101t000000z-00000000"));
    assertThat(check.jsonPath().getString("state")).isEqualTo("failed");
    assertThat(check.jsonPath().getString("problem.type")).isEqualTo("/problems/backup-not-found");
    assertThat(check.jsonPath().getString("problem.detail")).contains("20200101t000000z-00000000");
    Response resumed = run(Map.of("kind", "backup", "resume", "../x"));
    assertThat(resumed.jsonPath().getString("state")).isEqualTo("failed");
    assertThat(resumed.jsonPath().getString("problem.type"))
        .isEqualTo("/problems/backup-not-found");
  }

  @ParameterizedTest
  @CsvSource({"flush", "compaction", "checkpoint", "integrity-check"})
  void workOnTheDatabaseIsDone(String kind) {
    Response done = run(Map.of("kind", kind));
    assertThat(done.jsonPath().getString("state")).isEqualTo("succeeded");
    String id = done.jsonPath().getString("id");
    api().get(PATH).then().statusCode(200).body("operations.id", hasItem(id));
    if (kind.equals("integrity-check")) {
      assertThat(done.jsonPath().getBoolean("result.clean")).isTrue();
    } else {
      assertThat(done.jsonPath().getLong("result.version")).isPositive();
    }
    api().delete(PATH + "/" + id).then().statusCode(202).body("state", equalTo("succeeded"));
  }

  private String flushAs(String caller) {
    RequestContextHolder.setRequestAttributes(
        new ServletRequestAttributes(new MockHttpServletRequest()));
    try {
      new ShareHolder(caller, ShareHolder.Rank.ORDINARY).mark();
      String id = operations.start(new OperationRequest(OperationKind.FLUSH, Map.of())).id();
      await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(20))
          .until(() -> operations.running(OperationKind.FLUSH).isEmpty());
      return id;
    } finally {
      RequestContextHolder.resetRequestAttributes();
    }
  }

  @Test
  void whoStartsManyOperationsMakesTheServiceForgetNobodyElses() {
    String others = flushAs("another");
    String own = flushAs("greedy");
    for (int i = 0; i < 120; i++) {
      flushAs("greedy");
    }
    assertThat(operations.list()).extracting(Operation::id).contains(others).doesNotContain(own);
  }

  private String flushAs(ShareHolder holder, int number) {
    RequestContextHolder.setRequestAttributes(
        new ServletRequestAttributes(new MockHttpServletRequest()));
    try {
      holder.mark();
      Map<String, String> parameters = Map.of("keyspace", "operations-share-" + number);
      return operations.start(new OperationRequest(OperationKind.FLUSH, parameters)).id();
    } finally {
      RequestContextHolder.resetRequestAttributes();
    }
  }

  /// Operations end under the monitor that is held here.
  @Test
  void oneCallerCannotRunAllOperationsThereMayBe() {
    ShareHolder greedy = new ShareHolder("greedy", ShareHolder.Rank.ORDINARY);
    ShareHolder admin = new ShareHolder("admin", ShareHolder.Rank.ADMIN);
    for (int i = 0; i < 9; i++) {
      database.keyspace("operations-share-" + i, KeyspaceOptions.defaults());
    }
    Operations held = operations;
    synchronized (held) {
      for (int i = 0; i < 7; i++) {
        flushAs(greedy, i);
      }
      assertThatThrownBy(() -> flushAs(greedy, 7))
          .isInstanceOfSatisfying(
              ProblemException.class,
              refused -> assertThat(refused.problem().type()).isEqualTo(ProblemType.OVERLOADED));
      assertThatThrownBy(() -> flushAs(admin, 0))
          .isInstanceOfSatisfying(
              ProblemException.class,
              refused ->
                  assertThat(refused.problem().type())
                      .isEqualTo(ProblemType.OPERATION_IN_PROGRESS));
      assertThat(flushAs(admin, 7)).isNotEmpty();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> operations.running(OperationKind.FLUSH).isEmpty());
    assertThat(shares.of(Shared.OPERATIONS).held()).isZero();
  }

  /// Work tells how far it is under the monitor that is held here, and asks behind that whether it is still wanted.
  @Test
  void anIntegrityCheckIsCancelledInTheMiddle() {
    run(Map.of("kind", "integrity-check"));
    IntegrityChecks.State before = checks.state();
    String id;
    Operations held = operations;
    synchronized (held) {
      OperationRequest request = new OperationRequest(OperationKind.INTEGRITY_CHECK, Map.of());
      id = held.start(request).id();
      assertThat(held.cancel(id).state()).isEqualTo("running");
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !operations.get(id).state().equals("running"));
    api()
        .get(PATH + "/" + id)
        .then()
        .statusCode(200)
        .body("state", equalTo("cancelled"))
        .body("result", nullValue())
        .body("problem", nullValue());
    assertThat(checks.state()).isEqualTo(before);
    run(Map.of("kind", "integrity-check"));
    assertThat(checks.state().startedAt()).isNotEqualTo(before.startedAt());
  }

  @Test
  void anIntegrityCheckTellsHowFarItIs() throws IOException {
    database.keyspace("operations-test").flush();
    List<Double> shares = new ArrayList<>();
    OperationControl control =
        new OperationControl() {
          @Override
          public void progress(long done, long all) {
            shares.add((double) done / all);
          }

          @Override
          public boolean isCancelled() {
            return shares.size() == 2;
          }
        };
    assertThat(work.run(new OperationRequest(OperationKind.INTEGRITY_CHECK, Map.of()), control))
        .isNull();
    assertThat(shares)
        .hasSize(2)
        .isSorted()
        .allSatisfy(share -> assertThat(share).isBetween(0.0, 1.0));
  }

  @Test
  void oneKeyspaceCanBeNamed() {
    Response done = run(Map.of("kind", "flush", "keyspace", "operations-test"));
    assertThat(done.jsonPath().getInt("result.keyspaces")).isEqualTo(1);
    post(Map.of("kind", "compaction", "keyspace", "absent"))
        .statusCode(404)
        .body("type", equalTo("/problems/keyspace-not-found"));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    for (Map<String, String> body :
        List.of(
            Map.of("kind", "restore"),
            Map.of("type", "full"),
            Map.of("kind", "backup", "type", "whole"),
            Map.of("kind", "backup", "keyspace", "default"),
            Map.of("kind", "checkpoint", "keyspace", "default"))) {
      post(body).statusCode(422).body("type", equalTo("/problems/invalid-content"));
    }
    post(Map.of("kind", "backup", "tipe", "full")).statusCode(422).body("nearest", equalTo("type"));
    api().contentType("application/json").body("{").post(PATH).then().statusCode(400);
    api().contentType("application/json").body("[]").post(PATH).then().statusCode(422);
    api().contentType("application/json").body("{\"kind\":1}").post(PATH).then().statusCode(422);
    api().contentType("text/plain").body("{}").post(PATH).then().statusCode(415);
    api()
        .get(PATH + "/0")
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/operation-not-found"));
    api().delete(PATH + "/0").then().statusCode(404);
  }

  @Test
  void backupsAreAPartOfHealthAndMetrics() {
    String id = backUp("full");
    api()
        .get("/actuator/health")
        .then()
        .statusCode(200)
        .body("components.backups.status", equalTo("UP"));
    String metrics = api().get("/actuator/prometheus").asString();
    assertThat(metrics)
        .contains("lightning_backup_age_seconds ")
        .contains("lightning_backup_size_bytes ")
        .contains("lightning_backup_failures_total ");
    api().delete(BACKUPS + "/" + id).then().statusCode(204);
  }
}
