package io.lightningdb.server.keyvalue.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("core")
class RangeTest extends RunningService {
  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("range-test");
    entries = keyspace("range-test") + "/entries";
    for (String key : List.of("a1", "a2", "a3", "b1", "b2")) {
      api()
          .contentType("application/json")
          .body("{\"of\":\n\"" + key + "\"}")
          .put(entries + "/" + key);
    }
  }

  private long count(String query) {
    return api().get(entries + ":count" + query).jsonPath().getLong("count");
  }

  @Test
  void rangeIsDeletedInOneCommit() {
    Response response = api().delete(entries + "?prefix=a&confirm=true");

    assertThat(response.statusCode()).isEqualTo(200);
    long version = response.jsonPath().getLong("version");
    assertThat(response.header("Lightning-Version")).isEqualTo(Long.toString(version));
    assertThat(count("")).isEqualTo(2);
    assertThat(api().get(entries + "/a1").statusCode()).isEqualTo(404);

    api()
        .header("Lightning-Durability", "logged")
        .delete(entries + "?start=b1&end=b2&confirm=true")
        .then()
        .statusCode(202);
    assertThat(count("")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefix=a", "prefix=a&confirm=false", "start=a&end=b"})
  void deletionWithoutConfirmationIsRefused(String query) {
    api()
        .delete(entries + "?" + query)
        .then()
        .statusCode(428)
        .body("type", equalTo("/problems/confirmation-required"))
        .body("parameter", equalTo("confirm"));
    assertThat(count("")).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "confirm=true",
        "prefix=&confirm=true",
        "start=&end=&confirm=true",
        "prefx=a&confirm=true",
        "start=a&edn=b&confirm=true",
        "prefix=a&confirm=yes"
      })
  void deletionOfEverythingOrOfWhatWasNotMeantIsRefused(String query) {
    api().delete(entries + "?" + query).then().statusCode(400);
    assertThat(count("")).isEqualTo(5);
  }

  @Test
  void deletionOfAnEmptyRangeChangesNothing() {
    api().delete(entries + "?start=b&end=a&confirm=true").then().statusCode(200);
    api().delete(entries + "?prefix=x&confirm=true").then().statusCode(200);
    assertThat(count("")).isEqualTo(5);
  }

  @Test
  void streamHasOneEntryALineAtOneVersion() {
    Response stream = api().accept("application/x-ndjson").get(entries);

    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.contentType()).isEqualTo("application/x-ndjson");
    List<String> lines = stream.asString().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines)
        .map(line -> JsonMapper.shared().readTree(line).path("key").asString())
        .containsExactly("a1", "a2", "a3", "b1", "b2");
    assertThat(lines.getFirst()).contains("\"value\":{\"of\": \"a1\"}");
    assertThat(stream.header("Lightning-Version"))
        .isEqualTo(Long.toString(database.visibleVersion()));
  }

  @Test
  void streamTakesRangeDirectionFieldsAndLimit() {
    Response stream =
        api()
            .accept("application/x-ndjson")
            .get(entries + "?prefix=a&reverse=true&fields=key&limit=2");

    assertThat(stream.asString()).isEqualTo("{\"key\":\"a3\"}\n{\"key\":\"a2\"}\n");
    assertThat(api().accept("application/x-ndjson").get(entries + "?prefix=x").asString())
        .isEmpty();
    api().accept("application/x-ndjson").get(entries + "?cursor=x").then().statusCode(400);
  }

  @Test
  void jsonIsAnsweredUnlessLinesArePreferred() {
    for (String accept :
        List.of(
            "*/*",
            "application/json",
            "application/*",
            "application/json, application/x-ndjson;q=0.5")) {
      api().accept(accept).get(entries).then().statusCode(200).contentType("application/json");
    }
    for (String accept : List.of("application/x-ndjson", "application/x-ndjson, */*;q=0.1")) {
      api().accept(accept).get(entries).then().statusCode(200).contentType("application/x-ndjson");
    }
    api()
        .accept("text/html")
        .get(entries)
        .then()
        .statusCode(406)
        .body("type", equalTo("/problems/not-acceptable"));
  }

  @Test
  void absentKeyspacesHaveNoRanges() {
    String nowhere = "/v1/keyspaces/nowhere/entries";
    api().get(nowhere).then().statusCode(404);
    api().get(nowhere + ":count").then().statusCode(404);
    api().get(nowhere + ":export").then().statusCode(404);
    api().delete(nowhere + "?prefix=a&confirm=true").then().statusCode(404);
  }
}
