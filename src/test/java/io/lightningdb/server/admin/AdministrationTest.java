package io.lightningdb.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
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
  void unknownParametersAreRefused() {
    api()
        .get("/v1/limits?a=b")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unknown-parameter"));
    api().get("/v1/admin/storage?a=b").then().statusCode(400);
  }
}
