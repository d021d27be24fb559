package io.lightningdb.server.keyvalue;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PastReadTest extends RunningService {
  private String keyspace = "";
  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("past-test");
    keyspace = keyspace("past-test");
    entries = keyspace + "/entries";
    api()
        .contentType("application/json")
        .body("{\"historyVersions\":3}")
        .put(keyspace)
        .then()
        .statusCode(200);
  }

  private long put(String key, String text) {
    Response response = api().contentType("text/plain").body(text).put(entries + "/" + key);
    return response.jsonPath().getLong("version");
  }

  private void mergeAway() {
    database.keyspace("past-test").flush();
    database.keyspace("past-test").compact();
  }

  @Test
  void entriesAreReadAsTheyWere() {
    long before = database.visibleVersion();
    long first = put("a", "one");
    long second = put("a", "two");
    api().delete(entries + "/a").then().statusCode(204);
    mergeAway();

    api().get(entries + "/a?at=" + before).then().statusCode(404);
    api()
        .get(entries + "/a?at=" + first)
        .then()
        .statusCode(200)
        .body(equalTo("one"))
        .header("ETag", "\"" + first + "\"")
        .header("Lightning-Version", Long.toString(first));
    api().get(entries + "/a?at=" + second).then().statusCode(200).body(equalTo("two"));
    api().head(entries + "/a?at=" + second).then().statusCode(200).header("Content-Length", "3");
    api().get(entries + "/a").then().statusCode(404);
  }

  @Test
  void rangesCountsAndMultigetsAreReadAsTheyWere() {
    put("a", "1");
    long two = put("b", "2");
    put("a", "changed");
    put("c", "3");

    api().get(entries + ":count?at=" + two).then().statusCode(200).body("count", equalTo(2));
    api()
        .contentType("application/json")
        .body("{\"keys\":[\"a\",\"c\"]}")
        .post(entries + ":multiget?at=" + two)
        .then()
        .statusCode(200)
        .body("entries[0].value", equalTo("1"))
        .body("entries[1].version", equalTo(0))
        .body("version", equalTo((int) two));
    Response page = api().get(entries + "?limit=1&at=" + two);
    page.then().statusCode(200).body("entries", hasSize(1)).body("version", equalTo((int) two));
    put("b", "changed");
    mergeAway();
    api()
        .get(entries + "?cursor=" + page.jsonPath().getString("cursor"))
        .then()
        .statusCode(200)
        .body("entries", hasSize(1))
        .body("entries[0].value", equalTo("2"))
        .body("version", equalTo((int) two));
    api()
        .accept("application/x-ndjson")
        .get(entries + "?at=" + two)
        .then()
        .statusCode(200)
        .header("Lightning-Version", Long.toString(two));
  }

  @Test
  void versionsThatAreMergedAwayAreGone() {
    api().contentType("application/json").body("{\"historyVersions\":1}").put(keyspace);
    long first = put("a", "one");
    put("a", "two");
    put("a", "three");
    mergeAway();

    for (String path : new String[] {"/a?at=", "?at=", ":count?at="}) {
      api()
          .get(entries + path + first)
          .then()
          .statusCode(410)
          .body("type", equalTo("/problems/version-not-retained"))
          .body("version", equalTo((int) first))
          .body("oldestVersion", greaterThan((int) first));
    }
    api()
        .contentType("application/json")
        .body("{\"keys\":[\"a\"]}")
        .post(entries + ":multiget?at=" + first)
        .then()
        .statusCode(410);
    api().accept("application/x-ndjson").get(entries + "?at=" + first).then().statusCode(410);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1.5", "1000000000000000000", "999999999999999999"})
  void whatIsNoVisibleVersionIsRefused(String at) {
    put("a", "one");
    api()
        .get(entries + "/a?at=" + at)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-parameter"))
        .body("parameter", equalTo("at"));
  }

  @Test
  void listsThatGoOnKeepTheirVersion() {
    put("a", "1");
    long two = put("b", "2");
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");
    api()
        .get(entries + "?at=" + two + "&cursor=" + cursor)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-cursor"));
  }
}
