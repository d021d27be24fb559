package io.lightningdb.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdministrationTest extends RunningService {

  @Test
  void limitsInForceArePublished() {
    api()
        .get("/v1/limits")
        .then()
        .statusCode(200)
        .body("keyBytesMax", equalTo(4096))
        .body("valueBytesMax", equalTo(16 << 20))
        .body("batchBytesMax", equalTo(64 << 20))
        .body("batchOperationsMax", equalTo(200))
        .body("pageEntriesDefault", equalTo(50))
        .body("pageEntriesMax", equalTo(500))
        .body("pageBytesMax", equalTo(64 << 10))
        .body("multigetKeysMax", equalTo(100))
        .body("importLineBytesMax", equalTo(32 << 10))
        .body("importExpansionMax", equalTo(100))
        .body("keyspacesMax", equalTo(60))
        .body("waitForVersionMillisMax", equalTo(150))
        .body("cursorAgeMillisMax", equalTo(300_000))
        .body("cursorsMax", equalTo(8))
        .body("transactionsOpenMax", equalTo(40))
        .body("transactionBytesMax", equalTo(64 << 10))
        .body("transactionAgeMillisMax", equalTo(300_000))
        .body("transactionLeaseMillisDefault", equalTo(30_000))
        .body("lockWaitMillisMax", equalTo(2000))
        .body("diskReserveBytes", greaterThan(0))
        .body("diskBallastBytesMax", greaterThan(0))
        .body("diskBallastBytes", greaterThanOrEqualTo(0));
  }

  @Test
  void storageIsDescribed() {
    Response storage = api().get("/v1/admin/storage");

    storage
        .then()
        .statusCode(200)
        .body("log.segments", greaterThan(0))
        .body("log.bytes", greaterThan(0))
        .body("diskFreeBytes", greaterThan(0L));
    assertThat(storage.jsonPath().getList("keyspaces.name", String.class)).contains("default");
    assertThat(storage.jsonPath().getString("directory")).contains("service-tests");
  }

  @Test
  void keyspacesAreTakenApart() {
    String path = keyspace("apart");
    api()
        .contentType("application/json")
        .body("{\"layout\":\"read-optimized\"}")
        .put(path)
        .then()
        .statusCode(200);
    for (String key : List.of("a%3Cscript%3E", "z%09", "m")) {
      String encoding = key.contains("%09") ? "?keyEncoding=base64url" : "";
      String name = encoding.isEmpty() ? key : "egk";
      api().body("x").put(path + "/entries/" + name + encoding).then().statusCode(201);
    }
    database.keyspace("apart").flush();
    api().delete(path + "/entries/m").then().statusCode(204);

    api()
        .get("/v1/admin/storage/keyspaces/apart")
        .then()
        .statusCode(200)
        .body("name", equalTo("apart"))
        .body("layout", equalTo("read-optimized"))
        .body("layoutInForce", equalTo("read-optimized"))
        .body("memtables[0].state", equalTo("active"))
        .body("memtables[0].deletions", equalTo(1))
        .body("levels[0].sortedRunsMax", equalTo(1))
        .body("levels[0].sortedRuns[0].runs[0].entries", equalTo(3))
        .body("levels[0].sortedRuns[0].runs[0].firstKey.text", equalTo("a<script>"))
        .body("levels[0].sortedRuns[0].runs[0].lastKey.base64url", equalTo("egk"))
        .body("levels[0].sortedRuns[0].runs[0].lastKey.bytes", equalTo(2))
        .body("compactions.size()", equalTo(0))
        .body("runFilesLeftOut", equalTo(0));
    for (String refused : List.of("0", "2001", "x")) {
      api()
          .get("/v1/admin/storage/keyspaces/apart?limit=" + refused)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-parameter"));
    }
    api().get("/v1/admin/storage/keyspaces/_lightning-x").then().statusCode(400);
  }

  @Test
  void settingsInForceAreTold() {
    Response settings = api().get("/v1/admin/settings");

    settings.then().statusCode(200);
    String one = "settings.find { it.name == '%s' }.%s";
    assertThat(
            settings.jsonPath().getString(one.formatted("lightning.limits.keyspaces-max", "value")))
        .isEqualTo("60");
    assertThat(settings.jsonPath().getString(one.formatted("lightning.cursor-secret", "value")))
        .isEqualTo("***");
    assertThat(settings.asString()).doesNotContain(SECRET);
    assertThat(settings.jsonPath().getString(one.formatted("server.address", "source")))
        .isEqualTo("default");
  }

  @Test
  void nothingIsDamaged() {
    api().get("/v1/admin/quarantine").then().statusCode(200).body("items.size()", equalTo(0));
  }

  @Test
  void unknownParametersAreRefused() {
    api()
        .get("/v1/limits?a=b")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unknown-parameter"));
    api().get("/v1/admin/storage?a=b").then().statusCode(400);
  }
}
