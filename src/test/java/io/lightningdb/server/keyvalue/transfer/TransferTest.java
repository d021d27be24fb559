package io.lightningdb.server.keyvalue.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TransferTest extends RunningService {
  private static final String NDJSON = "application/x-ndjson";

  private String entries = "";

  @BeforeEach
  void setUp() {
    database.dropKeyspace("transfer-test");
    entries = keyspace("transfer-test") + "/entries";
  }

  private Response send(String query, String type, byte[] body) {
    return api().contentType(type).body(body).post(entries + ":import" + query);
  }

  private Response send(String query, String lines) {
    return send(query, NDJSON, lines.getBytes(UTF_8));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
      gzip.write(bytes);
    }
    return target.toByteArray();
  }

  private long count() {
    return api().get(entries + ":count").jsonPath().getLong("count");
  }

  @Test
  void documentsAreStoredAsTheyAreUnderTheirKeys() {
    String first = "{\"package\":\"bash\", \"size\": 1.50}";
    Response response =
        send(
            "?keyField=/package",
            first + "\n\n  \r\n{\"n\":{},\"package\":\"a/b é\"}\r\n{\"package\":7}");

    response
        .then()
        .statusCode(200)
        .body("lines", equalTo(5))
        .body("acknowledgedLines", equalTo(5))
        .body("imported", equalTo(3))
        .body("rejected", equalTo(0));
    assertThat(response.jsonPath().getLong("version")).isEqualTo(database.visibleVersion());
    assertThat(response.header("Lightning-Durability")).isEqualTo("synced");
    assertThat(api().get(entries + "/bash").asString()).isEqualTo(first);
    assertThat(api().get(entries + "/bash").contentType()).isEqualTo("application/json");
    assertThat(api().get(entries + "/a%2Fb%20%C3%A9").statusCode()).isEqualTo(200);
    assertThat(api().get(entries + "/7").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"/a/b, x", "/list/1, two", "/~1~0, slash", "/e/, empty"})
  void keysAreFoundByPointer(String pointer, String key) {
    String document =
        "{\"list\":[\"one\",\"two\"],\"a\":{\"c\":1,\"b\":\"x\"},\"/~\":\"slash\",\"e\":{\"\":\"empty\"}}";

    send("?keyField=" + pointer, document).then().statusCode(200).body("imported", equalTo(1));

    assertThat(api().get(entries + "/" + key).asString()).isEqualTo(document);
  }

  @Test
  void entriesAreImportedAsExportWritesThem() {
    String lines =
        """
        {"key":"json","value":{"n": 1.0}}
        {"key":"text","value":"é","contentType":"text/plain;charset=utf-8"}
        {"key":"_wA","keyEncoding":"base64url","valueBase64":"AP8=","contentType":"image/png","version":7}
        """;

    send("", lines).then().statusCode(200).body("imported", equalTo(3));

    assertThat(api().get(entries + "/json").asString()).isEqualTo("{\"n\": 1.0}");
    assertThat(api().get(entries + "/text").asByteArray()).isEqualTo("é".getBytes(UTF_8));
    assertThat(api().get(entries + "/_wA?keyEncoding=base64url").asByteArray())
        .isEqualTo(new byte[] {0, (byte) 0xFF});
  }

  @Test
  void nullBesideAnotherFormIsNotImported() {
    String lines =
        """
        {"key":"bytes","value":null,"valueBase64":"AP8=","ttl":null,"expiresAt":null}
        {"key":"null","value":null,"valueBase64":null}
        """;

    send("", lines).then().statusCode(200).body("imported", equalTo(2));

    assertThat(api().get(entries + "/bytes").asByteArray()).isEqualTo(new byte[] {0, (byte) 0xFF});
    assertThat(api().get(entries + "/null").asString()).isEqualTo("null");
  }

  @Test
  void exportAndImportBringEveryByteBack() throws IOException {
    List<byte[]> values =
        List.of(
            "{\"a\":1.0}".getBytes(UTF_8),
            " [ 1 ]".getBytes(UTF_8),
            "{\n\"a\"\r\n:1}".getBytes(UTF_8),
            "\"\\u2028\u2028\"".getBytes(UTF_8),
            "1".getBytes(UTF_8));
    List<String> types =
        List.of(
            "application/json",
            "text/plain",
            "text/plain;charset=utf-8",
            "application/octet-stream",
            "application/json;v=2");
    for (String type : types) {
      for (int i = 0; i < values.size(); i++) {
        api()
            .contentType(type)
            .body(values.get(i))
            .put(entries + "/" + i + type.replaceAll("\\W", "-"));
      }
    }
    api()
        .contentType("text/plain")
        .body(new byte[] {(byte) 0xC3})
        .put(entries + "/_wA?keyEncoding=base64url");

    Response exported = api().get(entries + ":export");
    assertThat(exported.statusCode()).isEqualTo(200);
    assertThat(exported.contentType()).isEqualTo("application/gzip");
    assertThat(exported.header("Content-Disposition")).contains("transfer-test.ndjson.gz");
    byte[] file = exported.asByteArray();
    assertThat(new String(gunzip(file), UTF_8).lines()).hasSize(26);

    String copy = keyspace("transfer-copy") + "/entries";
    api()
        .contentType("application/gzip")
        .body(file)
        .post(copy + ":import")
        .then()
        .statusCode(200)
        .body("imported", equalTo(26));
    assertThat(gunzip(api().get(copy + ":export").asByteArray())).isEqualTo(gunzip(file));
    Response twice =
        api()
            .contentType(NDJSON)
            .header("Content-Encoding", "gzip")
            .body(file)
            .post(copy + ":import");
    assertThat(twice.jsonPath().getInt("imported")).isEqualTo(26);
    for (String key : api().get(entries).jsonPath().getList("entries.key", String.class)) {
      String suffix = key.equals("_wA") ? "?keyEncoding=base64url" : "";
      Response original = api().get(entries + "/" + key + suffix);
      Response copied = api().get(copy + "/" + key + suffix);
      assertThat(copied.asByteArray()).isEqualTo(original.asByteArray());
      assertThat(copied.contentType()).isEqualTo(original.contentType());
    }
    database.dropKeyspace("transfer-copy");
  }

  private static byte[] gunzip(byte[] file) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes();
  }

  @Test
  void emptyKeyspaceAndEmptyFileAreNothing() throws IOException {
    byte[] file = api().get(entries + ":export").asByteArray();
    assertThat(gunzip(file)).isEmpty();

    send("", "application/gzip", file)
        .then()
        .statusCode(200)
        .body("lines", equalTo(0))
        .body("imported", equalTo(0));
    send("", NDJSON, new byte[0]).then().statusCode(200).body("imported", equalTo(0));
  }

  @Test
  void lineThatCannotBeImportedStopsTheImportBehindTheLinesBefore() {
    String lines = "{\"p\":\"a\"}\n{\"p\":\"b\"}\n{\"p\":\n{\"p\":\"c\"}\n";

    send("?keyField=/p", lines)
        .then()
        .statusCode(422)
        .body("type", equalTo("/problems/import-stopped"))
        .body("line", equalTo(3))
        .body("acknowledgedLines", equalTo(2))
        .body("imported", equalTo(2))
        .body("reason", containsString("not JSON"));

    assertThat(count()).isEqualTo(2);
  }

  @Test
  void linesThatCannotBeImportedAreLeftOutAndNamed() {
    String lines =
        """
        {"key":"a","value":1}
        nonsense
        {"key":"b"}
        {"value":1}
        {"key":"","value":1}
        {"key":"c","value":1,"more":1}
        {"key":"d","valueBase64":"?"}
        {"key":"e","value":1,"contentType":"text/plain"}
        {"key":"f","value":1,"contentType":"nonsense"}
        [1]
        {"key":"g","value":1,"keyEncoding":"hex"}
        {"key":"z","value":1}
        """;

    Response response = send("?onError=skip", lines);

    response
        .then()
        .statusCode(200)
        .body("lines", equalTo(12))
        .body("imported", equalTo(2))
        .body("rejected", equalTo(10));
    assertThat(response.jsonPath().getList("rejections.line", Integer.class))
        .containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(response.jsonPath().getList("rejections.reason", String.class))
        .allMatch(reason -> reason.matches(".+[.?]"));
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void rejectedLinesAreCountedAllAndNamedUpToABound() {
    String lines = "x\n".repeat(ImportProgress.REJECTIONS_NAMED_MAX + 50);

    Response response = send("?onError=skip", lines);

    assertThat(response.jsonPath().getInt("rejected"))
        .isEqualTo(ImportProgress.REJECTIONS_NAMED_MAX + 50);
    assertThat(response.jsonPath().getList("rejections"))
        .hasSize(ImportProgress.REJECTIONS_NAMED_MAX);
  }

  @Test
  void linesAreBounded() {
    int max = 32 << 10;
    String prefix = "{\"p\":\"a\",\"x\":\"";
    String longest = prefix + "v".repeat(max - prefix.length() - 2) + "\"}";
    assertThat(longest).hasSize(max);

    Response response =
        send(
            "?keyField=/p&onError=skip",
            longest + "\n" + longest + " \n" + longest.repeat(9) + "\n{\"p\":\"b\"}");

    response.then().statusCode(200).body("lines", equalTo(4)).body("imported", equalTo(2));
    assertThat(response.jsonPath().getList("rejections.line", Integer.class)).containsExactly(2, 3);
    assertThat(response.jsonPath().getString("rejections[0].reason"))
        .contains("32769")
        .contains("32768");
  }

  @Test
  void progressTellsCommittedLinesOnlyAndEndsWithTheResult() {
    String lines =
        IntStream.range(0, 5000)
            .mapToObj(i -> "{\"p\":\"k%05d\"}".formatted(i))
            .collect(Collectors.joining("\n"));

    Response response =
        api()
            .accept(NDJSON)
            .contentType(NDJSON)
            .body(lines.getBytes(UTF_8))
            .post(entries + ":import?keyField=/p");

    assertThat(response.statusCode()).isEqualTo(200);
    List<JsonNode> progress =
        response.asString().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(progress).hasSizeGreaterThan(1);
    assertThat(progress.getFirst().path("acknowledgedLines").asInt()).isBetween(1, 4999);
    assertThat(progress.getFirst().path("version").asLong()).isPositive();
    assertThat(progress.getLast().at("/result/imported").asInt()).isEqualTo(5000);
    assertThat(progress.getLast().at("/result/acknowledgedLines").asInt()).isEqualTo(5000);
    assertThat(count()).isEqualTo(5000);
  }

  @Test
  void problemBehindTheFirstProgressIsTheLastLine() {
    String lines =
        IntStream.range(0, 3000)
            .mapToObj(i -> "{\"p\":\"k%05d\"}".formatted(i))
            .collect(Collectors.joining("\n"));

    Response response =
        api()
            .header("X-Request-Id", "import-1")
            .accept(NDJSON)
            .contentType(NDJSON)
            .body((lines + "\nx\n").getBytes(UTF_8))
            .post(entries + ":import?keyField=/p");

    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode last = JsonMapper.shared().readTree(response.asString().lines().toList().getLast());
    assertThat(last.at("/problem/type").asString()).isEqualTo("/problems/import-stopped");
    assertThat(last.at("/problem/acknowledgedLines").asInt()).isEqualTo(3000);
    assertThat(last.at("/problem/requestId").asString()).isEqualTo("import-1");
    assertThat(count()).isEqualTo(3000);
    api()
        .accept(NDJSON)
        .contentType(NDJSON)
        .body("x\n".getBytes(UTF_8))
        .post(entries + ":import")
        .then()
        .statusCode(422);
  }

  @Test
  void loggedImportIsAccepted() {
    api()
        .header("Lightning-Durability", "logged")
        .contentType(NDJSON)
        .body("{\"key\":\"a\",\"value\":1}".getBytes(UTF_8))
        .post(entries + ":import")
        .then()
        .statusCode(202)
        .header("Lightning-Durability", "logged");
  }

  @Test
  void csvRowsBecomeDocuments() {
    String rows =
        "\uFEFFname,size,note\r\nbash,1.50,\"a \"\"shell\"\"\r\nwith, lines\"\r\nzsh,,é\r\n";

    send("?keyField=/name", "text/csv", rows.getBytes(UTF_8))
        .then()
        .statusCode(200)
        .body("imported", equalTo(2));

    assertThat(api().get(entries + "/bash").asString())
        .isEqualTo(
            "{\"name\":\"bash\",\"size\":\"1.50\",\"note\":\"a \\\"shell\\\"\\r\\nwith, lines\"}");
    assertThat(
            JsonMapper.shared()
                .readTree(api().get(entries + "/zsh").asByteArray())
                .path("note")
                .asString())
        .isEqualTo("é");
  }

  @Test
  void csvRowsAreEntriesWithoutAKeyField() throws IOException {
    String rows =
        "key,value,contentType\na,plain,\nb,{},application/json\nc,{,application/json\nd\n";

    Response response =
        api()
            .contentType("text/csv")
            .header("Content-Encoding", "gzip")
            .body(gzip(rows.getBytes(UTF_8)))
            .post(entries + ":import?onError=skip");

    response.then().statusCode(200).body("imported", equalTo(2)).body("rejected", equalTo(2));
    assertThat(response.jsonPath().getList("rejections.line", Integer.class)).containsExactly(4, 5);
    assertThat(api().get(entries + "/a").contentType()).isEqualTo("text/plain;charset=utf-8");
    assertThat(api().get(entries + "/b").contentType()).isEqualTo("application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?keyField=/id   | name,size",
        "''              | name,size",
        "''              | key,value,more",
        "?keyField=/a/b  | a,b",
        "?keyField=/a    | a,a",
      })
  void csvWithoutItsColumnsIsRefused(String query, String header) {
    send(query, "text/csv", (header + "\n1,2,3\n").getBytes(UTF_8))
        .then()
        .statusCode(422)
        .body("type", equalTo("/problems/invalid-content"));
  }

  @Test
  void csvRowWithoutEndIsNotReadForEver() {
    byte[] endless = ("key,value\na,\"" + "x\n".repeat(100_000)).getBytes(UTF_8);

    send("", "text/csv", endless)
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/malformed-request"));
    assertThat(count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"package", "/a~2", "/~", ""})
  void keyFieldThatIsNoPointerIsRefused(String pointer) {
    send("?keyField=" + pointer, "{}")
        .then()
        .statusCode(400)
        .body("parameter", equalTo("keyField"));
  }

  @Test
  void brokenGzipIsRefused() throws IOException {
    byte[] whole = gzip("{\"key\":\"a\",\"value\":1}\n".getBytes(UTF_8));
    for (byte[] broken : List.of(new byte[] {1, 2, 3}, Arrays.copyOf(whole, whole.length - 6))) {
      send("", "application/gzip", broken)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/malformed-request"));
    }
  }

  @Test
  void gzipIsImportedWholeOrRefused() throws IOException {
    byte[] first = gzip("{\"key\":\"a\",\"value\":1}\n".getBytes(UTF_8));
    byte[] second = gzip("{\"key\":\"b\",\"value\":1}\n".getBytes(UTF_8));
    byte[] both = joined(first, second);
    send("", "application/gzip", both).then().statusCode(200).body("imported", equalTo(2));

    List<byte[]> broken = new ArrayList<>();
    broken.add(joined(both, "garbage".getBytes(UTF_8)));
    broken.add(joined(both, new byte[512]));
    broken.add(joined(first, "garbage".getBytes(UTF_8)));
    // The magic, a checksum and a length of the second member.
    for (int at : List.of(first.length, first.length + 1, both.length - 8, both.length - 1)) {
      byte[] flipped = both.clone();
      flipped[at] ^= 1;
      broken.add(flipped);
    }
    for (int length = first.length + 1; length < both.length; length += 5) {
      broken.add(Arrays.copyOf(both, length));
    }
    for (byte[] body : broken) {
      send("", "application/gzip", body)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/malformed-request"))
          .body("acknowledgedLines", equalTo(0))
          .body("detail", containsString("gzip"));
      api()
          .contentType(NDJSON)
          .header("Content-Encoding", "gzip")
          .body(body)
          .post(entries + ":import")
          .then()
          .statusCode(400)
          .body("acknowledgedLines", equalTo(0));
    }
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void whatIsInBeforeTheDamageIsTold() throws IOException {
    String lines =
        IntStream.range(0, 2500)
            .mapToObj("{\"key\":\"k%05d\",\"value\":1}\n"::formatted)
            .collect(Collectors.joining());

    Response response =
        send("", "application/gzip", joined(gzip(lines.getBytes(UTF_8)), new byte[1]));

    response
        .then()
        .statusCode(400)
        .body("acknowledgedLines", equalTo(2000))
        .body("imported", equalTo(2000))
        .body("line", equalTo(2501));
    assertThat(count()).isEqualTo(2000);
  }

  @Test
  void bombOfEmptyLinesIsRefused() throws IOException {
    byte[] bomb = gzip("\n".repeat(20 << 20).getBytes(UTF_8));

    send("", "application/gzip", bomb)
        .then()
        .statusCode(413)
        .body("type", equalTo("/problems/body-too-large"))
        .body("acknowledgedLines", equalTo(0))
        .body("detail", containsString("lightning.limits.import-expansion-max"));
  }

  @Test
  void keyspaceOfEntriesThatAreMuchAlikeComesBack() throws IOException {
    byte[] value = new byte[1 << 20];
    for (int i = 0; i < 12; i++) {
      api().body(value).put(entries + "/" + i);
    }

    byte[] file = api().get(entries + ":export").asByteArray();

    send("?onError=skip", "application/gzip", file)
        .then()
        .statusCode(200)
        .body("lines", equalTo(12))
        .body("rejected", equalTo(12));
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstLine() {
    send("", "\uFEFF{\"key\":\"a\",\"value\":1}\n").then().statusCode(200);
    send("", "\uFEFF\n{\"key\":\"b\",\"value\":1}\n").then().statusCode(200);
    send("", "{\"key\":\"c\",\"value\":1}\n\uFEFF{\"key\":\"d\",\"value\":1}\n")
        .then()
        .statusCode(422)
        .body("line", equalTo(2));

    assertThat(count()).isEqualTo(3);
  }

  @Test
  void linesWithNothingOnThemAreLeftOut() {
    send("", "\n\r\n\n{\"key\":\"a\",\"value\":1}\n\n\n")
        .then()
        .statusCode(200)
        .body("lines", equalTo(6))
        .body("imported", equalTo(1));
    send("", "text/csv", "\n\r\nkey,value\n\na,1\n  \n\nb,\"1\n\n2\"\n\n\n".getBytes(UTF_8))
        .then()
        .statusCode(200)
        .body("imported", equalTo(2))
        .body("rejected", equalTo(0))
        .body("lines", equalTo(12));
    send("?keyField=/name", "text/csv", "name\n\n  \n\n".getBytes(UTF_8))
        .then()
        .statusCode(200)
        .body("imported", equalTo(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "key,value~a,1~b,\"2~c,3~          | 3 | not CSV",
        "key,value~a,1~b,\"2               | 3 | not CSV",
        "key,value~a,1~b,\"2\"3,4~         | 3 | not CSV",
        "key,value~a,\"1~1\"~b,\u00FF,4~   | 4 | not valid UTF-8",
        "key,value~a,1~b,2\u00C3            | 3 | not valid UTF-8",
        "key,\"value                      | 1 | not CSV",
        "key,valu\u00FFe~                  | 1 | not valid UTF-8",
      })
  void faultOfCsvHasItsLine(String rows, int line, String what) {
    send("?onError=skip", "text/csv", rows.replace('~', '\n').getBytes(ISO_8859_1))
        .then()
        .statusCode(400)
        .body("type", equalTo("/problems/malformed-request"))
        .body("line", equalTo(line))
        .body("acknowledgedLines", equalTo(0))
        .body("detail", containsString(what));
  }

  @Test
  void everyRefusalTellsTheLine() throws IOException {
    send("", "text/csv", "\nkey,key\n".getBytes(UTF_8))
        .then()
        .statusCode(422)
        .body("line", equalTo(1))
        .body("acknowledgedLines", equalTo(0));
    send("", "text/csv", gzip("key,value\n".getBytes(UTF_8)))
        .then()
        .statusCode(400)
        .body("line", equalTo(1))
        .body("acknowledgedLines", equalTo(0));
    send("", NDJSON, new byte[] {'1', '\n', (byte) 0xFF})
        .then()
        .statusCode(422)
        .body("line", equalTo(1));
  }

  @Test
  void otherBodiesAreRefused() {
    send("", "application/json", "{}".getBytes(UTF_8)).then().statusCode(415);
    send("", "application/x-www-form-urlencoded", "{}".getBytes(UTF_8)).then().statusCode(415);
    api()
        .contentType(NDJSON)
        .header("Content-Encoding", "br")
        .body(new byte[1])
        .post(entries + ":import")
        .then()
        .statusCode(415);
    send("?onError=ignore", "{}")
        .then()
        .statusCode(400)
        .body("detail", containsString("stop, skip"));
    api()
        .contentType(NDJSON)
        .body(new byte[1])
        .post("/v1/keyspaces/nowhere/entries:import")
        .then()
        .statusCode(404);
    api()
        .accept("text/html")
        .contentType(NDJSON)
        .body(new byte[1])
        .post(entries + ":import")
        .then()
        .statusCode(406);
  }
}
