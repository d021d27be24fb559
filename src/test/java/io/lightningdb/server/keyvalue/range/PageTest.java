package io.lightningdb.server.keyvalue.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

class PageTest extends RunningService {
  @Autowired private Cursors cursors;
  private String entries = "";

  @BeforeEach
  void setUp() {
    if (database.dropKeyspace("page-test")) {
      entries = "";
    }
    entries = keyspace("page-test") + "/entries";
    putAll("k%02d", 20, Integer::toString);
  }

  /// Puts entries with numbers in their keys, all with one request.
  private void putAll(String key, int count, IntFunction<String> json) {
    String lines =
        IntStream.range(0, count)
            .mapToObj(
                i -> "{\"key\":\"%s\",\"value\":%s}".formatted(key.formatted(i), json.apply(i)))
            .collect(Collectors.joining("\n"));
    api()
        .contentType("application/x-ndjson")
        .body(lines.getBytes(StandardCharsets.UTF_8))
        .post(entries + ":import")
        .then()
        .statusCode(200)
        .body("imported", equalTo(count));
  }

  private void put(String key, String json) {
    api()
        .header("Lightning-Durability", "logged")
        .contentType("application/json")
        .body(json.getBytes(StandardCharsets.UTF_8))
        .put(entries + "/" + key)
        .then()
        .statusCode(202);
  }

  private static List<String> keys(Response page) {
    return page.jsonPath().getList("entries.key", String.class);
  }

  private static List<String> expected(int from, int to) {
    return IntStream.range(from, to).mapToObj("k%02d"::formatted).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "start=, 0, 20",
    "prefix=k0, 0, 10",
    "prefix=k1, 10, 20",
    "start=k05, 5, 20",
    "start=k05&end=k08, 5, 8",
    "end=k03, 0, 3",
    "prefix=k0&start=k07, 7, 10",
    "prefix=k0&end=k03, 0, 3",
    "prefix=k0&start=k0&end=k2, 0, 10",
    "start=k08&end=k05, 0, 0",
    "prefix=x, 0, 0",
    "prefix=&start=&end=, 0, 20",
  })
  void rangesAreHalfOpenAndWalkedBothWays(String query, int from, int to) {
    Response forwards = api().get(entries + "?" + query);
    assertThat(keys(forwards)).isEqualTo(expected(from, to));
    assertThat(forwards.jsonPath().getString("cursor")).isNull();

    Response backwards = api().get(entries + "?reverse=true&" + query);
    assertThat(keys(backwards)).isEqualTo(expected(from, to).reversed());

    assertThat(api().get(entries + ":count?" + query).jsonPath().getInt("count"))
        .isEqualTo(to - from);
  }

  @Test
  void entriesHaveKeyValueMediaTypeAndVersion() {
    api().contentType("text/plain").body("plain").put(entries + "/k00");
    api().contentType("image/png").body(new byte[] {1, 2, 3}).put(entries + "/k01");
    api().contentType("text/plain").body(new byte[] {(byte) 0xFF}).put(entries + "/k02");
    put("k03", "{\"n\":1.100000000000000000000000001,\n\"big\":12345678901234567890123}");

    Response page = api().get(entries + "?end=k04");

    assertThat(page.jsonPath().getString("entries[0].value")).isEqualTo("plain");
    assertThat(page.jsonPath().getString("entries[0].contentType")).isEqualTo("text/plain");
    assertThat(page.jsonPath().getString("entries[1].valueBase64")).isEqualTo("AQID");
    assertThat(page.jsonPath().getString("entries[2].valueBase64")).isEqualTo("/w==");
    assertThat(page.asString())
        .contains(
            "\"value\":{\"n\":1.100000000000000000000000001, \"big\":12345678901234567890123}");
    String tag = api().get(entries + "/k03").header("ETag");
    assertThat(tag).isEqualTo("\"" + page.jsonPath().getLong("entries[3].version") + "\"");
    assertThat(page.header("Lightning-Version")).isEqualTo(page.jsonPath().getString("version"));
  }

  @Test
  void onlyTheFieldsAskedForAreAnswered() {
    Response page = api().get(entries + "?limit=1&fields=key,version");
    assertThat(page.jsonPath().getMap("entries[0]")).containsOnlyKeys("key", "version");
    assertThat(api().get(entries + "?limit=1&fields=value").jsonPath().getMap("entries[0]"))
        .containsOnlyKeys("value", "contentType");
    assertThat(api().get(entries + "?limit=1&fields=expiresAt").jsonPath().getMap("entries[0]"))
        .isEmpty();
    String cursor = page.jsonPath().getString("cursor");
    assertThat(api().get(entries + "?cursor=" + cursor).jsonPath().getMap("entries[0]"))
        .containsOnlyKeys("key", "version");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pagesAreOneWalkOverOneSnapshotWhileOthersWrite(boolean reverse) {
    List<String> seen = new ArrayList<>();
    List<Integer> values = new ArrayList<>();
    Response page = api().get(entries + "?limit=3&reverse=" + reverse);
    String version = page.jsonPath().getString("version");
    for (int i = 0; ; i++) {
      seen.addAll(keys(page));
      values.addAll(page.jsonPath().getList("entries.value", Integer.class));
      assertThat(page.jsonPath().getString("version")).isEqualTo(version);
      String cursor = page.jsonPath().getString("cursor");
      if (cursor == null) {
        assertThat(page.header("Link")).isNull();
        break;
      }
      put("k%02d".formatted(i * 7 % 20), "-1");
      put("k10x" + i, "-2");
      api().delete(entries + "/k%02d".formatted(19 - i));
      String link = page.header("Link");
      assertThat(link).startsWith("<" + entries + "?cursor=" + cursor).endsWith(">; rel=\"next\"");
      page = api().get(link.substring(1, link.indexOf('>')));
    }
    assertThat(seen).isEqualTo(reverse ? expected(0, 20).reversed() : expected(0, 20));
    assertThat(values).doesNotContain(-1, -2);
  }

  @Test
  void snapshotsOfWalksAreGivenBack() {
    int restingBefore = cursors.size();
    int snapshotsBefore = database.stats().snapshots();
    String cursor = api().get(entries + "?limit=15").jsonPath().getString("cursor");
    assertThat(cursors.size()).isEqualTo(restingBefore + 1);
    assertThat(database.stats().snapshots()).isEqualTo(snapshotsBefore + 1);

    api().get(entries + "?limit=15&cursor=" + cursor).then().statusCode(200);

    assertThat(cursors.size()).isEqualTo(restingBefore);
    assertThat(database.stats().snapshots()).isEqualTo(snapshotsBefore);
    api()
        .get(entries + "?cursor=" + cursor)
        .then()
        .statusCode(410)
        .body("type", equalTo("/problems/cursor-expired"));
  }

  @Test
  void pageCanBeAskedForAgain() {
    String cursor = api().get(entries + "?limit=3").jsonPath().getString("cursor");

    List<String> first = keys(api().get(entries + "?limit=3&cursor=" + cursor));
    List<String> again = keys(api().get(entries + "?limit=3&cursor=" + cursor));

    assertThat(first).isEqualTo(expected(3, 6)).isEqualTo(again);
  }

  @Test
  void mostListsAreWalkedAtATimeAndOneMoreEndsTheOldest() {
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      started.add(api().get(entries + "?limit=1").jsonPath().getString("cursor"));
    }

    api().get(entries + "?cursor=" + started.get(0)).then().statusCode(410);
    api().get(entries + "?limit=1&cursor=" + started.get(1)).then().statusCode(200);
    assertThat(cursors.size()).isEqualTo(8);
  }

  @Test
  void cursorsThatWereTamperedWithAreRefused() {
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");
    char last = cursor.charAt(cursor.length() - 3);
    String tampered =
        cursor.substring(0, cursor.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + cursor.substring(cursor.length() - 2);

    for (String bad : List.of(tampered, "", "AA", "%20", cursor + "AA")) {
      api()
          .get(entries + "?cursor=" + bad)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-cursor"));
    }
  }

  @Test
  void cursorsAreSignedWithTheSecretThatWasSet() {
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");

    CursorText.Place place = new CursorText(SECRET).read(cursor);

    assertThat(new String(place.position(), StandardCharsets.UTF_8)).isEqualTo("k00");
  }

  @Test
  void cursorBelongsToItsListAndSettlesIt() {
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");
    String other = keyspace("page-other") + "/entries?cursor=" + cursor;

    api().get(other).then().statusCode(400).body("type", equalTo("/problems/invalid-cursor"));
    api().get("/v1/keyspaces?cursor=" + cursor).then().statusCode(400);
    api()
        .get(entries + "?prefix=k&cursor=" + cursor)
        .then()
        .statusCode(400)
        .body("parameter", equalTo("prefix"));
    api().get(entries + "?reverse=true&cursor=" + cursor).then().statusCode(400);
  }

  /// Many clients add the cursor to the URL of the first page.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prefix=k0&start=k02&end=k08&reverse=true&fields=key,version | prefix=k0 |",
        "prefix=k0&start=k02&end=k08&reverse=true&fields=key,version | prefix=k0&end=k08&start=k02&reverse=true&fields=version&fields=key |",
        "prefix=k0 | prefix=azA&keyEncoding=base64url |",
        "prefix=k0 | reverse=false&fields=key,value,version,expiresAt&start= |",
        "prefix=k0 | prefix=k1 | prefix",
        "prefix=k0 | prefix= | prefix",
        "start=k | start=k&end=z | end",
        "start=k | start=k&reverse=true | reverse",
        "reverse=true | reverse=false | reverse",
        "fields=key | fields=key,version | fields",
        "start=k | at=0 | at",
      })
  void parametersOfTheFirstPageMayBeRepeated(String first, String repeated, String refused) {
    Response page = api().get(entries + "?limit=1&" + first);
    String cursor = page.jsonPath().getString("cursor");
    String transaction = api().post("/v1/transactions").jsonPath().getString("id");
    String inside = entries.replace("/v1/", "/v1/transactions/" + transaction + "/");
    String cursorInside = api().get(inside + "?limit=1&" + first).jsonPath().getString("cursor");

    Response next = api().get(entries + "?cursor=" + cursor + "&" + repeated);
    Response nextInside = api().get(inside + "?cursor=" + cursorInside + "&" + repeated);

    if (refused == null) {
      assertThat(next.statusCode()).isEqualTo(200);
      assertThat(keys(next)).isNotEmpty().isEqualTo(keys(nextInside));
    } else {
      next.then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-cursor"))
          .body("parameter", equalTo(refused));
      nextInside.then().statusCode(400).body("parameter", equalTo(refused));
    }
    api().delete("/v1/transactions/" + transaction).then().statusCode(204);
  }

  @Test
  void fieldsMayBeThereOnceForEach() {
    Response listed = api().get(entries + "?fields=key,version");

    assertThat(api().get(entries + "?fields=key&reverse=false&fields=version").asString())
        .isEqualTo(listed.asString());
    for (String wrong : List.of("fields=key&fields=", "fields=key&fields=nonsense")) {
      api().get(entries + "?" + wrong).then().statusCode(400).body("parameter", equalTo("fields"));
    }
  }

  @Test
  void walkCannotSeeAVersionBehindItsSnapshot() {
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");
    put("k00", "7");
    long visible = database.visibleVersion();

    api()
        .header("Lightning-Version-At-Least", visible)
        .get(entries + "?cursor=" + cursor)
        .then()
        .statusCode(400)
        .body("detail", containsString("before the version asked for"));
  }

  @Test
  void walkOfADroppedKeyspaceHasExpired() {
    String cursor = api().get(entries + "?limit=1").jsonPath().getString("cursor");
    database.dropKeyspace("page-test");
    keyspace("page-test");

    api().get(entries + "?cursor=" + cursor).then().statusCode(410);
  }

  @Test
  void limitIsDefaultedAndBounded() {
    putAll("m%03d", 60, _ -> "0");

    assertThat(keys(api().get(entries))).hasSize(50);
    assertThat(keys(api().get(entries + "?limit=500"))).hasSize(80);
    api()
        .get(entries + "?limit=501")
        .then()
        .statusCode(400)
        .body("parameter", equalTo("limit"))
        .body("limit", equalTo(500))
        .body("actual", equalTo(501));
    for (String bad : List.of("0", "-1", "x", "", "1.5", "99999999999999999999")) {
      api().get(entries + "?limit=" + bad).then().statusCode(400);
    }
  }

  @Test
  void pageEndsBeforeTheEntryThatWouldExceedItsBytes() {
    String kib = "\"" + "x".repeat(1022) + "\"";
    putAll("p%02d", 70, _ -> kib);
    // 64 KiB of keys of 3 bytes and values of 1 KiB with an envelope of 1 byte.
    int fitting = (64 << 10) / (3 + 1024 + 1);

    Response page = api().get(entries + "?prefix=p&limit=500");
    assertThat(keys(page)).hasSize(fitting);
    Response rest = api().get(entries + "?limit=500&cursor=" + page.jsonPath().getString("cursor"));
    assertThat(keys(rest)).hasSize(70 - fitting);
    assertThat(keys(api().get(entries + "?prefix=p&limit=500&fields=key"))).hasSize(70);
  }

  @Test
  void entryLargerThanAPageIsAPageOfItsOwn() {
    put("q1", "\"" + "x".repeat(100_000) + "\"");
    put("q2", "\"" + "x".repeat(100_000) + "\"");

    Response page = api().get(entries + "?prefix=q");
    assertThat(keys(page)).containsExactly("q1");
    Response next = api().get(entries + "?cursor=" + page.jsonPath().getString("cursor"));
    assertThat(keys(next)).containsExactly("q2");
    assertThat(next.jsonPath().getString("cursor")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reverse=yes",
        "reverse=",
        "fields=",
        "fields=key,vlaue",
        "keyEncoding=",
        "limit=1&limit=2"
      })
  void badParametersAreRefused(String query) {
    api()
        .get(entries + "?" + query)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-parameter"));
  }

  @Test
  void longestKeysFitIntoCursorsAndLinks() {
    String longest = "z".repeat(4096);
    put(longest, "1");
    put(longest.substring(0, 4095), "2");

    Response page =
        api().get(entries + "?reverse=true&limit=1&prefix=" + longest.substring(0, 4000));
    assertThat(keys(page)).containsExactly(longest);
    String link = page.header("Link");
    Response next = api().get(link.substring(1, link.indexOf('>')));
    assertThat(keys(next)).containsExactly(longest.substring(0, 4095));
  }
}
