package io.lightningdb.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotsTest extends RunningService {
  private static final String PATH = "/v1/admin/snapshots";

  /// Number of the snapshot with this owner, which must be there.
  private long id(String owner) {
    JsonPath list = api().get(PATH).then().statusCode(200).extract().jsonPath();
    List<String> owners = list.getList("snapshots.owner", String.class);
    assertThat(owners).contains(owner);
    return list.getLong("snapshots[" + owners.lastIndexOf(owner) + "].id");
  }

  @Test
  void listWhoseSnapshotIsEndedSaysSo() {
    String entries = keyspace("snapshots-test") + "/entries";
    for (String key : List.of("a", "b", "c")) {
      api().body(key).put(entries + "/" + key).then().statusCode(201);
    }
    Response first = api().get(entries + "?limit=1");
    String next = entries + "?limit=1&cursor=" + first.jsonPath().getString("cursor");
    long id = id("client 127.0.0.1, GET " + entries);

    api().delete(PATH + "/" + id).then().statusCode(204);

    api().get(next).then().statusCode(410).body("type", equalTo("/problems/snapshot-ended"));
    api().get(next).then().statusCode(410).body("type", equalTo("/problems/cursor-expired"));
    api().delete(PATH + "/" + id).then().statusCode(404);
    database.dropKeyspace("snapshots-test");
  }

  @Test
  void endingTheSnapshotOfATransactionEndsTheTransaction() {
    Response begun = api().post("/v1/transactions");
    String transaction = begun.header("Location");
    String number = begun.jsonPath().getString("id").replaceFirst("-.*", "");
    long id = id("transaction " + number + ", client 127.0.0.1");

    api().delete(PATH + "/" + id).then().statusCode(204);

    api()
        .post(transaction + "/commit")
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/transaction-expired"));
  }

  @Test
  void snapshotsThatAreNoneAreNotFound() {
    for (String none : List.of("0", "999999999999", "9999999999999999999", "x", "-1")) {
      api()
          .delete(PATH + "/" + none)
          .then()
          .statusCode(404)
          .body("type", equalTo("/problems/snapshot-not-found"));
    }
  }
}
