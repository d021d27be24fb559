package io.lightningdb.server.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.DocumentedCalls;
import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The header Accept means the same to every call.
class AcceptTest extends RunningService {
  private String entries = "";

  @BeforeEach
  void makeEntries() {
    entries = keyspace("accept-test") + "/entries";
    for (String key : List.of("a", "b")) {
      api()
          .contentType("application/json")
          .body(key.equals("a") ? "1" : "2")
          .put(entries + "/" + key);
    }
  }

  static Stream<Contract.Operation> callsThatNegotiate() {
    return Contract.shipped().operations().stream()
        .filter(call -> DocumentedCalls.statuses(call).contains("406"));
  }

  private static boolean answersJson(Contract.Operation call) {
    return !call.path().endsWith(":export")
        && !call.path().endsWith(".yaml")
        && !call.path().contains("prometheus");
  }

  private int status(Contract.Operation call, String... accepted) {
    // What is found acceptable is refused all the same, so that nothing is done.
    String query = call.path().startsWith("/v1/") ? "?nonsense=1" : "";
    // Actuator answers media types besides that of the document.
    RequestSpecification client =
        call.path().startsWith("/actuator")
            ? given().baseUri("http://127.0.0.1").port(port()).urlEncodingEnabled(false)
            : api();
    RequestSpecification request = DocumentedCalls.withBody(client, call);
    for (String each : accepted) {
      request = request.header("Accept", each);
    }
    return request
        .request(DocumentedCalls.method(call), DocumentedCalls.path(call, "absent") + query)
        .statusCode();
  }

  /// Some of the values for each call, each of them for a third of the calls: one place judges them all.
  private static List<String> oneInThree(Contract.Operation call, String... values) {
    int first = Math.floorMod((call.method() + call.path()).hashCode(), 3);
    return IntStream.range(0, values.length)
        .filter(i -> i % 3 == first)
        .mapToObj(i -> values[i])
        .toList();
  }

  @ParameterizedTest
  @MethodSource("callsThatNegotiate")
  void acceptMeansTheSameToEveryCall(Contract.Operation call) {
    for (String anything :
        oneInThree(
            call,
            "*/*",
            "",
            "  ",
            "*/*;q=0.1",
            "application/problem+json",
            "application/problem+json;q=0.5",
            "image/png, */*;q=0.1",
            "text/html;q=0, */*")) {
      assertThat(status(call, anything)).as(call + " " + anything).isNotEqualTo(406);
    }
    assertThat(status(call, "image/png", "*/*")).as(call + " in two lines").isNotEqualTo(406);
    for (String nothing :
        oneInThree(
            call,
            "image/png",
            "image/*",
            "nonsense",
            "*/*;q=nonsense",
            "*/*;q=0",
            "application/json;q=0",
            "image/png, application/problem+json",
            "application/*;q=0, text/*;q=0, */*")) {
      assertThat(status(call, nothing)).as(call + " " + nothing).isEqualTo(406);
    }
    if (answersJson(call)) {
      assertThat(status(call, "application/json")).as(call + " JSON").isNotEqualTo(406);
      assertThat(status(call, "application/*;q=0.2")).as(call + " application").isNotEqualTo(406);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | application/json",
        "application/x-ndjson | application/x-ndjson",
        "application/ndjson | application/ndjson",
        "application/jsonl | application/jsonl",
        "Application/JSONL;q=0.4 | application/jsonl",
        "application/jsonl, application/json;q=0.9 | application/jsonl",
        "application/jsonl;q=0.8, application/json;q=0.9 | application/json",
        "application/json;q=0, */* | application/x-ndjson",
        "application/x-ndjson;q=0, */* | application/json",
        "application/problem+json | application/json",
        "application/problem+json, application/ndjson | application/ndjson",
      })
  void listsAreAnsweredAsPreferred(String accepted, String answered) {
    Response response = api().header("Accept", accepted).get(entries);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.contentType()).isEqualTo(answered);
    assertThat(response.asString().lines().count()).isEqualTo(answered.endsWith("/json") ? 1 : 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-ndjson", "application/ndjson", "application/jsonl"})
  void linesHaveThreeNames(String name) {
    String transaction = api().post("/v1/transactions").jsonPath().getString("id");
    String inside = entries.replace("/v1/", "/v1/transactions/" + transaction + "/");

    assertThat(api().header("Accept", name).get(inside).contentType()).isEqualTo(name);
    Response imported =
        api()
            .header("Accept", name)
            .contentType(name)
            .body("{\"key\":\"c\",\"value\":3}\n".getBytes(StandardCharsets.UTF_8))
            .post(entries + ":import");

    assertThat(imported.statusCode()).isEqualTo(200);
    assertThat(imported.contentType()).isEqualTo(name);
    assertThat(imported.asString()).contains("\"imported\":1");
    api().delete("/v1/transactions/" + transaction).then().statusCode(204);
    api().delete(entries + "/c").then().statusCode(204);
  }

  @Test
  void tableIsNotEmpty() {
    assertThat(callsThatNegotiate().count()).isGreaterThan(40);
  }
}
