package io.lightningdb.server.web;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.RunningService;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDeadlineTest extends RunningService {
  private static final String AT_ONCE = "PT0.000000001S";

  private static void assertTooLate(ValidatableResponse answer) {
    answer
        .statusCode(504)
        .body("type", equalTo("/problems/deadline-exceeded"))
        .body("retryable", equalTo(true))
        .body("detail", containsString("deadline of PT"));
  }

  @Test
  void waitsForLocksEndInTime() {
    Keyspace keyspace = database.keyspace("default");
    Transaction holder = database.begin(Isolation.SNAPSHOT);
    try {
      holder.lockForUpdate(keyspace, "contended".getBytes(StandardCharsets.UTF_8));
      String other = api().post("/v1/transactions").jsonPath().getString("id");
      String entry = "/v1/transactions/" + other + "/keyspaces/default/entries/contended";

      assertTooLate(
          api().header("Lightning-Timeout", "PT0.05S").get(entry + "?lock=update").then());

      api().get("/v1/transactions/" + other).then().statusCode(200);
      api().delete("/v1/transactions/" + other).then().statusCode(204);
    } finally {
      holder.close();
    }
  }

  @Test
  void waitsForVersionsEndInTime() {
    assertTooLate(
        api()
            .header("Lightning-Timeout", "PT0.01S")
            .header("Lightning-Version-At-Least", 1_000_000_000)
            .get("/v1/keyspaces")
            .then());
  }

  @Test
  void countsAndWritesEndInTime() {
    String path = keyspace("deadlines") + "/entries";
    Keyspace keyspace = database.keyspace("deadlines");
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < 1000; i++) {
      batch.put(keyspace, "k%04d".formatted(i).getBytes(StandardCharsets.UTF_8), new byte[1]);
    }
    database.write(batch, Durability.LOGGED);

    assertTooLate(api().header("Lightning-Timeout", AT_ONCE).get(path + ":count").then());
    assertTooLate(api().header("Lightning-Timeout", AT_ONCE).body("v").put(path + "/new").then());
    assertTooLate(
        api()
            .header("Lightning-Timeout", AT_ONCE)
            .contentType("application/json")
            .body("{\"keys\":[\"k0001\"]}")
            .post(path + ":multiget")
            .then());
    assertTooLate(
        api()
            .header("Lightning-Timeout", AT_ONCE)
            .contentType("application/x-ndjson")
            .body("{\"key\":\"new\",\"value\":1}".getBytes(StandardCharsets.UTF_8))
            .post(path + ":import")
            .then()
            .body("acknowledgedLines", equalTo(0)));
    api().get(path + "/new").then().statusCode(404);
    api()
        .header("Lightning-Timeout", "PT1H")
        .get(path + ":count")
        .then()
        .statusCode(200)
        .body("count", equalTo(1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT1S", "5", "5s", "PT1H0.001S", "soon"})
  void otherDurationsAreRefused(String timeout) {
    api()
        .header("Lightning-Timeout", timeout)
        .get("/v1/keyspaces")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-parameter"))
        .body("parameter", equalTo("Lightning-Timeout"));
  }
}
