package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest extends RunningService {
  private String entry = "";
  private String tag = "";

  @BeforeEach
  void setUp() {
    entry = keyspace("condition-test") + "/entries/a";
    tag = api().body("first").put(entry).header("ETag");
  }

  @Test
  void putIfMatchReplacesTheVersionThatTheClientRead() {
    api().header("If-Match", tag).body("second").put(entry).then().statusCode(200);

    api()
        .header("If-Match", tag)
        .body("third")
        .put(entry)
        .then()
        .statusCode(412)
        .body("type", equalTo("/problems/precondition-failed"))
        .header("ETag", equalTo(api().get(entry).header("ETag")));
    assertThat(api().get(entry).asString()).isEqualTo("second");
  }

  @Test
  void oneTagOfAListIsEnough() {
    String list = "\"1\", W/\"2\" ,\"not-a-version\"," + tag;
    api().header("If-Match", list).body("second").put(entry).then().statusCode(200);
    api().header("If-Match", list).body("third").put(entry).then().statusCode(412);
  }

  @Test
  void tagsAreOneListInOneHeaderLine() {
    api().header("If-Match", "\"1\", " + tag).body("second").put(entry).then().statusCode(200);
    api().header("If-Match", "\"1\"", tag).body("third").put(entry).then().statusCode(400);
    api().get(entry).then().body(equalTo("second"));
  }

  @Test
  void starMatchesAnyEntryAndNoAbsence() {
    api().header("If-Match", "*").body("second").put(entry).then().statusCode(200);
    api().delete(entry);
    api()
        .header("If-Match", "*")
        .body("third")
        .put(entry)
        .then()
        .statusCode(412)
        .header("ETag", nullValue())
        .body("actualVersion", equalTo(0));
  }

  @Test
  void weakTagsAndVersionZeroMatchNothing() {
    api().header("If-Match", "W/" + tag).body("second").put(entry).then().statusCode(412);
    api().delete(entry);
    api().header("If-Match", "\"0\"").body("second").put(entry).then().statusCode(412);
  }

  @Test
  void putIfNoneMatchStarCreatesOnly() {
    api()
        .header("If-None-Match", "*")
        .body("second")
        .put(entry)
        .then()
        .statusCode(412)
        .header("ETag", tag);
    api().delete(entry);
    api().header("If-None-Match", "*").body("second").put(entry).then().statusCode(201);
  }

  @Test
  void putIfNoneMatchListRefusesTheseVersionsOnly() {
    api().header("If-None-Match", tag).body("second").put(entry).then().statusCode(412);
    api().header("If-None-Match", "W/" + tag).body("second").put(entry).then().statusCode(412);
    api().header("If-None-Match", "\"1\"").body("second").put(entry).then().statusCode(200);
    api().delete(entry);
    api().header("If-None-Match", tag).body("third").put(entry).then().statusCode(201);
  }

  @Test
  void bothConditionsMustHold() {
    api()
        .header("If-Match", tag)
        .header("If-None-Match", tag)
        .body("second")
        .put(entry)
        .then()
        .statusCode(412);
    api()
        .header("If-Match", tag)
        .header("If-None-Match", "\"1\"")
        .body("second")
        .put(entry)
        .then()
        .statusCode(200);
  }

  @Test
  void deleteIfMatchDeletesTheVersionThatTheClientRead() {
    api().body("second").put(entry);
    api().header("If-Match", tag).delete(entry).then().statusCode(412);
    String current = api().get(entry).header("ETag");
    api().header("If-Match", current).delete(entry).then().statusCode(204);
  }

  @Test
  void deleteOfNothingIsNotFoundWhateverIsDemanded() {
    api().delete(entry);
    for (String condition : List.of("*", tag)) {
      api().header("If-Match", condition).delete(entry).then().statusCode(404);
      api().header("If-None-Match", condition).delete(entry).then().statusCode(404);
    }
  }

  @Test
  void unchangedEntryIsNotSentAgain() {
    for (String header : List.of(tag, "W/" + tag, "*", "\"1\", " + tag)) {
      Response response = api().header("If-None-Match", header).get(entry);
      assertThat(response.statusCode()).isEqualTo(304);
      assertThat(response.header("ETag")).isEqualTo(tag);
      assertThat(response.asByteArray()).isEmpty();
    }
    api().header("If-None-Match", tag).head(entry).then().statusCode(304);
    api().header("If-None-Match", "\"1\"").get(entry).then().statusCode(200);
  }

  @Test
  void getIfMatchAnswersThatVersionOnly() {
    api().header("If-Match", tag).get(entry).then().statusCode(200);
    api().header("If-Match", "*").get(entry).then().statusCode(200);
    api().header("If-Match", "\"1\"").get(entry).then().statusCode(412).header("ETag", tag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42", "\"42", "42\"", "\"1\" \"2\"", "\"1\";", "**", "*, \"1\""})
  void malformedTagsAreRefused(String header) {
    api().header("If-Match", header).body("second").put(entry).then().statusCode(400);
    api()
        .header("If-None-Match", header)
        .get(entry)
        .then()
        .statusCode(400)
        .body("parameter", equalTo("If-None-Match"));
  }

  @Test
  void ofManyWritersWithOneTagOneWins() throws Exception {
    Callable<Integer> write =
        () -> api().header("If-Match", tag).body("mine").put(entry).statusCode();
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> answers =
          clients.invokeAll(Stream.generate(() -> write).limit(24).toList());
      List<Integer> statuses = answers.stream().map(Future::resultNow).sorted().toList();
      assertThat(statuses.getFirst()).isEqualTo(200);
      assertThat(statuses.subList(1, 24)).containsOnly(412);
    }
  }

  @Test
  void oneRangeOfBytesIsAnswered() {
    api().contentType("text/plain").body("0123456789").put(entry);
    assertPart("bytes=0-0", "0", "bytes 0-0/10");
    assertPart("bytes=2-4", "234", "bytes 2-4/10");
    assertPart("bytes=8-", "89", "bytes 8-9/10");
    assertPart("bytes=8-99", "89", "bytes 8-9/10");
    assertPart("bytes=-3", "789", "bytes 7-9/10");
    assertPart("bytes=-99", "0123456789", "bytes 0-9/10");
  }

  private void assertPart(String range, String body, String contentRange) {
    Response response = api().header("Range", range).get(entry);
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.asString()).isEqualTo(body);
    assertThat(response.header("Content-Range")).isEqualTo(contentRange);
    assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(body.length()));
    assertThat(response.contentType()).isEqualTo("text/plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10-", "bytes=10-12", "bytes=-0"})
  void rangeBehindTheEndCannotBeSatisfied(String range) {
    api().body("0123456789").put(entry);
    api()
        .header("Range", range)
        .get(entry)
        .then()
        .statusCode(416)
        .header("Content-Range", "bytes */10")
        .body("type", equalTo("/problems/range-not-satisfiable"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b"})
  void otherRangesAreIgnored(String range) {
    api().body("0123456789").put(entry);
    Response response = api().header("Range", range).get(entry);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.asString()).isEqualTo("0123456789");
  }

  @Test
  void rangeOfAnotherVersionIsAnsweredWhole() {
    String current = api().body("0123456789").put(entry).header("ETag");
    api()
        .header("Range", "bytes=0-1")
        .header("If-Range", current)
        .get(entry)
        .then()
        .statusCode(206);
    api().header("Range", "bytes=0-1").header("If-Range", tag).get(entry).then().statusCode(200);
    api()
        .header("Range", "bytes=0-1")
        .header("If-Range", "Mon, 01 Jan 2024 00:00:00 GMT")
        .get(entry)
        .then()
        .statusCode(200);
  }

  @Test
  void headIgnoresRanges() {
    api().body("0123456789").put(entry);
    api()
        .header("Range", "bytes=0-1")
        .head(entry)
        .then()
        .statusCode(200)
        .header("Content-Length", "10");
  }
}
