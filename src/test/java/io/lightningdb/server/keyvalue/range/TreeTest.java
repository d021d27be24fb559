package io.lightningdb.server.keyvalue.range;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.lightningdb.engine.CacheStats;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.RunningService;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists show keys as a tree, whose folded branches cost one step each.
class TreeTest extends RunningService {
  // How the service keeps text.
  private static final byte[] VALUE = {2, 'x'};

  private Keyspace filled(String name, Iterable<byte[]> keys) {
    keyspace(name);
    Keyspace keyspace = database.keyspace(name);
    WriteBatch batch = new WriteBatch();
    keys.forEach(key -> batch.put(keyspace, key, VALUE));
    database.write(batch, Durability.LOGGED);
    return keyspace;
  }

  private Keyspace filled(String name, String... keys) {
    return filled(name, Arrays.stream(keys).map(key -> key.getBytes(UTF_8)).toList());
  }

  private JsonPath list(String keyspace, String query) {
    return api()
        .get("/v1/keyspaces/" + keyspace + "/entries?fields=key&" + query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  @Test
  void branchesAreFoldedBehindThePrefix() {
    filled("tree", "a", "a/", "a/1", "a/2/x", "a/2/y", "a/3", "b/c/d", "z");

    JsonPath top = list("tree", "delimiter=/");
    assertThat(top.getList("entries.key")).containsExactly("a", "z");
    assertThat(top.getList("prefixes.prefix")).containsExactly("a/", "b/");
    JsonPath below = list("tree", "delimiter=/&prefix=a/");
    assertThat(below.getList("entries.key")).containsExactly("a/", "a/1", "a/3");
    assertThat(below.getList("prefixes.prefix")).containsExactly("a/2/");
    JsonPath back = list("tree", "delimiter=/&reverse=true");
    assertThat(back.getList("entries.key")).containsExactly("z", "a");
    assertThat(back.getList("prefixes.prefix")).containsExactly("b/", "a/");
    // Only what lies between the bounds has branches.
    JsonPath part = list("tree", "delimiter=/&start=a/2/y&end=b/");
    assertThat(part.getList("entries")).isEmpty();
    assertThat(part.getList("prefixes.prefix")).containsExactly("a/");
    assertThat(list("tree", "delimiter=/&prefix=none").getList("prefixes")).isEmpty();
    api()
        .get("/v1/keyspaces/tree/entries?prefix=a/")
        .then()
        .statusCode(200)
        .body("$", not(hasKey("prefixes")));
  }

  @Test
  void delimitersAndBranchesAreBytes() {
    filled(
        "bytes",
        List.of(
            new byte[] {(byte) 0xff, (byte) 0xff, 'a'},
            new byte[] {(byte) 0xff, (byte) 0xff, 'b'},
            new byte[] {'a', 0, 'b'},
            "<script>::x".getBytes(UTF_8)));

    api()
        .get("/v1/keyspaces/bytes/entries?delimiter=::")
        .then()
        .body("prefixes[0].prefix", equalTo("<script>::"))
        .body("prefixes[0]", not(hasKey("keyEncoding")))
        .body("entries.size()", equalTo(3));
    String delimiter =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(new byte[] {(byte) 0xff, (byte) 0xff});
    api()
        .get("/v1/keyspaces/bytes/entries?keyEncoding=base64url&delimiter=" + delimiter)
        .then()
        .body("prefixes.prefix", contains(delimiter))
        .body("prefixes[0].keyEncoding", equalTo("base64url"))
        .body("entries.size()", equalTo(2));
    api()
        .get("/v1/keyspaces/bytes/entries?delimiter=%00")
        .then()
        .body("prefixes[0].prefix", equalTo("a\u0000"));
  }

  /// All pages together are what is folded by hand, whatever the limit and the direction.
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void pagesAddUp(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] key = new byte[1 + random.nextInt(4)];
      for (int j = 0; j < key.length; j++) {
        key[j] = (byte) "//abc".charAt(random.nextInt(5));
      }
      keys.add(key);
    }
    String name = "pages" + seed;
    filled(name, keys);
    TreeSet<String> expected = new TreeSet<>();
    for (byte[] key : keys) {
      String text = new String(key, UTF_8);
      int at = text.indexOf('/', 1);
      if (text.startsWith("a")) {
        expected.add(at < 0 ? text : text.substring(0, at + 1));
      }
    }

    for (String reverse : List.of("false", "true")) {
      for (int limit : new int[] {1, 3, 100}) {
        List<String> seen = new ArrayList<>();
        String query = "delimiter=/&prefix=a&reverse=" + reverse + "&limit=" + limit;
        JsonPath page = list(name, query);
        addAll(page, seen);
        while (page.getString("cursor") != null) {
          assertThat(page.getList("entries").size() + page.getList("prefixes").size())
              .isEqualTo(limit);
          page = list(name, query + "&cursor=" + page.getString("cursor"));
          addAll(page, seen);
        }
        assertThat(seen).as("seed " + seed).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(seen)).as("seed " + seed).isEqualTo(expected);
      }
    }
  }

  private static void addAll(JsonPath page, List<String> seen) {
    seen.addAll(page.getList("entries.key"));
    seen.addAll(page.getList("prefixes.prefix"));
  }

  @Test
  void aBranchCostsOneStepHoweverMuchIsInIt() {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      keys.add("many/%08d".formatted(i).getBytes(UTF_8));
    }
    keys.add("other/1".getBytes(UTF_8));
    Keyspace keyspace = filled("large", keys);
    keyspace.flush();
    long blocks = blocks();
    assertThat(list("large", "delimiter=/").getList("prefixes.prefix"))
        .containsExactly("many/", "other/");
    long folded = blocks() - blocks;

    api().get("/v1/keyspaces/large/entries:count").then().body("count", equalTo(20_001));
    long all = blocks() - blocks - folded;
    assertThat(folded).isLessThan(10);
    assertThat(all).as("what a walk over all of it costs").isGreaterThan(10 * folded);
  }

  private long blocks() {
    CacheStats cache = database.stats().cache();
    return cache.hits() + cache.misses();
  }

  @Test
  void whatCannotBeFoldedIsRefused() {
    filled("refused", "a/b", "c");
    String path = "/v1/keyspaces/refused/entries";
    Map<String, String> refusals =
        Map.of(
            "?delimiter=", "/problems/invalid-parameter",
            "?delimiter=%FF", "/problems/invalid-key",
            "?delimiter=/&delimiter=/", "/problems/invalid-parameter",
            ":count?delimiter=/", "/problems/unknown-parameter");
    refusals.forEach((query, type) ->
        api().get(path + query).then().statusCode(400).body("type", equalTo(type)));
    api().get(path + "?delimiter=" + "d".repeat(4097)).then().statusCode(413);
    api()
        .accept("application/x-ndjson")
        .get(path + "?delimiter=/")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-parameter"));
    String cursor = list("refused", "delimiter=/&limit=1").getString("cursor");
    api()
        .get(path + "?delimiter=b&cursor=" + cursor)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-cursor"));
    api()
        .get(path + "?delimiter=/&cursor=" + cursor)
        .then()
        .statusCode(200)
        .body("prefixes", empty());
    String other = list("refused", "limit=1").getString("cursor");
    api().get(path + "?delimiter=/&cursor=" + other).then().statusCode(400);
  }
}
