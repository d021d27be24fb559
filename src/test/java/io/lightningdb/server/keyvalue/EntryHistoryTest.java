package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.lightningdb.server.RunningService;
import io.restassured.path.json.JsonPath;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The versions of an entry are told, and can be read.
class EntryHistoryTest extends RunningService {

  private String filled(String name) {
    String entries = keyspace(name) + "/entries/";
    api()
        .contentType("application/json")
        .body("{\"a\":1}")
        .put(entries + "a%2Fb")
        .then()
        .statusCode(201);
    api()
        .contentType("text/html")
        .header("Lightning-Ttl", "PT1H")
        .body("<script>")
        .put(entries + "a%2Fb")
        .then()
        .statusCode(200);
    api().delete(entries + "a%2Fb").then().statusCode(204);
    return entries + "a%2Fb";
  }

  @Test
  void versionsAreToldNewestFirst() {
    String entry = filled("versions");

    JsonPath history =
        api()
            .get(entry + "/history")
            .then()
            .statusCode(200)
            .body("versions.deleted", contains(true, false, false))
            .body("versions[0]", not(hasKey("storedBytes")))
            .body("versions[1].contentType", equalTo("text/html"))
            .body("versions[1].sizeBytes", equalTo(8))
            .body("versions[1]", hasKey("expiresAt"))
            .body("versions[2].contentType", equalTo("application/json"))
            .body("versions[2].sizeBytes", equalTo(7))
            .body("versions[2].storedBytes", equalTo(8))
            .body("$", not(hasKey("next")))
            .extract()
            .jsonPath();

    // What was deleted can be had again.
    long before = history.getLong("versions[1].version");
    assertThat(history.getLong("historyFrom")).isLessThanOrEqualTo(before);
    assertThat(api().get(entry + "?at=" + before).asString()).isEqualTo("<script>");
    api().get("/v1/keyspaces/versions/entries/never/history").then().body("versions", hasSize(0));
  }

  @Test
  void pagesLeadToOlderVersions() {
    String entry = filled("older");

    JsonPath first =
        api().get(entry + "/history?limit=2").then().statusCode(200).extract().jsonPath();
    assertThat(first.getList("versions")).hasSize(2);
    api()
        .get(entry + "/history?limit=2&before=" + first.getLong("next"))
        .then()
        .statusCode(200)
        .body("versions", hasSize(1))
        .body("$", not(hasKey("next")));
    for (String refused : List.of("limit=0", "limit=101", "before=x", "before=-1")) {
      api()
          .get(entry + "/history?" + refused)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-parameter"));
    }
  }

  @Test
  void keysMayBeBytes() {
    String entries = keyspace("versions-of-bytes") + "/entries/";
    api().body("x").put(entries + "_wA?keyEncoding=base64url").then().statusCode(201);
    api()
        .get(entries + "_wA/history?keyEncoding=base64url")
        .then()
        .statusCode(200)
        .body("versions", hasSize(1));
  }
}
