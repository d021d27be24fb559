package io.lightningdb.server.console;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.RunningService;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the console is handed out, and what its files must not do.
class ConsoleTest extends RunningService {
  private static final Path SOURCES = Path.of("src", "console");
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:from '|import '|href=\"|src=\")(\\.{0,2}/?[a-z][a-z0-9/.-]*\\.(?:js|css|svg))");

  /// What makes text markup or a program, or a request without the frame of `lib/api.js`.
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|DOMParser"
              + "|createContextualFragment|setHTML|srcdoc|javascript:|localStorage|document\\.cookie"
              + "|\\bstyle=|<script>|https?://(?!www\\.w3\\.org/2000/svg)");

  private RequestSpecification client() {
    return given().baseUri("http://127.0.0.1").port(port()).urlEncodingEnabled(false);
  }

  private Response get(String path) {
    return client().redirects().follow(false).get(path);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(js|html|css|svg)"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/console/, text/html",
    "/console/index.html, text/html",
    "/console/app.js, text/javascript",
    "/console/lib/dom.js, text/javascript",
    "/console/style.css, text/css",
    "/console/icon.svg, image/svg+xml",
  })
  void filesHaveTheirTypeAndAStrictPolicy(String path, String type) {
    Response file = get(path);

    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(file.contentType()).startsWith(type);
    assertThat(file.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "*", "http:", "https:");
    assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(file.header("Cache-Control")).contains("no-cache");
  }

  @Test
  void aFileIsSentAgainOnlyIfItChanged() {
    String tag = get("/console/app.js").header("ETag");
    Response again = client().header("If-None-Match", tag).get("/console/app.js");

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body().asByteArray()).isEmpty();
    assertThat(client().header("If-None-Match", "W/\"other\"").get("/console/app.js").statusCode())
        .isEqualTo(200);
    Response head = client().head("/console/app.js");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.header("ETag")).isEqualTo(tag);
    assertThat(head.body().asByteArray()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/none.js",
        "/console/lib",
        "/console/lib/",
        "/console/README.md",
        "/console/pictures/overview.png",
        "/console/application.yaml",
        "/console/lib/dom.class",
        "/console/APP.JS",
        "/console/%2e%2e/application.yaml",
        "/console/..%2fopenapi/shared.yaml",
      })
  void whatIsNotAFileOfTheConsoleIsNotThere(String path) {
    Response answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.contentType()).startsWith("application/problem+json");
  }

  @Test
  void aPathWithAZeroIsNoPath() {
    Response answer = get("/console/lib/%00.js");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.contentType()).startsWith("application/problem+json");
  }

  @Test
  void theWayUpOutOfTheConsoleHasNoneOfItsRights() {
    Response answer = get("/console/../v1/limits");

    assertThat(answer.statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console"})
  void browsersAreLedToIt(String path) {
    Response answer =
        client().header("Accept", "text/html,*/*;q=0.8").redirects().follow(false).get(path);

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.header("Location")).isEqualTo("console/");
    assertThat(client().header("Accept", "text/html,*/*;q=0.8").get(path).asString())
        .contains("<title>Lightning DB</title>");
  }

  @Test
  void everyFileThatAFileNamesIsThere() throws IOException {
    TreeSet<String> named = new TreeSet<>();
    for (Path source : sources()) {
      String folder = "/console/" + SOURCES.relativize(source).toString().replace('\\', '/');
      Matcher matcher = NAMED.matcher(Files.readString(source));
      while (matcher.find()) {
        named.add(Path.of(folder).resolveSibling(matcher.group(1)).normalize().toString());
      }
    }

    assertThat(named).hasSizeGreaterThan(10);
    for (String file : named) {
      assertThat(get(file).statusCode()).as(file).isEqualTo(200);
    }
    for (Path source : sources()) {
      String file = "/console/" + SOURCES.relativize(source);
      assertThat(get(file).body().asByteArray()).as(file).isEqualTo(Files.readAllBytes(source));
    }
  }

  @Test
  void noFileMakesTextMarkupOrLeadsOut() throws IOException {
    for (Path source : sources()) {
      String text = Files.readString(source, StandardCharsets.UTF_8);
      // The name of the format of SVG is an address that nothing is loaded from.
      Matcher found = FORBIDDEN.matcher(text);
      assertThat(found.find() ? found.group() : "").as(source.toString()).isEmpty();
      assertThat(text.lines().count()).as(source.toString()).isLessThanOrEqualTo(500);
    }
  }
}
