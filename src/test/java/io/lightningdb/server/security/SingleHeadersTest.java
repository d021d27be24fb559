package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.Raw;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// No header that has one value means anything if it is there twice, whether the values are equal or not.
class SingleHeadersTest extends RunningService {
  private static final String ENTRY = "/v1/keyspaces/default/entries/single";

  /// A header, a call that takes it, and two values that would each be taken.
  record Repeated(String name, String line, String first, String second) {}

  private static final Map<String, List<String>> VALUES =
      Map.of(
          "Lightning-Version-At-Least", List.of("0", "1"),
          "Lightning-Timeout", List.of("PT1S", "PT2S"),
          "Lightning-Durability", List.of("synced", "logged"),
          "Lightning-Ttl", List.of("PT1H", "PT2H"),
          "Lightning-Expires-At", List.of("2100-01-01T00:00:00Z", "2101-01-01T00:00:00Z"),
          "Lightning-Content-Type", List.of("text/plain", "application/json"),
          "Idempotency-Key", List.of("a", "b"),
          "Content-Encoding", List.of("identity", "gzip"),
          "If-Match", List.of("*", "\"1\""),
          "Range", List.of("bytes=0-0", "bytes=1-1"));

  static Stream<Repeated> headers() {
    Contract contract = Contract.shipped();
    Map<String, Repeated> documented = new LinkedHashMap<>();
    for (Contract.Operation call : contract.operations()) {
      JsonNode path = contract.document().path("paths").path(call.path());
      for (JsonNode list :
          List.of(path.path("parameters"), path.path(call.method()).path("parameters"))) {
        for (JsonNode each : list) {
          JsonNode parameter = contract.resolve(each);
          if (parameter.path("in").asString().equals("header")) {
            String name = parameter.path("name").asString();
            String line =
                call.method().toUpperCase(Locale.ROOT)
                    + " "
                    + call.path().replace("{keyspace}", "default").replaceAll("\\{[a-z]+\\}", "x");
            List<String> values = VALUES.getOrDefault(name, List.of("\"1\"", "\"2\""));
            documented.put(name, new Repeated(name, line, values.get(0), values.get(1)));
          }
        }
      }
    }
    assertThat(documented).containsKeys(VALUES.keySet().toArray(String[]::new));
    assertThat(SingleHeaders.NAMES).containsAll(documented.keySet());
    return Stream.concat(
        documented.values().stream(),
        Stream.of(
            new Repeated("Content-Type", "PUT " + ENTRY, "text/plain", "application/json"),
            new Repeated("Authorization", "GET " + ENTRY, "Bearer a", "Bearer b"),
            new Repeated("Origin", "GET " + ENTRY, "http://localhost", "http://page.example"),
            new Repeated(
                "traceparent",
                "GET " + ENTRY,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01"),
            new Repeated("X-Request-Id", "GET " + ENTRY, "a", "b"),
            new Repeated("Expect", "PUT " + ENTRY, "100-continue", "100-Continue")));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void headerThatIsThereTwiceIsRefused(Repeated each) {
    for (String second : List.of(each.second(), each.first())) {
      String headers =
          each.name()
              + ": "
              + each.first()
              + "\r\n"
              + each.name().toLowerCase(Locale.ROOT)
              + ": "
              + second
              + "\r\n";
      Raw.Answer answer = Raw.send(port(), each.line(), headers + "Content-Length: 0\r\n", "");

      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      JsonNode problem = JsonMapper.shared().readTree(answer.body());
      assertThat(problem.path("type").asString()).isEqualTo("/problems/invalid-parameter");
      assertThat(problem.path("parameter").asString()).isEqualTo(each.name());
      assertThat(problem.path("detail").asString()).contains("more than once");
      assertThat(answer.head()).contains("X-Content-Type-Options: nosniff");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain; charset=utf-8; charset=utf-16",
        "text/plain;Charset=utf-8;a=b;CHARSET = utf-8",
        "application/json; charset=latin1; charset=utf-8",
      })
  void charsetThatIsThereTwiceIsRefused(String type) {
    Raw.Answer answer = Raw.send(port(), "PUT " + ENTRY, "Content-Type: " + type + "\r\n", "1");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("Content-Type").contains("more than once");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"us-ascii 400", "utf-16 400", "utf-8 400", "iso-8859-1 201", "nonsense 415"})
  void bytesAreTextInTheCharsetThatIsNamed(String charset) {
    String[] parts = charset.split(" ", -1);
    String type = "Content-Type: text/plain; charset=" + parts[0] + "\r\n";
    Raw.Answer answer = Raw.send(port(), "PUT " + ENTRY + "-" + parts[0], type, "\u00E9");
    assertThat(answer.status()).as(answer.body()).isEqualTo(Integer.parseInt(parts[1]));
  }

  /// A part of a value must not be taken for the whole of it.
  @Test
  void noCallTakesAPartOfABody() {
    assertThat(Raw.send(port(), "PUT " + ENTRY + "-whole", "", "whole").status()).isEqualTo(201);
    Contract contract = Contract.shipped();
    for (Contract.Operation call : contract.operations()) {
      JsonNode path = contract.document().path("paths").path(call.path());
      if (!path.path(call.method()).has("requestBody")) {
        continue;
      }
      String line = line(call);
      Raw.Answer answer = Raw.send(port(), line, "Content-Range: bytes 0-0/5\r\n", "w");

      assertThat(answer.status()).as(line).isEqualTo(400);
      JsonNode problem = JsonMapper.shared().readTree(answer.body());
      assertThat(problem.path("type").asString()).isEqualTo("/problems/unsupported");
      assertThat(problem.path("feature").asString()).contains("Content-Range");
    }
    assertThat(Raw.send(port(), "GET " + ENTRY + "-whole", "", "").body()).isEqualTo("whole");
  }

  /// Two lengths of one body: the coding counts, as RFC 9112 has it, and nothing behind it is taken for another request.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      })
  void nothingIsReadBehindABodyOfTwoLengths(String lengths) {
    String each = "-" + lengths.indexOf("Content-Length");
    String smuggled = ENTRY + "-smuggled";
    String first = "PUT " + ENTRY + each + " HTTP/1.1\r\nHost: localhost\r\n" + lengths;
    String second =
        "PUT " + smuggled + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n1";
    byte[] both =
        (first + "\r\n5\r\nwhole\r\n0\r\n\r\n" + second).getBytes(StandardCharsets.ISO_8859_1);
    // Read until the service closes the connection.
    Raw.Answer answer = Raw.exchange(port(), out -> out.write(both));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.head()).contains("Connection: close");
    assertThat(answer.body()).doesNotContain("HTTP/1.1");
    assertThat(Raw.send(port(), "GET " + ENTRY + each, "", "").body()).isEqualTo("whole");
    assertThat(Raw.send(port(), "GET " + smuggled, "", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1, 1\r\n",
        "Content-Length: +1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Host: localhost\r\nContent-Length: 1\r\n",
      })
  void lengthsAndHostsThatAreThereTwiceAreRefused(String headers) {
    byte[] request =
        ("PUT " + ENTRY + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n1")
            .getBytes(StandardCharsets.ISO_8859_1);
    Raw.Answer answer = Raw.exchange(port(), out -> out.write(request));
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.head()).contains("Connection: close");
  }

  /// What is done without a look at a condition may undo what the condition was to keep.
  @ParameterizedTest
  @ValueSource(strings = {"If-Match", "If-None-Match"})
  void noWriteIgnoresACondition(String header) {
    Contract contract = Contract.shipped();
    List<String> taken = new ArrayList<>();
    for (Contract.Operation call : contract.operations()) {
      if (call.method().equals("get") || !call.path().startsWith("/v1/")) {
        continue;
      }
      JsonNode path = contract.document().path("paths").path(call.path());
      JsonNode operation = path.path(call.method());
      if (Stream.of(path, operation)
          .flatMap(part -> part.path("parameters").valueStream())
          .anyMatch(each -> contract.resolve(each).path("name").asString().equals(header))) {
        taken.add(call.method() + " " + call.path());
        continue;
      }
      String type =
          operation.path("requestBody").path("content").propertyNames().stream()
              .findFirst()
              .map(name -> "Content-Type: " + name + "\r\n")
              .orElse("");
      String line = line(call);
      Raw.Answer answer = Raw.send(port(), line, type + header + ": \"1\"\r\n", "{}");

      assertThat(answer.status()).as("%s: %s", line, answer.body()).isEqualTo(400);
      JsonNode problem = JsonMapper.shared().readTree(answer.body());
      assertThat(problem.path("type").asString()).as(line).isEqualTo("/problems/unsupported");
      assertThat(problem.path("feature").asString()).contains(header);
    }
    assertThat(taken)
        .contains(
            "put /v1/keyspaces/{keyspace}/entries/{key}",
            "put /v1/transactions/{transaction}/keyspaces/{keyspace}/entries/{key}");
  }

  private static String line(Contract.Operation call) {
    return call.method().toUpperCase(Locale.ROOT)
        + " "
        + call.path()
            .replace("{keyspace}", "default")
            .replace("{key}", "single-whole")
            .replaceAll("\\{[a-z]+\\}", "x");
  }
}
