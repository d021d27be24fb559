package io.lightningdb.server.keyvalue.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest extends RunningService {
  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("batch-test");
    entries = keyspace("batch-test") + "/entries";
  }

  private Response batch(String operations) {
    return send("{\"operations\":[" + operations + "]}");
  }

  private Response send(String body) {
    return api().contentType("application/json").body(body).post(entries + ":batch");
  }

  private long put(String key, String json) {
    return api()
        .contentType("application/json")
        .body(json)
        .put(entries + "/" + key)
        .jsonPath()
        .getLong("version");
  }

  @Test
  void allOperationsAreOneCommitWithResultsInOrder() {
    long b = put("b", "1");

    Response response =
        batch(
            """
            {"put":{"key":"a","value":{"n":1.10}}},
            {"get":{"key":"a"}},
            {"get":{"key":"b"}},
            {"delete":{"key":"b"}},
            {"get":{"key":"b"}},
            {"get":{"key":"c"}},
            {"delete":{"key":"c"}}
            """);

    assertThat(response.statusCode()).isEqualTo(200);
    long version = response.jsonPath().getLong("version");
    assertThat(response.header("Lightning-Version")).isEqualTo(Long.toString(version));
    assertThat(response.header("Lightning-Durability")).isEqualTo("synced");
    assertThat(response.asString())
        .isEqualTo(
            """
            {"version":%1$d,"results":[{"version":%1$d},\
            {"key":"a","value":{"n":1.10},"contentType":"application/json","version":%1$d},\
            {"key":"b","value":1,"contentType":"application/json","version":%2$d},\
            {"version":%1$d},{"key":"b","version":0},{"key":"c","version":0},{"version":%1$d}]}
            """
                .formatted(version, b));
    assertThat(api().get(entries + "/a").header("ETag")).isEqualTo("\"" + version + "\"");
    assertThat(api().get(entries + "/a").asString()).isEqualTo("{\"n\":1.10}");
  }

  @Test
  void valuesKeepTheirSpellingAndTheirMediaType() {
    batch(
            """
            {"put":{"key":"json","value": { "big" : 12345678901234567890.0010 } }},
            {"put":{"key":"null","value":null}},
            {"put":{"key":"string","value":"a\\u00e9"}},
            {"put":{"key":"text","value":"a\\u00e9","contentType":"text/plain;charset=utf-8"}},
            {"put":{"key":"bytes","valueBase64":"AP8="}},
            {"put":{"key":"png","valueBase64":"AP8=","contentType":"image/png"}},
            {"put":{"key":"base64json","valueBase64":"WzFd","contentType":"application/json"}}
            """)
        .then()
        .statusCode(200);

    assertEntry("json", "application/json", "{ \"big\" : 12345678901234567890.0010 }");
    assertEntry("null", "application/json", "null");
    assertEntry("string", "application/json", "\"a\\u00e9\"");
    assertThat(api().get(entries + "/text").contentType()).isEqualTo("text/plain;charset=utf-8");
    assertThat(api().get(entries + "/text").asByteArray())
        .isEqualTo(new byte[] {'a', (byte) 0xC3, (byte) 0xA9});
    assertThat(api().get(entries + "/bytes").asByteArray()).isEqualTo(new byte[] {0, (byte) 0xFF});
    assertThat(api().get(entries + "/bytes").contentType()).isEqualTo("application/octet-stream");
    assertThat(api().get(entries + "/png").contentType()).isEqualTo("image/png");
    assertEntry("base64json", "application/json", "[1]");
  }

  @Test
  void nullBesideAnotherFormIsNotGiven() {
    batch(
            """
            {"put":{"key":"bytes","value":null,"valueBase64":"AP8="}},
            {"put":{"key":"json","valueBase64":null,"value":{"a":null}}},
            {"put":{"key":"null","valueBase64":null,"value":null}},
            {"put":{"key":"typed","value":null,"contentType":"application/json"},
             "get":null,"delete":null,"increment":null},
            {"put":null,"get":{"key":"typed"}}
            """)
        .then()
        .statusCode(200)
        .body("results.size()", equalTo(5));

    assertThat(api().get(entries + "/bytes").asByteArray()).isEqualTo(new byte[] {0, (byte) 0xFF});
    assertThat(api().get(entries + "/bytes").contentType()).isEqualTo("application/octet-stream");
    assertEntry("json", "application/json", "{\"a\":null}");
    assertEntry("null", "application/json", "null");
    assertEntry("typed", "application/json", "null");
  }

  private void assertEntry(String key, String contentType, String value) {
    Response entry = api().get(entries + "/" + key);
    assertThat(entry.contentType()).isEqualTo(contentType);
    assertThat(entry.asString()).isEqualTo(value);
  }

  @Test
  void conditionThatFailsNamesItsOperationAndChangesNothing() {
    long a = put("a", "1");

    batch(
            "{\"put\":{\"key\":\"x\",\"value\":1}},{\"put\":{\"key\":\"a\",\"value\":2,\"ifVersion\":%d}}"
                .formatted(a - 1))
        .then()
        .statusCode(412)
        .body("type", equalTo("/problems/precondition-failed"))
        .body("operationIndex", equalTo(1))
        .body("actualVersion", equalTo((int) a));
    batch("{\"put\":{\"key\":\"x\",\"value\":1,\"ifVersion\":5}}")
        .then()
        .statusCode(412)
        .body("actualVersion", equalTo(0));
    batch("{\"delete\":{\"key\":\"a\",\"ifVersion\":0}}").then().statusCode(412);
    batch("{\"get\":{\"key\":\"a\",\"ifVersion\":0}}").then().statusCode(412);
    api().get(entries + "/x").then().statusCode(404);
    assertThat(api().get(entries + "/a").asString()).isEqualTo("1");
  }

  @Test
  void conditionsThatHoldLetTheBatchPass() {
    long a = put("a", "1");

    batch(
            "{\"put\":{\"key\":\"x\",\"value\":1,\"ifVersion\":0}},{\"put\":{\"key\":\"a\",\"value\":2,\"ifVersion\":%d}},{\"get\":{\"key\":\"y\",\"ifVersion\":0}}"
                .formatted(a))
        .then()
        .statusCode(200);
    assertThat(api().get(entries + "/a").asString()).isEqualTo("2");
  }

  @Test
  void conditionOnAKeyThatTheBatchChangesBeforeIsRefused() {
    batch(
            "{\"put\":{\"key\":\"a\",\"value\":1}},{\"put\":{\"key\":\"a\",\"value\":2,\"ifVersion\":0}}")
        .then()
        .statusCode(422)
        .body("operationIndex", equalTo(1));
  }

  @Test
  void batchThatOnlyReadsChangesNothing() {
    long a = put("a", "1");
    long before = database.visibleVersion();

    Response response =
        batch("{\"get\":{\"key\":\"a\",\"ifVersion\":%d}},{\"get\":{\"key\":\"b\"}}".formatted(a));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.jsonPath().getLong("results[0].version")).isEqualTo(a);
    assertThat(database.visibleVersion()).isEqualTo(before);
    send("{\"operations\":[]}").then().statusCode(200).body("results.size()", equalTo(0));
  }

  @Test
  void operationsThatAreNotAtomicFailAlone() {
    put("a", "1");

    Response response =
        send(
            """
            {"atomic":false,"operations":[
              {"put":{"key":"x","value":1}},
              {"put":{"key":"a","value":2,"ifVersion":0}},
              {"get":{"key":"x"}},
              {"put":{"key":"x","value":3}},
              {"get":{"key":"nothing"}}]}
            """);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.jsonPath().getString("results[1].problem.type"))
        .isEqualTo("/problems/precondition-failed");
    assertThat(response.jsonPath().getInt("results[1].problem.operationIndex")).isEqualTo(1);
    assertThat(response.jsonPath().getInt("results[2].value")).isEqualTo(1);
    assertThat(response.jsonPath().getLong("results[3].version"))
        .isGreaterThan(response.jsonPath().getLong("results[0].version"));
    assertThat(response.jsonPath().getLong("results[4].version")).isZero();
    assertThat(api().get(entries + "/x").asString()).isEqualTo("3");
    assertThat(api().get(entries + "/a").asString()).isEqualTo("1");
  }

  @Test
  void loggedBatchIsAccepted() {
    api()
        .header("Lightning-Durability", "logged")
        .contentType("application/json")
        .body("{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1}}]}")
        .post(entries + ":batch")
        .then()
        .statusCode(202);
  }

  @Test
  void keysAreWrittenAsTheRequestSays() {
    api()
        .contentType("application/json")
        .body(
            "{\"operations\":[{\"put\":{\"key\":\"_wA\",\"value\":1}},{\"get\":{\"key\":\"_wA\"}}]}")
        .post(entries + ":batch?keyEncoding=base64url")
        .then()
        .statusCode(200)
        .body("results[1].key", equalTo("_wA"))
        .body("results[1].keyEncoding", equalTo("base64url"));
  }

  @Test
  void transfersBetweenManyClientsLoseNothing() throws Exception {
    put("from", "1000");
    put("to", "0");
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> moves = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        moves.add(clients.submit(this::moveOne));
      }
      int moved = 0;
      for (Future<Integer> move : moves) {
        moved += move.get();
      }
      assertThat(moved).isPositive();
      assertThat(api().get(entries + "/from").asString()).isEqualTo(Integer.toString(1000 - moved));
      assertThat(api().get(entries + "/to").asString()).isEqualTo(Integer.toString(moved));
    }
  }

  private int moveOne() {
    Response read = batch("{\"get\":{\"key\":\"from\"}},{\"get\":{\"key\":\"to\"}}");
    assertThat(
            read.jsonPath().getInt("results[0].value") + read.jsonPath().getInt("results[1].value"))
        .isEqualTo(1000);
    String operation = "{\"put\":{\"key\":\"%s\",\"value\":%d,\"ifVersion\":%d}}";
    Response write =
        batch(
            operation.formatted(
                    "from",
                    read.jsonPath().getInt("results[0].value") - 1,
                    read.jsonPath().getLong("results[0].version"))
                + ","
                + operation.formatted(
                    "to",
                    read.jsonPath().getInt("results[1].value") + 1,
                    read.jsonPath().getLong("results[1].version")));
    if (write.statusCode() == 200) {
      return 1;
    }
    // Another client moved one since the read: both are outcomes of the race, and the sum tells
    // which came about.
    write.then().statusCode(412);
    return 0;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"operations\":[{\"put\":{\"key\":\"a\"}}]}",
        "{\"operations\":[{\"put\":{\"value\":1}}]}",
        "{\"operations\":[{\"put\":{\"key\":1,\"value\":1}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"valueBase64\":\"AA==\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"valueBase64\":\"?\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"valueBase64\":7}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"valueBase64\":null}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"ifVersion\":null}}]}",
        "{\"operations\":[{\"put\":null}]}",
        "{\"operations\":[{\"gett\":null,\"get\":{\"key\":\"a\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"contentType\":\"text/plain\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":\"x\",\"contentType\":\"image/png\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":\"\\ud800\",\"contentType\":\"text/plain\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"ifVersion\":-1}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"ifVersion\":1.5}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"ifVersion\":\"1\"}}]}",
        "{\"operations\":[{\"put\":{\"key\":\"a\",\"value\":1,\"keyspace\":\"x\"}}]}",
        "{\"operations\":[{\"get\":{\"key\":\"a\",\"value\":1}}]}",
        "{\"operations\":[{\"gett\":{\"key\":\"a\"}}]}",
        "{\"operations\":[{}]}",
        "{\"operations\":[{\"get\":{\"key\":\"a\"},\"delete\":{\"key\":\"a\"}}]}",
        "{\"operations\":[7]}",
        "{\"operations\":[{\"get\":7}]}",
        "{\"operations\":{}}",
        "{\"opertions\":[]}",
        "{\"operations\":[],\"atomic\":1}",
        "{}",
        "[]",
        "7",
      })
  void bodiesThatDoNotSayWhatToDoAreRefused(String body) {
    send(body).then().statusCode(422).body("type", equalTo("/problems/invalid-content"));
    api().get(entries + "/a").then().statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"operations\":[}", "{\"operations\":[]} x", "nonsense"})
  void bodiesThatAreNotJsonAreRefused(String body) {
    send(body).then().statusCode(400).body("type", equalTo("/problems/malformed-json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", ""})
  void impossibleKeysAreRefused(String key) {
    batch("{\"get\":{\"key\":\"" + key + "\"}}")
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/invalid-key"));
  }

  @Test
  void numberOfOperationsIsBounded() {
    String most =
        String.join(",", Collections.nCopies(200, "{\"put\":{\"key\":\"a\",\"value\":1}}"));
    batch(most).then().statusCode(200).body("results.size()", equalTo(200));
    batch(most + ",{\"get\":{\"key\":\"a\"}}")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/too-many-operations"))
        .body("limit", equalTo(200))
        .body("actual", equalTo(201));
  }

  @Test
  void sizesOfKeysValuesAndBodiesAreBounded() {
    batch("{\"get\":{\"key\":\"" + "k".repeat(4097) + "\"}}")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/key-too-large"));
    String largest = "\"" + "v".repeat((16 << 20) - 2) + "\"";
    batch("{\"put\":{\"key\":\"a\",\"value\":" + largest + "}}").then().statusCode(200);
    batch("{\"put\":{\"key\":\"a\",\"value\": [" + largest + "]}}")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/value-too-large"))
        .body("operationIndex", equalTo(0));
    api()
        .contentType("application/json")
        .body(new byte[(64 << 20) + 1])
        .post(entries + ":batch")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/batch-too-large"))
        .body("limit", equalTo(64 << 20));
    String gets = String.join(",", Collections.nCopies(5, "{\"get\":{\"key\":\"a\"}}"));
    batch(gets)
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/batch-too-large"))
        .body("operationIndex", equalTo(3));
    api().delete(entries + "/a");
  }

  @Test
  void otherMediaTypesAreRefused() {
    for (String type :
        List.of("text/plain", "application/xml", "application/x-www-form-urlencoded")) {
      api()
          .contentType(type)
          .body("{}".getBytes(StandardCharsets.UTF_8))
          .post(entries + ":batch")
          .then()
          .statusCode(415)
          .body("type", equalTo("/problems/unsupported-media-type"));
    }
    api()
        .contentType("application/json")
        .accept("text/csv")
        .body("{}")
        .post(entries + ":batch")
        .then()
        .statusCode(406);
    api()
        .contentType("application/json")
        .header("Content-Encoding", "br")
        .body("{}")
        .post(entries + ":batch")
        .then()
        .statusCode(415);
  }

  @Test
  void manyKeysAreReadAtOneSnapshot() {
    long a = put("a", "{\"n\":1.0}");
    api().contentType("text/plain").body("text").put(entries + "/b");

    Response response =
        api()
            .contentType("application/json")
            .body("{\"keys\":[\"b\",\"x\",\"a\",\"a\"]}")
            .post(entries + ":multiget");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.jsonPath().getList("entries.key", String.class))
        .containsExactly("b", "x", "a", "a");
    assertThat(response.jsonPath().getString("entries[0].value")).isEqualTo("text");
    assertThat(response.jsonPath().getMap("entries[1]")).containsOnlyKeys("key", "version");
    assertThat(response.jsonPath().getLong("entries[2].version")).isEqualTo(a);
    assertThat(response.asString()).contains("{\"n\":1.0}");
    assertThat(response.header("Lightning-Version"))
        .isEqualTo(response.jsonPath().getString("version"));
  }

  @Test
  void multigetIsBoundedAndStrict() {
    String keys =
        IntStream.range(0, 100).mapToObj(i -> "\"k" + i + "\"").collect(Collectors.joining(","));
    multiget("{\"keys\":[" + keys + "]}")
        .then()
        .statusCode(200)
        .body("entries.size()", equalTo(100));
    multiget("{\"keys\":[" + keys + ",\"x\"]}")
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/too-many-keys"))
        .body("limit", equalTo(100));
    multiget("{\"keys\":[7]}").then().statusCode(422);
    multiget("{\"keyz\":[]}").then().statusCode(422).body("nearest", equalTo("keys"));
    multiget("{}").then().statusCode(422);
    multiget("{\"keys\":[\"\"]}").then().statusCode(400);
    multiget("{\"keys\":").then().statusCode(400);
    multiget("{\"keys\":[]}").then().statusCode(200);
    api().contentType("text/plain").body("x").post(entries + ":multiget").then().statusCode(415);
    api()
        .contentType("application/json")
        .body("{}")
        .post("/v1/keyspaces/nowhere/entries:multiget")
        .then()
        .statusCode(404);
    api()
        .contentType("application/json")
        .body("{}")
        .post("/v1/keyspaces/nowhere/entries:batch")
        .then()
        .statusCode(404);
  }

  @Test
  void theValuesOfAMultigetAreBoundedBeforeAnythingIsSent() {
    api().body(new byte[16 << 20]).put(entries + "/large").then().statusCode(201);
    String keys = "{\"keys\":[" + "\"large\",".repeat(4) + "\"large\"]}";

    multiget(keys)
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/batch-too-large"))
        .body("limit", equalTo(64 << 20));
    String answer = multiget("{\"keys\":[\"large\",\"absent\"]}").asString();
    assertThat(answer.length()).isGreaterThan((16 << 20) / 3 * 4);
    assertThat(answer).endsWith("}\n").contains("\"absent\"");
  }

  private Response multiget(String body) {
    return api().contentType("application/json").body(body).post(entries + ":multiget");
  }
}
