package io.lightningdb.server.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Browsers are told what they must not do, with every answer.
class AnswerHeadersTest extends SecuredService {

  private static void assertHeaders(Headers headers) {
    assertThat(headers.getValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(headers.getValues("X-Frame-Options")).containsExactly("DENY");
    assertThat(headers.getValues("Referrer-Policy")).containsExactly("no-referrer");
    assertThat(headers.getValues("Cross-Origin-Resource-Policy")).containsExactly("same-origin");
    assertThat(headers.getValues("Content-Security-Policy")).hasSize(1);
    assertThat(headers.getValues("Cache-Control")).hasSize(1);
    // Over plain HTTP it would mean nothing.
    assertThat(headers.hasHeaderWithName("Strict-Transport-Security")).isFalse();
  }

  @Test
  void answersAndProblemsHaveThem() {
    String entry = keyspace("headers") + "/entries/page";
    with(ADMIN)
        .contentType("text/html")
        .body("<script>alert(1)</script>")
        .put(entry)
        .then()
        .statusCode(201);
    for (Headers headers :
        List.of(
            with(ADMIN).get(entry).headers(),
            with(ADMIN).get("/v1/keyspaces/headers/entries/absent").headers(),
            with(ADMIN).get("/v1/nothing").headers(),
            with(ADMIN).patch(entry).headers(),
            with("wrong").get(entry).headers(),
            nobody().get(entry).headers(),
            nobody().get("/actuator/health").headers())) {
      assertHeaders(headers);
      // A stored page runs nothing.
      assertThat(headers.getValue("Content-Security-Policy"))
          .contains("default-src 'none'")
          .contains("sandbox");
    }
    assertThat(with(ADMIN).get(entry).header("Cache-Control")).isEqualTo("private, no-cache");
  }

  @Test
  void theContractCanBeTriedInABrowser() {
    Headers page = given().port(port()).get("/swagger-ui/index.html").headers();
    assertHeaders(page);
    assertThat(page.getValue("Content-Security-Policy"))
        .contains("script-src 'self'")
        .doesNotContain("sandbox");
  }
}
