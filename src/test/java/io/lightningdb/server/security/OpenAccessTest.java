package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.lightningdb.server.RunningService;
import io.restassured.http.Header;
import io.restassured.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;

/// A service without credentials, which Spring Security has nothing to do with, tells browsers the same as one with them.
class OpenAccessTest extends RunningService {
  private static final String ENTRY = "/v1/keyspaces/default/entries/open-access";

  @Autowired private DelegatingFilterProxyRegistrationBean springSecurity;

  /// What stands in each answer, and once.
  private static Map<String, List<String>> forBrowsers(Headers headers) {
    Map<String, List<String>> found = new TreeMap<>();
    for (String name : AnswerHeaders.ALWAYS.keySet()) {
      found.put(name, headers.getList(name).stream().map(Header::getValue).toList());
    }
    return found;
  }

  @Test
  void theFilterStandsAlone() {
    assertThat(springSecurity.isEnabled()).isFalse();
  }

  @Test
  void everyAnswerHasTheHeadersForBrowsers() {
    Map<String, List<String>> always = new TreeMap<>();
    AnswerHeaders.ALWAYS.forEach((name, value) -> always.put(name, List.of(value)));

    for (Headers headers :
        List.of(
            api().contentType("text/html").body("<script/>").put(ENTRY).headers(),
            api().get(ENTRY).headers(),
            api().head(ENTRY).headers(),
            api().header("If-None-Match", "*").get(ENTRY).headers(),
            api().get(ENTRY + "-absent").headers(),
            api().get("/v1/keyspaces/default/entries").headers(),
            api().get("/v1/nothing").headers(),
            api().patch(ENTRY).headers(),
            api().header("Host", "page.example").get(ENTRY).headers(),
            api().get("/error").headers(),
            api().get("/actuator/health").headers())) {
      assertThat(forBrowsers(headers)).isEqualTo(always);
      assertThat(headers.hasHeaderWithName("Strict-Transport-Security")).isFalse();
      assertThat(headers.hasHeaderWithName("Set-Cookie")).isFalse();
    }
  }

  @Test
  void everybodyIsToldThatNobodyIsAsked() {
    api()
        .get("/v1/caller")
        .then()
        .statusCode(200)
        .body("name", equalTo("anonymous"))
        .body("roles", contains("reader", "writer", "operator", "admin"))
        .body("keyspaces", contains("*"))
        .body("secured", equalTo(false))
        .body("$", not(hasKey("id")))
        .body("$", not(hasKey("expiresAt")));
  }

  @Test
  void everybodyIsShownThePartsOfHealth() {
    api()
        .get("/actuator/health")
        .then()
        .body("components.log.status", equalTo("UP"))
        .body("components.storage", notNullValue());
  }

  @Test
  void pagesForPeopleHaveTheirStyleAndNothingElse() {
    for (String path : List.of("/problems", "/problems/entry-not-found")) {
      Headers page = given().port(port()).accept("text/html").get(path).headers();

      assertThat(page.getValues("Content-Security-Policy"))
          .as(path)
          .containsExactly(
              "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
      assertThat(page.getValue("X-Frame-Options")).isEqualTo("DENY");
      assertThat(page.getValue("X-Content-Type-Options")).isEqualTo("nosniff");
    }
  }

  @Test
  void theContractCanBeTriedInABrowser() {
    Headers page = given().port(port()).get("/swagger-ui/index.html").headers();

    assertThat(page.getValues("Content-Security-Policy"))
        .singleElement()
        .asString()
        .contains("script-src 'self'")
        .doesNotContain("sandbox");
    assertThat(page.getValues("Cache-Control")).hasSize(1);
  }
}
