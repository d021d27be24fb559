package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that HTTP software likes to change.
class KeyTest extends RunningService {
  private String keyspace = "";

  @BeforeEach
  void setUp() {
    keyspace = keyspace("key-test");
  }

  static List<String> difficultKeys() {
    return List.of(
        "a/b",
        "/",
        "//",
        "/a",
        "a/",
        "a//b",
        "../x",
        "./x",
        "x/..",
        "x/.",
        "...",
        " ",
        "a b",
        " a",
        "a ",
        "%",
        "%2F",
        "%252F",
        "%zz",
        ";",
        ";a",
        "a;b=c",
        "a;jsessionid=1",
        "\\",
        "a\\b",
        "..\\x",
        "?",
        "a?b=c",
        "#",
        "a#b",
        "+",
        "a+b",
        "\"",
        "'",
        "`",
        "<a>",
        "{a}",
        "[a]",
        "|",
        "^",
        "~",
        "@",
        "!",
        "$",
        "&",
        "a&b=c",
        "*",
        "(",
        ",",
        "=",
        ":",
        "a:b",
        "entries:batch",
        "increment",
        "é",
        "ü/ö",
        "日本語",
        "🔑",
        "👩‍👩‍👧",
        "\u00A0",
        "\u0085",
        "\u200B",
        "\uFEFF",
        "\uFFFD",
        "a".repeat(4096));
  }

  @ParameterizedTest
  @MethodSource("difficultKeys")
  void percentEncodedKeysArriveUnharmed(String key) {
    String entry = keyspace + "/entries/" + encoded(key);
    api().body(key.getBytes(StandardCharsets.UTF_8)).put(entry).then().statusCode(201);

    assertThat(api().get(entry).body().asByteArray())
        .isEqualTo(key.getBytes(StandardCharsets.UTF_8));
    assertThat(database.keyspace("key-test").get(key.getBytes(StandardCharsets.UTF_8))).isNotNull();
    Response list = api().get(keyspace + "/entries?prefix=" + encoded(key) + "&fields=key");
    assertThat(list.jsonPath().getList("entries.key", String.class)).contains(key);
    Response count = api().get(keyspace + "/entries:count?start=" + encoded(key));
    assertThat(count.jsonPath().getInt("count")).isPositive();

    api().delete(entry).then().statusCode(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a;b", "a=b", "a&b", "a,b", "a@b", "a:b", "a+b", "a'b", "(a)", "a!b", "a$b", "a*b", "a~b"
      })
  void charactersThatNeedNoEncodingMayStandAsTheyAre(String key) {
    assertThat(Raw.send(port(), "PUT " + keyspace + "/entries/" + key, "", "x").status())
        .isEqualTo(201);

    assertThat(database.keyspace("key-test").get(key.getBytes(StandardCharsets.UTF_8))).isNotNull();
    assertThat(Raw.send(port(), "DELETE " + keyspace + "/entries/" + encoded(key), "", "").status())
        .isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "..",
        "%2E",
        "%2e%2E",
        "%0A",
        "a%00b",
        "%00",
        "a%0D%0Ab",
        "%1F",
        "%7F",
        "%09"
      })
  void keysThatHttpChangesAreRefused(String segment) {
    Raw.Answer answer = Raw.send(port(), "PUT " + keyspace + "/entries/" + segment, "", "x");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.head()).contains("application/problem+json");
    assertThat(answer.body()).contains("/problems/").doesNotContain("<html");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%FF", "%C0%AF", "%ED%A0%80", "a%80"})
  void keysThatAreNotUtf8AreRefused(String segment) {
    assertThat(Raw.send(port(), "GET " + keyspace + "/entries/" + segment, "", "").status())
        .isEqualTo(400);
    Raw.Answer bound = Raw.send(port(), "GET " + keyspace + "/entries?prefix=" + segment, "", "");
    assertThat(bound.status()).isEqualTo(400);
    assertThat(bound.body()).contains("/problems/invalid-key").contains("base64url");
  }

  @Test
  void anyBytesAreAKeyInBase64Url() {
    for (byte[] key :
        List.of(
            new byte[] {'.'},
            new byte[] {'.', '.'},
            new byte[] {0},
            new byte[] {10, (byte) 0xFF})) {
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
      String entry = keyspace + "/entries/" + text + "?keyEncoding=base64url";
      api().body("x").put(entry).then().statusCode(201);

      assertThat(database.keyspace("key-test").get(key)).isNotNull();
      api().get(entry).then().statusCode(200);
      api().delete(entry).then().statusCode(204);
    }
  }

  @Test
  void keyThatIsNotTextIsAnsweredAsBase64Url() {
    api().body("x").put(keyspace + "/entries/_wA?keyEncoding=base64url").then().statusCode(201);

    Response list = api().get(keyspace + "/entries?start=_w&keyEncoding=base64url");
    assertThat(list.jsonPath().getString("entries[0].key")).isEqualTo("_wA");
    Response text = api().get(keyspace + "/entries?reverse=true&limit=1");
    assertThat(text.jsonPath().getString("entries[0].key")).isEqualTo("_wA");
    assertThat(text.jsonPath().getString("entries[0].keyEncoding")).isEqualTo("base64url");
    api().delete(keyspace + "/entries/_wA?keyEncoding=base64url").then().statusCode(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "!!", "a=b", "%FF", "+%2F+"})
  void malformedBase64UrlIsRefused(String segment) {
    api().get(keyspace + "/entries/" + segment + "?keyEncoding=base64url").then().statusCode(400);
  }

  @Test
  void longestKeyIsStoredAndOneByteMoreRefused() {
    String longest = "%C3%A9".repeat(2048);
    api().body("x").put(keyspace + "/entries/" + longest).then().statusCode(201);
    api().delete(keyspace + "/entries/" + longest).then().statusCode(204);

    for (String path : List.of("/entries/" + longest + "a", "/entries?prefix=" + longest + "a")) {
      api()
          .get(keyspace + path)
          .then()
          .statusCode(413)
          .body("type", equalTo("/problems/key-too-large"))
          .body("limit", equalTo(4096))
          .body("actual", equalTo(4097));
    }
  }

  @Test
  void plusIsASpaceInAQueryAndAPlusInAPath() {
    api().body("x").put(keyspace + "/entries/1+2").then().statusCode(201);
    api().body("x").put(keyspace + "/entries/1%202").then().statusCode(201);

    assertThat(api().get(keyspace + "/entries:count?prefix=1%2B2").jsonPath().getInt("count"))
        .isEqualTo(1);
    assertThat(api().get(keyspace + "/entries?prefix=1+2").jsonPath().getString("entries[0].key"))
        .isEqualTo("1 2");
  }

  @Test
  void unknownKeyEncodingIsRefused() {
    api()
        .get(keyspace + "/entries/a?keyEncoding=hex")
        .then()
        .statusCode(400)
        .body("detail", containsString("text, base64url"));
  }

  @ParameterizedTest
  @CsvSource({
    "/entries/a/b, GET, path-not-found",
    "/entries/a/, GET, path-not-found",
    "/entries/a/b/c/increment, POST, path-not-found",
    "/entries/a/b, PUT, path-not-found",
    "/entries/a/increment, PUT, method-not-allowed",
  })
  void slashThatIsNotEncodedEndsTheKeyAndTheProblemSaysSo(
      String path, String method, String problem) {
    String transaction = api().post("/v1/transactions").jsonPath().getString("id");
    String inside = keyspace.replace("/v1/", "/v1/transactions/" + transaction + "/");
    for (String each : List.of(keyspace + path, inside + path)) {
      api()
          .request(method, each)
          .then()
          .body("type", equalTo("/problems/" + problem))
          .body("detail", containsString("%2F"));
    }
    api()
        .get(keyspace + "/nothing/a/b")
        .then()
        .statusCode(404)
        .body("detail", not(containsString("%2F")));
    api().delete("/v1/transactions/" + transaction).then().statusCode(204);
  }

  private static String encoded(String key) {
    StringBuilder text = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      text.append("%%%02X".formatted(b & 0xFF));
    }
    return key.length() > 1000 ? key : text.toString();
  }
}
