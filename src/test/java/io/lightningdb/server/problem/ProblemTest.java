package io.lightningdb.server.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
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
        "/",
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
    Raw.Answer header = Raw.send(port(), "GET /v1/limits", "X-Large: " + large + "\r\n", "");
    assertThat(header.status()).isIn(400, 431);
    assertProblem(
        header,
        header.status(),
        header.status() == 400 ? "malformed-request" : "headers-too-large");
    Raw.Answer url = Raw.send(port(), "GET /v1/limits?" + large, "", "");
    assertThat(url.status()).isIn(400, 414);
    assertProblem(url, url.status(), url.status() == 400 ? "malformed-request" : "uri-too-long");
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
    assertThat(html.asString()).contains("<a href=\"/problems/corruption\">");
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
