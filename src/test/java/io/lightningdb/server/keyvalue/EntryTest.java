package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.nullValue;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("core")
class EntryTest extends RunningService {
  private String entries = "";

  @BeforeEach
  void setUp() {
    entries = keyspace("entry-test") + "/entries/";
  }

  @Test
  void bodyAndContentTypeComeBackAsTheyWereSent() {
    byte[] body = {0, 1, (byte) 0xFF, 13, 10};
    api().contentType("image/png").body(body).put(entries + "logo").then().statusCode(201);

    Response response = api().get(entries + "logo");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.contentType()).isEqualTo("image/png");
    assertThat(response.asByteArray()).isEqualTo(body);
    assertThat(response.header("Content-Length")).isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/octet-stream",
        "application/json",
        "text/plain;charset=utf-8",
        "text/plain",
        "text/html;charset=iso-8859-1",
        "multipart/form-data;boundary=x",
        "application/vnd.example+json;version=2",
      })
  void everyMediaTypeComesBack(String type) {
    api()
        .header("Content-Type", type)
        .body("[1]".getBytes(StandardCharsets.UTF_8))
        .put(entries + "typed");

    Response response = api().get(entries + "typed");

    assertThat(response.contentType()).isEqualTo(type);
    assertThat(response.asString()).isEqualTo("[1]");
  }

  /// What `curl -d` says of a body by itself.
  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, hello, text/plain;charset=utf-8",
    "Application/X-WWW-Form-URLencoded ;charset=UTF-8, gr\u00fc\u00df, text/plain;charset=utf-8",
    "application/x-www-form-urlencoded, '', text/plain;charset=utf-8",
    "application/x-www-form-urlencoded, '{\"a\":1}', text/plain;charset=utf-8",
  })
  void formTypeIsNoIntentAndItsTextIsText(String type, String value, String stored) {
    byte[] body = value.getBytes(StandardCharsets.UTF_8);
    api().header("Content-Type", type).body(body).put(entries + "form").then().statusCode(201);

    Response response = api().get(entries + "form");

    assertThat(response.contentType()).isEqualTo(stored);
    assertThat(response.asByteArray()).isEqualTo(body);
    api()
        .get(entries.substring(0, entries.length() - 1) + "?prefix=form")
        .then()
        .body("entries[0].value", equalTo(value));
    api().delete(entries + "form").then().statusCode(204);
  }

  /// Generated clients cannot set the type of a body.
  @ParameterizedTest
  @CsvSource({
    "application/octet-stream, application/json, '{\"n\":9007199254740993}'",
    "application/json, text/plain;charset=utf-8, gr\u00fc\u00df",
    "'', application/x-www-form-urlencoded, a=1",
    "application/x-www-form-urlencoded, image/svg+xml, <svg/>",
    "a type that cannot be read, application/octet-stream, ''",
  })
  void headerOfTheServiceNamesTheTypeOfTheValue(String sent, String named, String value) {
    byte[] body = value.getBytes(StandardCharsets.UTF_8);
    RequestSpecification request = api().header("Lightning-Content-Type", named).body(body);
    (sent.isEmpty() ? request : request.header("Content-Type", sent))
        .put(entries + "named")
        .then()
        .statusCode(201);

    Response response = api().get(entries + "named");

    assertThat(response.contentType()).isEqualTo(named);
    assertThat(response.asByteArray()).isEqualTo(body);
    api().delete(entries + "named").then().statusCode(204);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 415",
    "text, 415",
    "text/*, 415",
    "application/json;charset=latin1, 415",
    "application/json, 400",
    "text/plain;charset=utf-8;charset=utf-16, 400",
  })
  void headerOfTheServiceIsHeldToWhatContentTypeIsHeldTo(String named, int status) {
    api()
        .header("Lightning-Content-Type", named)
        .contentType("application/octet-stream")
        .body("{".getBytes(StandardCharsets.UTF_8))
        .put(entries + "refused")
        .then()
        .statusCode(status);
    api().get(entries + "refused").then().statusCode(404);
    api()
        .header("Lightning-Content-Type", "text/plain")
        .delete(entries + "refused")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unsupported"));
  }

  @Test
  void formTypeThatIsNamedInJsonIsMeant() {
    api()
        .contentType("application/json")
        .body(
            "{\"operations\":[{\"put\":{\"key\":\"meant\",\"valueBase64\":\"YT0x\",\"contentType\":\"application/x-www-form-urlencoded\"}}]}"
                .getBytes(StandardCharsets.UTF_8))
        .post(entries.substring(0, entries.length() - 1) + ":batch")
        .then()
        .statusCode(200);

    assertThat(api().get(entries + "meant").contentType())
        .isEqualTo("application/x-www-form-urlencoded");
  }

  @Test
  void formTypeIsNoIntentAndItsBytesAreBytes() {
    byte[] body = {(byte) 0xFF, 0, 1};
    api()
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .put(entries + "formBytes")
        .then()
        .statusCode(201);

    Response response = api().get(entries + "formBytes");

    assertThat(response.contentType()).isEqualTo("application/octet-stream");
    assertThat(response.asByteArray()).isEqualTo(body);
  }

  @Test
  void valueWithoutMediaTypeIsBytes() {
    Raw.Answer put = Raw.send(port(), "PUT " + entries + "untyped", "", "abc");

    assertThat(put.status()).isEqualTo(201);
    assertThat(api().get(entries + "untyped").contentType()).isEqualTo("application/octet-stream");
  }

  @Test
  void connectionServesAsManyRequestsAsItsClientLikes() {
    int requests = 150;
    api().body("abc".getBytes(StandardCharsets.UTF_8)).put(entries + "kept");
    String get = "GET " + entries + "kept HTTP/1.1\r\nHost: localhost\r\n";
    String all = (get + "\r\n").repeat(requests - 1) + get + "Connection: close\r\n\r\n";

    Raw.Answer answers =
        Raw.exchange(port(), out -> out.write(all.getBytes(StandardCharsets.US_ASCII)));

    // The first answer is parsed; the others are in what follows.
    assertThat(answers.status()).isEqualTo(200);
    assertThat(answers.body().split("HTTP/1.1 200", -1)).hasSize(requests);
  }

  @Test
  void emptyValueIsAValue() {
    api().put(entries + "empty").then().statusCode(201);

    Response response = api().get(entries + "empty");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.asByteArray()).isEmpty();
  }

  @Test
  void putTellsWhetherTheEntryIsNewAndItsVersion() {
    Response created = api().body("a").put(entries + "twice");
    Response replaced = api().body("b").put(entries + "twice");

    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(replaced.statusCode()).isEqualTo(200);
    long version = replaced.jsonPath().getLong("version");
    assertThat(version).isGreaterThan(created.jsonPath().getLong("version"));
    assertThat(replaced.header("ETag")).isEqualTo("\"" + version + "\"");
    assertThat(replaced.header("Lightning-Version")).isEqualTo(Long.toString(version));
    assertThat(api().get(entries + "twice").header("ETag")).isEqualTo("\"" + version + "\"");
  }

  @Test
  void loggedWritesAreAcceptedAndSyncedOnesDone() {
    api()
        .header("Lightning-Durability", "logged")
        .body("a")
        .put(entries + "durable")
        .then()
        .statusCode(202)
        .header("Lightning-Durability", "logged");
    api()
        .header("Lightning-Durability", "synced")
        .body("b")
        .put(entries + "durable")
        .then()
        .statusCode(200)
        .header("Lightning-Durability", "synced");
    api()
        .header("Lightning-Durability", "logged")
        .delete(entries + "durable")
        .then()
        .statusCode(202)
        .body("version", greaterThan(0));
    api().get(entries + "durable").then().statusCode(404);
  }

  @Test
  void keyspaceDecidesTheDurabilityThatARequestDoesNotName() {
    api()
        .contentType("application/json")
        .body("{\"durability\":\"logged\"}")
        .put("/v1/keyspaces/entry-logged")
        .then()
        .statusCode(201);

    api().body("a").put("/v1/keyspaces/entry-logged/entries/a").then().statusCode(202);
  }

  @Test
  void unknownDurabilityIsRefused() {
    api()
        .header("Lightning-Durability", "maybe")
        .body("a")
        .put(entries + "x")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-parameter"))
        .body("parameter", equalTo("Lightning-Durability"))
        .body("detail", containsString("synced, logged"));
  }

  @Test
  void absentEntryIsNotFound() {
    api()
        .get(entries + "absent")
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/entry-not-found"));
    api()
        .delete(entries + "absent")
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/entry-not-found"));
    api().head(entries + "absent").then().statusCode(404);
  }

  @Test
  void absentKeyspaceIsNotFound() {
    String entry = "/v1/keyspaces/nowhere/entries/a";
    api().get(entry).then().statusCode(404).body("type", equalTo("/problems/keyspace-not-found"));
    api().body("a").put(entry).then().statusCode(404).body("keyspace", equalTo("nowhere"));
    api()
        .delete(entry)
        .then()
        .statusCode(404)
        .body("type", equalTo("/problems/keyspace-not-found"));
  }

  @Test
  void impossibleKeyspaceNameIsRefused() {
    api()
        .get("/v1/keyspaces/Nowhere/entries/a")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-keyspace-name"));
  }

  @Test
  void deletedEntryIsGone() {
    api().body("a").put(entries + "gone");

    api().delete(entries + "gone").then().statusCode(204).header("Lightning-Durability", "synced");

    api().get(entries + "gone").then().statusCode(404);
  }

  @Test
  void headAnswersTheHeadersOfGet() {
    api().contentType("text/plain").body("12345").put(entries + "head");

    Response head = api().head(entries + "head");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo("5");
    assertThat(head.contentType()).isEqualTo("text/plain");
    assertThat(head.header("ETag")).isEqualTo(api().get(entries + "head").header("ETag"));
    assertThat(head.asByteArray()).isEmpty();
  }

  @Test
  void acceptIsNotLookedAt() {
    api().contentType("text/plain").body("a").put(entries + "accept");

    api()
        .accept("application/json")
        .get(entries + "accept")
        .then()
        .statusCode(200)
        .contentType("text/plain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"a\":1",
        "{\"a\":1} x",
        "{a:1}",
        "[1,]",
        "01",
        "NaN",
        "'a'",
        "\"\t\"",
        "\uFEFF{}",
      })
  void jsonThatIsNoneIsRefused(String body) {
    api()
        .contentType("application/json")
        .body(body.getBytes(StandardCharsets.UTF_8))
        .put(entries + "json")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/malformed-json"));
  }

  @Test
  void jsonInAnotherEncodingThanUtf8IsRefused() {
    api()
        .contentType("application/json")
        .body("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE))
        .put(entries + "json")
        .then()
        .statusCode(400);
    api()
        .contentType("application/json")
        .body(new byte[] {'"', (byte) 0xC0, (byte) 0xAF, '"'})
        .put(entries + "json")
        .then()
        .statusCode(400)
        .body("detail", containsString("UTF-8"));
  }

  @Test
  void jsonKeepsEveryByte() {
    String json =
        " {\"n\" : 1.10000000000000000000001e400,\n \"big\":123456789012345678901234567890 } ";
    api().contentType("application/json").body(json).put(entries + "json").then().statusCode(201);

    assertThat(api().get(entries + "json").asString()).isEqualTo(json);
    api().delete(entries + "json");
  }

  @Test
  void jsonMayBeNestedUpToTheLimitAndNoDeeper() {
    String deepest = "[".repeat(500) + "]".repeat(500);
    api()
        .contentType("application/json")
        .body(deepest)
        .put(entries + "deep")
        .then()
        .statusCode(201);
    api()
        .contentType("application/json")
        .body("[" + deepest + "]")
        .put(entries + "deep")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/malformed-json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "*/*", "text/*", "a/b/c"})
  void contentTypeThatIsNoneIsRefused(String type) {
    api()
        .header("Content-Type", type)
        .body("a".getBytes(StandardCharsets.UTF_8))
        .put(entries + "x")
        .then()
        .statusCode(415)
        .body("type", equalTo("/problems/unsupported-media-type"));
  }

  @Test
  void contentTypeIsLimited() {
    String longest = "a/" + "b".repeat(StoredValue.CONTENT_TYPE_LENGTH_MAX - 2);
    api()
        .header("Content-Type", longest)
        .body(new byte[1])
        .put(entries + "type")
        .then()
        .statusCode(201);
    assertThat(api().get(entries + "type").contentType()).isEqualTo(longest);
    api()
        .header("Content-Type", longest + "b")
        .body(new byte[1])
        .put(entries + "type")
        .then()
        .statusCode(415);
  }

  @Test
  void encodedBodyIsRefused() {
    api()
        .header("Content-Encoding", "gzip")
        .body("a")
        .put(entries + "x")
        .then()
        .statusCode(415)
        .body("detail", containsString("gzip"));
  }

  @Test
  void largestValueIsStoredAndOneByteMoreRefused() {
    byte[] largest = new byte[16 << 20];
    largest[largest.length - 1] = 7;
    api()
        .contentType("image/x-largest")
        .body(largest)
        .put(entries + "largest")
        .then()
        .statusCode(201);
    assertThat(api().get(entries + "largest").asByteArray()).isEqualTo(largest);

    api()
        .contentType("image/x-largest")
        .body(new byte[largest.length + 1])
        .put(entries + "largest")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/value-too-large"))
        .body("limit", equalTo(largest.length))
        .body("actual", equalTo(largest.length + 1));
    api().delete(entries + "largest");
  }

  @Test
  void valueTooLargeIsNoticedInBodiesOfUnknownLengthToo() {
    String chunk = "a".repeat(1 << 20);
    Raw.Answer answer = Raw.sendChunked(port(), "PUT " + entries + "endless", chunk, 17);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body()).contains("/problems/value-too-large");
  }

  @Test
  void valueThatTheServiceDidNotWriteIsNotGuessedAt() {
    Keyspace keyspace = database.keyspace("entry-test");
    keyspace.put("foreign".getBytes(StandardCharsets.UTF_8), new byte[] {77, 1, 2});

    api()
        .get(entries + "foreign")
        .then()
        .statusCode(500)
        .body("type", equalTo("/problems/unreadable-value"));

    api().delete(entries + "foreign").then().statusCode(204);
  }

  @Test
  void waitsForAVersionWithinBounds() {
    long visible = api().body("a").put(entries + "waited").jsonPath().getLong("version");

    api()
        .header("Lightning-Version-At-Least", visible)
        .get(entries + "waited")
        .then()
        .statusCode(200)
        .header("Lightning-Version", Long::parseLong, greaterThan(visible - 1));
    api()
        .header("Lightning-Version-At-Least", visible + 1_000_000)
        .get(entries + "waited")
        .then()
        .statusCode(503)
        .header("Retry-After", "1")
        .body("type", equalTo("/problems/version-not-yet-visible"))
        .body("retryable", equalTo(true))
        .body("actual", equalTo((int) visible + 1_000_000));
    api()
        .header("Lightning-Version-At-Least", "soon")
        .get(entries + "waited")
        .then()
        .statusCode(400);
  }

  @Test
  void notOfferedPartsOfTheContractAreRefusedAndChangeNothing() {
    api().header("Idempotency-Key", "k").body("a").put(entries + "later").then().statusCode(400);
    api().get(entries + "later").then().statusCode(404);
  }

  @Test
  void unknownParametersAndHeadersAreRefusedWithTheNearestName() {
    api()
        .get(entries + "a?keyEncodnig=text")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/unknown-parameter"))
        .body("nearest", equalTo("keyEncoding"));
    api()
        .header("Lightning-Durablity", "logged")
        .body("a")
        .put(entries + "a")
        .then()
        .statusCode(400)
        .body("nearest", equalTo("Lightning-Durability"));
    api()
        .get(entries + "a?keyEncoding=text&keyEncoding=text")
        .then()
        .statusCode(400)
        .body("nearest", nullValue());
  }
}
