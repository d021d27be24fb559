package io.lightningdb.server.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import io.lightningdb.engine.Database;
import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyspaceTest extends RunningService {
  private static final String PATH = "/v1/keyspaces/keyspace-test";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("keyspace-test");
  }

  private Response put(String options) {
    return api().contentType("application/json").body(options).put(PATH);
  }

  @Test
  void keyspaceIsCreatedWithDefaultsOrTheOptionsAskedFor() {
    Response created = api().put(PATH);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.jsonPath().<String, Object>getMap("options"))
        .isEqualTo(api().get("/v1/keyspaces/default").jsonPath().getMap("options"));
    put("{\"preset\":\"balanced\"}");
    assertThat(api().get(PATH).jsonPath().getMap("options").toString())
        .isEqualTo(
            "{layout=balanced, compression=lz4, bottomCompression=same, durability=synced,"
                + " pointIndex=hash, leafBytes=4096, historyAge=PT0S, historyVersions=1,"
                + " defaultTtl=PT0S}");

    database.dropKeyspace("keyspace-test");
    put("{\"layout\":\"write-optimized\",\"compression\":\"none\",\"durability\":\"logged\",\"pointIndex\":\"none\",\"leafBytes\":512}")
        .then()
        .statusCode(201)
        .body("name", equalTo("keyspace-test"))
        .body("options.layout", equalTo("write-optimized"))
        .body("options.leafBytes", equalTo(512))
        .body("statistics.entries", equalTo(0));
  }

  @Test
  void nullIsNoBody() {
    assertThat(put("null").statusCode()).isEqualTo(201);
    put("{\"leafBytes\":8192}").then().statusCode(200);
    put("null").then().statusCode(200).body("options.leafBytes", equalTo(8192));
  }

  @Test
  void presetStandsForOptionsAndThoseBesideItCount() {
    String body = "{\"leafBytes\":8192,\"preset\":\"time-series\",\"historyVersions\":2}";
    Response created = put(body);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.jsonPath().getString("options.pointIndex")).isEqualTo("none");
    assertThat(created.jsonPath().getInt("options.leafBytes")).isEqualTo(8192);
    put(body).then().statusCode(200).header("ETag", created.header("ETag"));

    put("{\"preset\":\"read-heavy\"}")
        .then()
        .statusCode(200)
        .body("options.layout", equalTo("read-optimized"))
        .body("options.pointIndex", equalTo("hash"))
        .body("options.leafBytes", equalTo(4096))
        .body("options.historyVersions", equalTo(2))
        .body("options.preset", equalTo(null));
  }

  @Test
  void misspeltWordsAreAnsweredWithTheNearestOne() {
    put("{\"preset\":\"read-havy\"}").then().statusCode(422).body("nearest", equalTo("read-heavy"));
    put("{\"layout\":\"blanced\"}")
        .then()
        .statusCode(422)
        .body("nearest", equalTo("balanced"))
        .body("detail", containsString("the nearest one is balanced."));
  }

  @Test
  void compressionIsChosenForAllAndForTheBottom() {
    put("{\"compression\":\"zstd\",\"bottomCompression\":\"zstd-high\"}")
        .then()
        .statusCode(201)
        .body("options.compression", equalTo("zstd"))
        .body("options.bottomCompression", equalTo("zstd-high"));

    put("{\"bottomCompression\":\"same\"}")
        .then()
        .statusCode(200)
        .body("options.compression", equalTo("zstd"))
        .body("options.bottomCompression", equalTo("same"));
    put("{\"compression\":\"same\"}").then().statusCode(422);
  }

  @Test
  void equalOptionsAreFineAndOthersChangeTheKeyspace() {
    put("{\"leafBytes\":8192,\"layout\":\"balanced\"}").then().statusCode(201);
    String tag = put("{\"leafBytes\":8192}").then().statusCode(200).extract().header("ETag");

    Response changed = put("{\"layout\":\"read-optimized\"}");

    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(tag);
    assertThat(changed.jsonPath().getInt("options.leafBytes")).isEqualTo(8192);
    assertThat(changed.jsonPath().getString("options.layout")).isEqualTo("read-optimized");
    api()
        .get(PATH)
        .then()
        .statusCode(200)
        .body("options.layout", equalTo("read-optimized"))
        .header("ETag", changed.header("ETag"));
    put("{}").then().statusCode(200).header("ETag", changed.header("ETag"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"layuot\":\"balanced\"}",
        "{\"layout\":\"BALANCED\"}",
        "{\"layout\":7}",
        "{\"preset\":\"Balanced\"}",
        "{\"preset\":7}",
        "{\"leafBytes\":511}",
        "{\"leafBytes\":1048577}",
        "{\"leafBytes\":\"4096\"}",
        "{\"leafBytes\":4096.5}",
        "{\"historyAge\":3600}",
        "{\"historyAge\":\"1 hour\"}",
        "{\"historyAge\":\"-PT1S\"}",
        "{\"historyAge\":\"PT8808H\"}",
        "{\"historyVersions\":0}",
        "{\"historyVersions\":1000001}",
        "{\"historyVersions\":\"2\"}",
        "[]",
        "7",
      })
  void impossibleOptionsAreRefused(String options) {
    put(options).then().statusCode(422).body("type", equalTo("/problems/invalid-content"));
    api().get(PATH).then().statusCode(404);
  }

  @Test
  void leafBytesAreTakenAtTheirLimits() {
    put("{\"leafBytes\":512}").then().statusCode(201);
    put("{\"leafBytes\":1048576}").then().statusCode(200);
  }

  @Test
  void historyIsTakenAtItsLimitsAndLeftAloneByOtherOptions() {
    put("{\"historyAge\":\"PT8784H\",\"historyVersions\":1000000}").then().statusCode(201);
    put("{\"layout\":\"balanced\"}")
        .then()
        .statusCode(200)
        .body("options.historyAge", equalTo("PT8784H"))
        .body("options.historyVersions", equalTo(1_000_000));
    put("{\"historyAge\":\"PT0S\",\"historyVersions\":1}")
        .then()
        .body("options.historyAge", equalTo("PT0S"))
        .body("options.historyVersions", equalTo(1));
  }

  @Test
  void bodiesThatAreNoOptionsAreRefused() {
    put("{").then().statusCode(400).body("type", equalTo("/problems/malformed-json"));
    api().contentType("text/plain").body("x").put(PATH).then().statusCode(415);
    api()
        .contentType("application/json")
        .body(" ".repeat(65_537))
        .put(PATH)
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/body-too-large"));
    put("{}" + " ".repeat(65_534)).then().statusCode(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "1a", "_a", "a.b", "a%20b", "%C3%A9", "a%2Fb"})
  void namesThatAreNoneAreRefused(String name) {
    for (Response response :
        List.of(
            api().put("/v1/keyspaces/" + name),
            api().get("/v1/keyspaces/" + name),
            api().delete("/v1/keyspaces/" + name))) {
      response.then().statusCode(400).body("type", equalTo("/problems/invalid-keyspace-name"));
    }
  }

  @Test
  void namesAreTakenUpToTheirGreatestLength() {
    String longest = "a".repeat(64);
    api().put("/v1/keyspaces/" + longest).then().statusCode(201);
    api().put("/v1/keyspaces/" + longest + "a").then().statusCode(400);
    api().delete("/v1/keyspaces/" + longest + "?confirm=" + longest).then().statusCode(204);
  }

  @Test
  void droppingWantsAConfirmation() {
    put("{}");
    api().body("x").put(PATH + "/entries/a");

    api()
        .delete(PATH)
        .then()
        .statusCode(428)
        .body("type", equalTo("/problems/confirmation-required"));
    api().delete(PATH + "?confirm=").then().statusCode(428);
    api().delete(PATH + "?confirm=another").then().statusCode(428);
    api().delete(PATH + "?confirm=keyspace-test").then().statusCode(204);
    api().get(PATH).then().statusCode(404).body("type", equalTo("/problems/keyspace-not-found"));
    api().delete(PATH + "?confirm=keyspace-test").then().statusCode(404);
    put("{}").then().statusCode(201);
    api().get(PATH + "/entries/a").then().statusCode(404);
  }

  @Test
  void tagConfirmsToo() {
    String tag = put("{}").header("ETag");
    String newer = put("{\"leafBytes\":8192}").header("ETag");

    api().header("If-Match", tag).delete(PATH).then().statusCode(412).header("ETag", newer);
    api().header("If-Match", "\"1\", " + newer).delete(PATH).then().statusCode(204);
    put("{}");
    api().header("If-Match", "*").delete(PATH).then().statusCode(204);
  }

  @Test
  void defaultKeyspaceAlwaysExists() {
    api().get("/v1/keyspaces/default").then().statusCode(200);
    api()
        .delete("/v1/keyspaces/default?confirm=default")
        .then()
        .statusCode(409)
        .body("type", equalTo("/problems/default-keyspace"));
  }

  @Test
  void numberOfKeyspacesIsBounded() {
    List<String> made = new ArrayList<>();
    try {
      for (long i = countedKeyspaces(); i < 60; i++) {
        made.add("filler-" + i);
        api().put("/v1/keyspaces/filler-" + i).then().statusCode(201);
      }
      put("{}")
          .then()
          .statusCode(409)
          .body("type", equalTo("/problems/keyspaces-limit"))
          .body("limit", equalTo(60))
          .body("actual", greaterThan(60));
    } finally {
      made.forEach(database::dropKeyspace);
    }
    put("{}").then().statusCode(201);
  }

  /// Those of the service itself do not count.
  private long countedKeyspaces() {
    return database.keyspaces().stream()
        .filter(each -> !each.name().startsWith(Database.INTERNAL_PREFIX))
        .count();
  }

  @Test
  void keyspacesAreListedInPagesByName() {
    Stream.of("list-a", "list-b", "list-c").forEach(this::keyspace);
    List<String> seen = new ArrayList<>();
    Response page = api().get("/v1/keyspaces?limit=2");
    database.dropKeyspace("list-c");
    keyspace("list-bb");
    while (true) {
      seen.addAll(page.jsonPath().getList("keyspaces.name", String.class));
      String link = page.header("Link");
      if (link == null) {
        break;
      }
      assertThat(page.jsonPath().getString("cursor")).isNotNull();
      page = api().get(link.substring(1, link.indexOf('>')));
    }

    assertThat(seen)
        .isSorted()
        .doesNotHaveDuplicates()
        .contains("default", "list-a", "list-b")
        .doesNotContain("list-bb", "list-c");
    assertThat(
            api().get("/v1/keyspaces?limit=500").jsonPath().getList("keyspaces.name", String.class))
        .contains("list-bb");
    Stream.of("list-a", "list-b", "list-bb").forEach(database::dropKeyspace);
  }

  @ParameterizedTest
  @CsvSource({"limit=0, 400", "limit=501, 400", "cursor=x, 400", "prefix=a, 400"})
  void badListParametersAreRefused(String query, int status) {
    api().get("/v1/keyspaces?" + query).then().statusCode(status);
  }

  @Test
  void statisticsTellWhatAKeyspaceHolds() {
    put("{\"durability\":\"logged\"}");
    for (int i = 0; i < 100; i++) {
      api().body("value".repeat(20).getBytes(StandardCharsets.UTF_8)).put(PATH + "/entries/" + i);
    }
    Response before = api().get(PATH);
    assertThat(before.jsonPath().getLong("statistics.entries")).isEqualTo(100);
    assertThat(before.jsonPath().getLong("statistics.memtableBytes")).isGreaterThan(10_000);
    assertThat(before.jsonPath().getInt("statistics.runFiles")).isZero();

    database.keyspace("keyspace-test").flush();

    Response after = api().get(PATH);
    assertThat(after.jsonPath().getInt("statistics.runFiles")).isEqualTo(1);
    assertThat(after.jsonPath().getInt("statistics.sortedRunsPerRead")).isEqualTo(1);
    assertThat(after.jsonPath().getLong("statistics.runBytes")).isPositive();
    assertThat(after.jsonPath().getLong("statistics.bytes"))
        .isEqualTo(
            after.jsonPath().getLong("statistics.runBytes")
                + after.jsonPath().getLong("statistics.memtableBytes"));
    Response storage = api().get("/v1/admin/storage");
    assertThat(storage.jsonPath().getInt("keyspaces.find{it.name=='keyspace-test'}.runFiles"))
        .isEqualTo(1);
  }
}
