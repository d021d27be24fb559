package io.lightningdb.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.lightningdb.server.Contract;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.response.Response;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Media types and charsets: what the document says is taken is taken, and nothing else.
class MediaTypesTest extends RunningService {

  /// Every call that takes JSON and nothing else. That for tokens is refused before, where there are no credentials.
  static Stream<Contract.Operation> callsWithJson() {
    Contract contract = Contract.shipped();
    return contract.operations().stream()
        .filter(call -> !call.path().equals("/v1/admin/tokens"))
        .filter(call ->
            contract
                .document()
                .path("paths")
                .path(call.path())
                .path(call.method())
                .path("requestBody")
                .path("content")
                .propertyNames()
                .toString()
                .equals("[application/json]"));
  }

  private String line(Contract.Operation call) {
    String path = call.path();
    if (path.contains("{transaction}")) {
      String id = api().post("/v1/transactions").jsonPath().getString("id");
      path = path.replace("{transaction}", id);
    }
    path =
        path.replace("{keyspace}", path.endsWith("{keyspace}") ? "media-types" : "default")
            .replaceAll("\\{[a-z]+\\}", "media-types");
    return call.method().toUpperCase(Locale.ROOT) + " " + path;
  }

  @ParameterizedTest
  @MethodSource("callsWithJson")
  void jsonIsDeclaredAndInUtf8(Contract.Operation call) {
    String line = line(call);
    for (String type :
        List.of(
            "",
            "Content-Type: text/plain\r\n",
            "Content-Type: application/x-ndjson\r\n",
            "Content-Type: nonsense\r\n",
            "Content-Type: application/json;charset=iso-8859-1\r\n",
            "Content-Type: application/json; charset=\"UTF-16\"\r\n")) {
      Raw.Answer answer = Raw.send(port(), line, type, "{}");

      assertThat(answer.status()).as(call + " with " + type + answer.body()).isEqualTo(415);
      JsonNode problem = JsonMapper.shared().readTree(answer.body());
      assertThat(problem.path("type").asString()).isEqualTo("/problems/unsupported-media-type");
      assertThat(problem.path("detail").asString()).isNotBlank().doesNotContain("null");
    }
    for (String type : List.of("application/json", "application/json; charset=\"utf-8\"")) {
      for (Charset wide : List.of(UTF_16, UTF_16LE)) {
        String body = new String("{}".getBytes(wide), ISO_8859_1);
        Raw.Answer answer = Raw.send(port(), line, "Content-Type: " + type + "\r\n", body);
        assertThat(answer.status()).as(call + " in " + wide + answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("/problems/malformed-json");
      }
      Raw.Answer latin = Raw.send(port(), line, "Content-Type: " + type + "\r\n", "{\"\u00E9\":1}");
      assertThat(latin.status()).as(latin.body()).isEqualTo(400);
      assertThat(latin.body()).contains("/problems/malformed-json");
      Raw.Answer more = Raw.send(port(), line, "Content-Type: " + type + "\r\n", "{} {}");
      assertThat(more.status()).as(call + more.body()).isEqualTo(400);
    }
  }

  @Test
  void missingContentTypeIsNamedSo() {
    Response response =
        api().body("{}".getBytes(UTF_8)).post("/v1/keyspaces/default/entries:batch");

    response.then().statusCode(415).body("detail", not(containsString("null")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-ndjson", "text/csv"})
  void importsAreInUtf8(String type) {
    String body = "key,value\na,1\n";
    api()
        .contentType(type + ";charset=iso-8859-1")
        .body(body.getBytes(UTF_8))
        .post("/v1/keyspaces/default/entries:import")
        .then()
        .statusCode(415)
        .body("detail", containsString("UTF-8"));
    api()
        .contentType(type + ";charset=UTF-8")
        .body("\n".getBytes(UTF_8))
        .post("/v1/keyspaces/default/entries:import")
        .then()
        .statusCode(type.equals("text/csv") ? 422 : 200);
  }

  @Test
  void valueIsAsItIsDeclared() {
    String path = "/v1/keyspaces/default/entries/declared";
    byte[] latin = "caf\u00E9".getBytes(ISO_8859_1);
    api()
        .contentType("text/plain;charset=utf-8")
        .body(latin)
        .put(path)
        .then()
        .statusCode(400)
        .body("detail", containsString("declared as UTF-8"));
    api()
        .contentType("application/json;charset=iso-8859-1")
        .body("1")
        .put(path)
        .then()
        .statusCode(415);
    // Text in another charset is kept, and is never shown as if it were UTF-8.
    String type = "text/plain;charset=iso-8859-1";
    byte[] both = "\u00C3\u00A9".getBytes(ISO_8859_1);
    api().contentType(type).body(both).put(path).then().statusCode(201);
    assertThat(api().get(path).asByteArray()).isEqualTo(both);
    assertThat(api().get(path).contentType()).isEqualTo(type);
    api()
        .get("/v1/keyspaces/default/entries?prefix=declared")
        .then()
        .body("entries[0].valueBase64", equalTo("w6k="));
    api()
        .contentType("application/json")
        .body(
            "{\"operations\":[{\"put\":{\"key\":\"declared\",\"value\":\"x\",\"contentType\":\"%s\"}}]}"
                .formatted(type))
        .post("/v1/keyspaces/default/entries:batch")
        .then()
        .statusCode(422);
    api().delete(path);
  }
}
