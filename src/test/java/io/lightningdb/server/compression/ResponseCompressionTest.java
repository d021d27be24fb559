package io.lightningdb.server.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.RawConnection;
import io.lightningdb.server.RunningService;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers to clients that ask for compression, and what such clients may ask next. The client is one that does nothing by itself.
class ResponseCompressionTest extends RunningService {
  private static final int THRESHOLD_BYTES = 2048;
  private static final String[] GZIP = {"Accept-Encoding", "gzip"};

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private String entries = "";

  @AfterAll
  static void closeClient() {
    CLIENT.close();
  }

  @BeforeEach
  void makeKeyspace() {
    entries = keyspace("compression-test") + "/entries/";
  }

  private String put(String key, String type, byte[] value) {
    return api().contentType(type).body(value).put(entries + key).header("ETag");
  }

  private String put(String key, int bytes) {
    return put(key, "text/plain", "x".repeat(bytes).getBytes(UTF_8));
  }

  private HttpResponse<byte[]> ask(String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .method(
                method,
                method.equals("PUT")
                    ? HttpRequest.BodyPublishers.ofString("new")
                    : HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }

  private static boolean isCoded(HttpResponse<?> answer) {
    String coding = header(answer, "Content-Encoding");
    assertThat(coding).isIn("", "gzip");
    return coding.equals("gzip");
  }

  private static byte[] decoded(HttpResponse<byte[]> answer) throws IOException {
    assertThat(isCoded(answer)).isTrue();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      return in.readAllBytes();
    }
  }

  @Test
  void valueAboveTheThresholdIsAnotherRepresentation() throws IOException {
    String tag = put("long", THRESHOLD_BYTES + 1);
    String codedTag = tag.replaceAll("\"$", "-gzip\"");

    HttpResponse<byte[]> coded = ask("GET", entries + "long", GZIP);
    assertThat(decoded(coded)).asString(UTF_8).isEqualTo("x".repeat(THRESHOLD_BYTES + 1));
    assertThat(coded.body()).hasSizeLessThan(100);
    assertThat(header(coded, "ETag")).isEqualTo(codedTag);
    assertThat(header(coded, "Content-Type")).isEqualTo("text/plain");
    assertThat(header(coded, "Content-Length")).isIn("", "" + coded.body().length);
    assertThat(header(coded, "Accept-Ranges")).isEmpty();

    HttpResponse<byte[]> plain = ask("GET", entries + "long");
    assertThat(isCoded(plain)).isFalse();
    assertThat(header(plain, "ETag")).isEqualTo(tag);
    assertThat(header(plain, "Content-Length")).isEqualTo("2049");
    for (HttpResponse<byte[]> each : List.of(coded, plain)) {
      assertThat(each.headers().allValues("Vary")).contains("Accept-Encoding", "Origin");
    }
  }

  @Test
  void shortValueIsLeftAsItIs() throws IOException {
    String tag = put("short", THRESHOLD_BYTES);
    HttpResponse<byte[]> answer = ask("GET", entries + "short", GZIP);
    assertThat(isCoded(answer)).isFalse();
    assertThat(answer.body()).hasSize(THRESHOLD_BYTES);
    assertThat(header(answer, "ETag")).isEqualTo(tag);
    assertThat(header(answer, "Content-Length")).isEqualTo("2048");
    assertThat(decoded(ask("GET", entries + "short", "Accept-Encoding", "gzip, identity;q=0")))
        .as("to a client that does not take it so")
        .hasSize(THRESHOLD_BYTES);
  }

  /// A value as it is serves a client better than a refusal, and a cache that asks so would have nothing else to give either.
  @ParameterizedTest
  @ValueSource(strings = {"identity;q=0", "*;q=0", "gzip;q=0, identity;q=0", "br, identity;q=0"})
  void clientThatTakesNoCodingThatThereIsGetsNone(String accepted) {
    String tag = put("long", THRESHOLD_BYTES + 1);
    for (String method : List.of("GET", "HEAD")) {
      HttpResponse<byte[]> answer = ask(method, entries + "long", "Accept-Encoding", accepted);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Encoding")).isEmpty();
      assertThat(header(answer, "Content-Length")).isEqualTo("2049");
      assertThat(header(answer, "ETag")).isEqualTo(tag);
      assertThat(answer.headers().allValues("Vary")).contains("Accept-Encoding");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image/png",
        "video/mp4",
        "audio/ogg",
        "font/woff2",
        "application/zip",
        "application/gzip",
        "application/zstd",
        "application/epub+zip",
        "Application/PDF"
      })
  void whatIsCompressedAlreadyIsLeftAsItIs(String type) {
    put("compressed", type, new byte[10_000]);
    HttpResponse<byte[]> answer = ask("GET", entries + "compressed", GZIP);
    assertThat(isCoded(answer)).isFalse();
    assertThat(answer.body()).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image/svg+xml",
        "application/octet-stream",
        "text/csv; charset=utf-8",
        "application/x-own"
      })
  void otherTypesAreCompressed(String type) throws IOException {
    put("other", type, new byte[10_000]);
    assertThat(decoded(ask("GET", entries + "other", GZIP))).isEqualTo(new byte[10_000]);
  }

  @ParameterizedTest
  @ValueSource(ints = {5000, 70_000, 1_000_000})
  void bytesThatDoNotCompressGrowByLittle(int bytes) throws IOException {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    put("noise", "application/octet-stream", noise);
    HttpResponse<byte[]> answer = ask("GET", entries + "noise", GZIP);
    assertThat(decoded(answer)).isEqualTo(noise);
    assertThat(answer.body()).hasSizeLessThan(bytes + 100 + bytes / 1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  | If-None-Match | %d-gzip          | gzip     | 304 | %d-gzip",
        "HEAD | If-None-Match | %d-gzip          | gzip     | 304 | %d-gzip",
        "GET  | If-None-Match | W/%d-gzip        | gzip     | 304 | %d-gzip",
        "GET  | If-None-Match | 1, %d-gzip       | gzip     | 304 | %d-gzip",
        "GET  | If-None-Match | %d               | gzip     | 304 | %d",
        "GET  | If-None-Match | %d               | identity | 304 | %d",
        "GET  | If-None-Match | 1-gzip           | gzip     | 200 | %d-gzip",
        "GET  | If-None-Match | %d-gzip          | identity | 200 | %d",
        "GET  | If-None-Match | %d-br            | gzip     | 200 | %d-gzip",
        "GET  | If-Match      | %d-gzip          | gzip     | 200 | %d-gzip",
        "GET  | If-Match      | %d-gzip          | identity | 200 | %d",
        "GET  | If-Match      | 1-gzip           | gzip     | 412 | %d",
        "GET  | If-Match      | W/%d-gzip        | gzip     | 412 | %d",
        "PUT  | If-Match      | %d-gzip          | gzip     | 200 |",
        "PUT  | If-Match      | %d-gzip          | identity | 200 |",
        "PUT  | If-Match      | 1-gzip           | gzip     | 412 | %d",
        "PUT  | If-None-Match | %d-gzip          | identity | 412 | %d",
        "DELETE | If-Match    | %d-gzip          | gzip     | 204 |",
      })
  void tagOfACompressedAnswerIsACondition(
      String method, String name, String tags, String coding, int status, String tag) {
    String version = put("conditions", 3000).replace("\"", "");
    String condition = tags.replace("%d", version).replaceAll("(W/)?([^ ,/]+)(,|$)", "$1\"$2\"$3");
    HttpResponse<byte[]> answer =
        ask(method, entries + "conditions", name, condition, "Accept-Encoding", coding);
    assertThat(answer.statusCode()).as(condition).isEqualTo(status);
    if (tag != null) {
      assertThat(header(answer, "ETag")).isEqualTo("\"" + tag.replace("%d", version) + "\"");
    }
    if (status == 304) {
      assertThat(isCoded(answer)).isFalse();
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void tagsOfKeyspacesAreSuchConditionsToo() {
    String path = keyspace("compression-drop");
    String tag = ask("GET", path).headers().firstValue("ETag").orElseThrow();
    String coded = tag.replaceAll("\"$", "-gzip\"");
    HttpResponse<byte[]> read = ask("GET", path, "Accept-Encoding", "gzip, identity;q=0");
    assertThat(header(read, "ETag")).isEqualTo(coded);
    assertThat(ask("GET", path, "Accept-Encoding", "gzip", "If-None-Match", coded).statusCode())
        .isEqualTo(304);
    assertThat(ask("DELETE", path, "If-Match", "\"0-gzip\"").statusCode()).isEqualTo(412);
    assertThat(ask("DELETE", path, "If-Match", coded).statusCode()).isEqualTo(204);
  }

  @Test
  void partsAreThoseOfTheAnswerAsItIs() {
    String tag = put("parts", 5000);
    String coded = tag.replaceAll("\"$", "-gzip\"");
    HttpResponse<byte[]> part =
        ask("GET", entries + "parts", "Accept-Encoding", "gzip", "Range", "bytes=0-3999");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(isCoded(part)).isFalse();
    assertThat(part.body()).hasSize(4000);
    assertThat(header(part, "ETag")).isEqualTo(tag);
    for (String known : new String[] {tag, coded}) {
      HttpResponse<byte[]> answer =
          ask(
              "GET",
              entries + "parts",
              "Accept-Encoding",
              "gzip",
              "Range",
              "bytes=0-3",
              "If-Range",
              known);
      assertThat(answer.statusCode()).isEqualTo(known.equals(tag) ? 206 : 200);
      assertThat(isCoded(answer)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"gzip", "identity"})
  void headTellsWhatGetWould(String coding) throws IOException {
    put("head", 5000);
    String[] ask = {"Accept-Encoding", coding};
    HttpResponse<byte[]> get = ask("GET", entries + "head", ask);
    // A body behind the head would be taken for the next answer.
    try (RawConnection connection = RawConnection.to(port())) {
      for (int i = 0; i < 2; i++) {
        connection.send(
            "HEAD %shead HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: %s\r\n\r\n"
                .formatted(entries, coding));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
          head.append((char) connection.read());
        }
        assertThat(head.toString())
            .startsWith("HTTP/1.1 200")
            .contains("ETag: " + header(get, "ETag"))
            .contains("Content-Type: text/plain");
        assertThat(head.toString().contains("Content-Encoding: gzip")).isEqualTo(isCoded(get));
        assertThat(head.toString().contains("Content-Length: 5000")).isEqualTo(!isCoded(get));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/keyspaces/compression-pages/entries, application/json",
    "/v1/keyspaces/compression-pages/entries, application/x-ndjson",
    "/v3/api-docs, application/json",
    "/swagger-ui/swagger-ui.css, */*",
    "/problems, text/html",
  })
  void everyKindOfAnswerIsCompressed(String path, String type) throws IOException {
    api()
        .contentType("application/x-ndjson")
        .body(
            IntStream.range(0, 30)
                .mapToObj(
                    i -> "{\"key\":\"k%d\",\"value\":\"%s\"}\n".formatted(i, "value".repeat(30)))
                .collect(Collectors.joining())
                .getBytes(UTF_8))
        .post(keyspace("compression-pages") + "/entries:import");
    HttpResponse<byte[]> coded = ask("GET", path, "Accept", type, "Accept-Encoding", "gzip");
    HttpResponse<byte[]> plain = ask("GET", path, "Accept", type);
    assertThat(decoded(coded)).isEqualTo(plain.body());
    assertThat(coded.body()).hasSizeLessThan(plain.body().length / 2);
    assertThat(header(coded, "Content-Type")).isEqualTo(header(plain, "Content-Type"));
  }

  @Test
  void exportIsCompressedOnce() throws IOException {
    put("exported", 100_000);
    String path = "/v1/keyspaces/compression-test/entries:export";
    HttpResponse<byte[]> answer = ask("GET", path, GZIP);
    assertThat(isCoded(answer)).isFalse();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(in.readAllBytes()).asString(UTF_8).contains("\"key\":\"exported\"");
    }
  }

  @Test
  void problemsThatAreLongAreCompressed() throws IOException {
    String path = "/v1/" + "a".repeat(4000);
    HttpResponse<byte[]> answer = ask("GET", path, GZIP);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(decoded(answer)).asString(UTF_8).contains("/problems/path-not-found", "aaaa");
  }
}
