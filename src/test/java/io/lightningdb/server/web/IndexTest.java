package io.lightningdb.server.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/// What a program and a person find who know nothing but where the service is.
class IndexTest extends RunningService {
  private static final Pattern LINK = Pattern.compile("href=\"([^\"]+)\"");

  private Response get(String path, String accepted) {
    return given()
        .baseUri("http://127.0.0.1")
        .port(port())
        .urlEncodingEnabled(false)
        .header("Accept", accepted)
        .redirects()
        .follow(false)
        .get(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | application/json",
        "application/json | application/json",
        "application/*, text/html;q=0.9 | application/json",
      })
  void indexIsJsonForPrograms(String accepted, String type) {
    Response index = get("/", accepted);

    assertThat(index.statusCode()).isEqualTo(200);
    assertThat(index.contentType()).startsWith(type);
    assertThat(index.asString()).endsWith("\n").contains("/v1/keyspaces").doesNotContain("<script");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html, */*;q=0.1",
      })
  void peopleAreLedToTheConsole(String accepted) {
    Response index = get("/", accepted);

    assertThat(index.statusCode()).isEqualTo(302);
    assertThat(index.header("Location")).isEqualTo("console/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/problems", "/problems/entry-not-found", "/problems/version-not-retained"})
  void pagesHaveAStyleAndLeadOnAndBack(String path) {
    Response page = get(path, "text/html");
    List<String> links = new ArrayList<>();
    for (Matcher link = LINK.matcher(page.asString()); link.find(); ) {
      links.add(link.group(1));
    }

    assertThat(links).contains("/console/", "/problems", "/style.css");
    assertThat(page.asString())
        .doesNotContain("`", "<style", " style=", "<script", "http:", "https:");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "style-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("sandbox", "unsafe-inline", "script-src");
    assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
    for (String link : links.stream().distinct().toList()) {
      // Some part of the service that other tests share may not be well.
      assertThat(get(link, "*/*").statusCode()).as(link).isIn(200, 302, 503);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false", ", true"})
  void whatIsSwitchedOffIsNotLinkedTo(String isEnabled, boolean isLinked) {
    MockEnvironment environment = new MockEnvironment();
    if (isEnabled != null) {
      environment.setProperty("springdoc.swagger-ui.enabled", isEnabled);
    }
    assertThat(
            IndexController.links(environment).stream()
                .anyMatch(link -> link.href().startsWith("/swagger-ui")))
        .isEqualTo(isLinked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json"})
  void everyLinkOfTheIndexLeadsSomewhere(String accepted) {
    List<String> links = get("/", accepted).jsonPath().getList("links.href");

    assertThat(links).hasSizeGreaterThan(5).doesNotHaveDuplicates();
    for (String link : links) {
      assertThat(get(link, "*/*").statusCode()).as(link).isNotIn(404, 405, 406, 500);
    }
    assertThat(get("/style.css", "*/*").contentType()).startsWith("text/css");
  }
}
