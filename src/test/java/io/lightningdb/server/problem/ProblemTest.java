package io.lightningdb.server.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RawConnection;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProblemTest extends RunningService {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1",
        "/v1/",
        "/v2/limits",
        "/v1/keyspaces/",
        "/v1/keyspaces/default/",
        "/v1/keyspaces/default/entries/",
        "/v1/keyspaces/default/nothing",
        "/v1/keyspaces/default/entries:nothing",
        "/error",
        "/index.html",
        "/favicon.ico",
        "/swagger-ui/nothing",
        "/actuator/env",
        "/actuator/shutdown",
        "/problems/nothing",
        "/v1/transactions/",
      })
  void unknownPathsAreProblems(String path) {
    api()
        .get(path)
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("type", equalTo("/problems/path-not-found"))
        .body("instance", equalTo(path));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/limits, GET",
    "PATCH, /v1/keyspaces/default, DELETE",
    "POST, /v1/keyspaces/default/entries, GET",
    "PUT, /v1/keyspaces/default/entries, GET",
    "GET, /v1/keyspaces/default/entries:batch, POST",
    "DELETE, /v1/keyspaces/default/entries:import, POST",
    "PUT, /problems, GET",
    "BREW, /v1/limits, GET",
  })
  void wrongMethodsAreProblems(String method, String path, String allowed) {
    Response response = api().request(method, path);

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.header("Allow")).contains(allowed);
    assertThat(response.jsonPath().getString("type")).isEqualTo("/problems/method-not-allowed");
  }

  /// The same for a method that the path does not have, and for whoever asks which it has.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/limits | GET, HEAD, OPTIONS",
        "/v1/keyspaces/default/entries/a | DELETE, GET, HEAD, OPTIONS, PUT",
        "/v1/keyspaces/default/entries:batch | OPTIONS, POST",
        "/v1/keyspaces/default | DELETE, GET, HEAD, OPTIONS, PUT",
        "/v1/admin/operations | GET, HEAD, OPTIONS, POST",
        "/problems | GET, HEAD, OPTIONS",
      })
  void methodsOfAPathAreToldAlike(String path, String methods) {
    Raw.Answer options = Raw.send(port(), "OPTIONS " + path, "", "");
    assertThat(options.status()).isEqualTo(200);
    assertThat(allow(options)).isEqualTo(methods);
    Raw.Answer wrong = Raw.send(port(), "BREW " + path, "", "");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(allow(wrong)).isEqualTo(methods);
  }

  private static String allow(Raw.Answer answer) {
    return answer
        .head()
        .lines()
        .filter(line -> line.startsWith("Allow: "))
        .map(line -> String.join(", ", new TreeSet<>(List.of(line.substring(7).split(",\\s*")))))
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/limits/%zz",
        "GET /v1/\\limits",
        "GET /v1/limits?a=b c",
        "GET v1/limits",
        "G\u00E9T /v1/limits",
        "GET /v1/keyspaces/default/entries/\u00E9",
      })
  void malformedRequestLinesAreProblems(String line) {
    assertProblem(Raw.send(port(), line, "", ""), 400, "malformed-request");
  }

  @Test
  void malformedHeadersAreProblems() {
    assertProblem(
        Raw.send(port(), "GET /v1/limits", "Content-Length: x\r\n", ""), 400, "malformed-request");
    assertProblem(
        Raw.send(port(), "GET /v1/limits", "Host: another\r\n", ""), 400, "malformed-request");
    assertProblem(
        Raw.send(
            port(), "PUT /v1/keyspaces/default/entries/a", "Transfer-Encoding: nonsense\r\n", ""),
        501,
        "not-implemented");
  }

  @Test
  void oversizedHeadersAndUrlsAreProblems() {
    String large = "x".repeat(70_000);
    assertProblem(
        Raw.send(port(), "GET /v1/limits", "X-Large: " + large + "\r\n", ""),
        431,
        "headers-too-large");
    assertProblem(
        Raw.send(port(), "GET /v1/limits", "X-Many: x\r\n".repeat(150), ""),
        431,
        "headers-too-large");
    assertProblem(Raw.send(port(), "GET /v1/limits?" + large, "", ""), 414, "uri-too-long");
    assertProblem(Raw.send(port(), "GET /" + large, "", ""), 414, "uri-too-long");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/9.9, 505, http-version-not-supported",
    "HTTP/1.2, 505, http-version-not-supported",
    "HTTP/2.0, 505, http-version-not-supported",
    "HTTPS/1.1, 400, malformed-request",
    "nonsense, 400, malformed-request",
  })
  void otherVersionsOfHttpAreProblems(String version, int status, String type) {
    assertProblem(
        Raw.exchange(
            port(),
            out ->
                out.write(
                    ("GET /v1/limits " + version + "\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1))),
        status,
        type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "gzip", "gzip, chunked", "identity", "deflate"})
  void otherTransferCodingsAreProblems(String coding) {
    assertProblem(
        Raw.send(
            port(),
            "PUT /v1/keyspaces/default/entries/a",
            "Transfer-Encoding: " + coding + "\r\n",
            ""),
        501,
        "not-implemented");
  }

  /// What the head already refuses is refused before a client that waits for it sends its body.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT /v1/keyspaces/default/entries/a?nonsense=1 | 5 | 400",
        "PUT /v1/keyspaces/default/entries/a | 1000000000 | 413",
        "PUT /v1/keyspaces/none/entries/a | 1000000000 | 404",
        "PUT /v1/nothing | 5 | 404",
        "PATCH /v1/keyspaces/default | 5 | 405",
        "POST /v1/keyspaces/default/entries:import | 5 | 415",
        "PUT /v1/keyspaces/no%20name | 5 | 400",
        "PUT /v1/keyspaces/default/entries/a HTTP/1.1~Content-Type: none~X: | 5 | 415",
        "PUT /v1/keyspaces/default/entries/a HTTP/1.1~Content-Range: bytes 0-4/9~X: | 5 | 400",
        "POST /actuator/integrity HTTP/1.1~Content-Type: application/json~X: | 1000000000 | 413",
      })
  void bodiesThatTheHeadRefusesAreNotAskedFor(String call, int length, int status) {
    Raw.Answer answer =
        Raw.send(
            port(),
            call.replace("~", "\r\n"),
            "Expect: 100-continue\r\nContent-Length: " + length + "\r\n",
            "");
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void bodiesThatAreTakenAreAskedFor() throws IOException {
    try (RawConnection connection = RawConnection.to(port())) {
      connection.send(
          "PUT /v1/keyspaces/default/entries/asked HTTP/1.1\r\nHost: localhost\r\n"
              + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(connection.answer().status()).isEqualTo(100);
      assertThat(connection.send("12345").answer().status()).isEqualTo(201);
    }
  }

  /// What Actuator reads has no bound of its own.
  @Test
  void longBodiesOutsideOfTheApiAreRefused() {
    Raw.Answer answer =
        Raw.exchange(
            port(),
            out -> {
              out.write(
                  ("POST /actuator/integrity HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                          + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                      .getBytes(StandardCharsets.ISO_8859_1));
              String chunk = "{\"a\":\"" + "x".repeat(100_000);
              out.write(
                  (Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n0\r\n\r\n")
                      .getBytes(StandardCharsets.ISO_8859_1));
            });
    assertProblem(answer, 413, "body-too-large");
  }

  /// No path has this method, so there is nothing to name in Allow.
  @Test
  void traceIsNotImplemented() {
    assertProblem(Raw.send(port(), "TRACE /v1/limits", "", ""), 501, "not-implemented");
  }

  @Test
  void brokenChunksAreProblems() {
    Raw.Answer answer =
        Raw.exchange(
            port(),
            out ->
                out.write(
                    ("PUT /v1/keyspaces/default/entries/chunked HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\nnot-hex\r\nabc\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1)));
    assertProblem(answer, 400, "malformed-request");
  }

  private static void assertProblem(Raw.Answer answer, int status, String type) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.head()).containsIgnoringCase("Content-Type: application/problem+json");
    assertThat(answer.head()).doesNotContainIgnoringCase("Server:");
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.path("type").asString()).isEqualTo("/problems/" + type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
  }

  @Test
  void allTypesAreListed() {
    assertThat(api().get("/problems").jsonPath().getList("problems"))
        .hasSameSizeAs(ProblemType.values());
    Response html = api().accept("text/html").get("/problems");
    assertThat(html.contentType()).startsWith("text/html");
    assertThat(html.asString())
        .contains("<a href=\"/problems/corruption\">")
        .containsSubsequence(
            "<h2>400 Bad Request</h2>",
            "/problems/malformed-json",
            "<h2>404 Not Found</h2>",
            "/problems/entry-not-found",
            "<h2>409 Conflict</h2>");
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasAPageInWords(ProblemType type) {
    Response json = api().get(type.path());
    json.then()
        .statusCode(200)
        .body("type", equalTo(type.path()))
        .body("title", equalTo(type.title()))
        .body("status", equalTo(type.status()));
    assertThat(json.jsonPath().getString("meaning")).hasSizeGreaterThan(20).endsWith(".");
    assertThat(json.jsonPath().getString("remedy")).endsWith(".");

    String html =
        api().accept("text/html,application/xhtml+xml,*/*;q=0.8").get(type.path()).asString();
    assertThat(html).startsWith("<!DOCTYPE html>").contains("What to do").doesNotContain("null");
  }

  @Test
  void pagesThatAreNotAcceptableAreProblems() {
    api()
        .accept("image/png")
        .get("/problems")
        .then()
        .statusCode(406)
        .body("detail", containsString("application/json"));
    api().accept("image/png").get("/problems/entry-not-found").then().statusCode(406);
    api().accept("nonsense").get("/v1/limits").then().statusCode(406);
  }

  @Test
  void problemsDoNotTellHowTheServiceIsBuilt() {
    String body = api().get("/v1/keyspaces/default/entries?limit=x").asString();
    assertThat(body)
        .doesNotContain("Exception")
        .doesNotContain("io.lightningdb")
        .doesNotContain("springframework");
  }
}
