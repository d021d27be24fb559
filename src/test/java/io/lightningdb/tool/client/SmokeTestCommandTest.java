package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lightningdb.tool.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A smoke test against services that do one thing wrong each, made for the test.
class SmokeTestCommandTest {
  enum Lie {
    NONE,
    KEEPS_NOTHING,
    CHANGES_A_BYTE,
    CUTS_OFF,
    NAMES_NO_VERSION,
    CREATES_TWICE,
    STORES_WHAT_IT_DOES_NOT_CREATE,
    STORES_WHAT_IT_DOES_NOT_REPLACE,
    IGNORES_VERSIONS,
    KNOWS_NO_VERSION,
    DELETES_NOTHING,
    SAYS_200_FOR_201,
    IS_ANOTHER_SERVICE,
    FAILS_AFTER_STORING
  }

  private record Entry(byte[] value, String version) {}

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private HttpServer server;
  private Lie lie = Lie.NONE;
  private int versions;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Ran run(String... args) {
    Object[] line = new Object[args.length + 1];
    line[0] = "smoke-test";
    System.arraycopy(args, 0, line, 1, args.length);
    return Ran.command(
        _ -> {},
        new byte[0],
        Map.of("LIGHTNING_URL", "http://127.0.0.1:" + server.getAddress().getPort()),
        line);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] sent = exchange.getRequestBody().readAllBytes();
    Entry entry = entries.get(path);
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        if (entry == null) {
          answer(exchange, 404, null);
        } else {
          answer(exchange, 200, entry);
        }
      }
      case "DELETE" -> {
        if (lie != Lie.DELETES_NOTHING) {
          entries.remove(path);
        }
        answer(exchange, entry == null ? 404 : 204, null);
      }
      default -> put(exchange, path, sent, entry);
    }
  }

  private void put(HttpExchange exchange, String path, byte[] sent, @Nullable Entry there)
      throws IOException {
    assertThat(exchange.getRequestHeaders().getFirst("Lightning-Ttl")).isEqualTo("PT1H");
    String match = exchange.getRequestHeaders().getFirst("If-Match");
    boolean create = exchange.getRequestHeaders().getFirst("If-None-Match") != null;
    boolean refused =
        (create && there != null && lie != Lie.CREATES_TWICE)
            || (match != null
                && (lie == Lie.KNOWS_NO_VERSION
                    || (lie != Lie.IGNORES_VERSIONS
                        && there != null
                        && !match.equals(there.version()))));
    Lie stores = create ? Lie.STORES_WHAT_IT_DOES_NOT_CREATE : Lie.STORES_WHAT_IT_DOES_NOT_REPLACE;
    if (!refused || lie == stores) {
      versions++;
      entries.put(path, new Entry(sent, "\"" + versions + "\""));
    }
    if (lie == Lie.KEEPS_NOTHING) {
      entries.clear();
    }
    boolean made = there == null && lie != Lie.SAYS_200_FOR_201;
    answer(exchange, refused ? 412 : lie == Lie.FAILS_AFTER_STORING ? 500 : made ? 201 : 200, null);
  }

  private void answer(HttpExchange exchange, int status, @Nullable Entry entry) throws IOException {
    // The server closes the connection, as its client wants, but does not say so by itself.
    exchange.getResponseHeaders().set("Connection", "close");
    if (lie != Lie.IS_ANOTHER_SERVICE) {
      exchange.getResponseHeaders().set("Lightning-Version", "1");
    }
    byte[] body = new byte[0];
    if (status >= 400) {
      body =
          "{\"type\":\"/problems/x\",\"title\":\"T\",\"status\":%d,\"detail\":\"D.\"}"
              .formatted(status)
              .getBytes(StandardCharsets.UTF_8);
    } else if (entry != null) {
      body = entry.value().clone();
      if (lie == Lie.CHANGES_A_BYTE) {
        body[body.length - 1]++;
      } else if (lie == Lie.CUTS_OFF) {
        body = Arrays.copyOf(body, body.length - 1);
      }
      if (lie != Lie.NAMES_NO_VERSION) {
        exchange.getResponseHeaders().set("ETag", entry.version());
      }
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Test
  void aServiceThatDoesAllOfItPasses() {
    Ran ran = run();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.lines()).hasSize(8).allMatch(line -> line.startsWith("ok: "));
    assertThat(entries).isEmpty();
    assertThat(run("--json").lines())
        .hasSize(8)
        .startsWith("{\"step\":\"write\",\"passed\":true}")
        .endsWith("{\"step\":\"read-deleted\",\"passed\":true}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SAYS_200_FOR_201       | write         | The status is 200, and should be 201.
          IS_ANOTHER_SERVICE     | write         | is no Lightning DB
          FAILS_AFTER_STORING    | write         | T (500 x)
          KEEPS_NOTHING          | read          | T (404 x)
          CHANGES_A_BYTE         | read          | 272 bytes were written and 272 read, and they differ from offset 271 on.
          CUTS_OFF               | read          | 272 bytes were written and 271 read
          NAMES_NO_VERSION       | read          | The answer has no ETag.
          CREATES_TWICE          | create        | The status is 200, and should be 412.
          KNOWS_NO_VERSION       | replace       | T (412 x)
          IGNORES_VERSIONS       | replace-stale | The status is 200, and should be 412.
          STORES_WHAT_IT_DOES_NOT_CREATE  | replace    | T (412 x)
          STORES_WHAT_IT_DOES_NOT_REPLACE | read-again | 272 bytes were written and 272 read
          DELETES_NOTHING        | read-deleted  | The status is 200, and should be 404.
          """)
  void aServiceThatIsWrongIsFoundAtTheStep(Lie wrong, String step, String told) {
    lie = wrong;
    Ran ran = run("--json");
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ClientExit.SERVICE_FAILED);
    List<String> lines = ran.lines();
    assertThat(lines.getLast()).isEqualTo("{\"step\":\"" + step + "\",\"passed\":false}");
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.endsWith("true}"));
    if (lie != Lie.DELETES_NOTHING) {
      assertThat(entries).isEmpty();
    }
    Ran words = run();
    assertThat(words.exitCode()).isEqualTo(ClientExit.SERVICE_FAILED);
    assertThat(words.lines().getLast()).startsWith("FAILED: ");
    assertThat(words.err())
        .contains(told, "This was the step \"" + words.lines().getLast().substring(8) + "\".")
        .hasLineCount(1);
    assertThat(words.err().contains("may still be there")).isEqualTo(lie == Lie.IS_ANOTHER_SERVICE);
  }

  @Test
  void whatIsNotReachedIsNoFailureOfTheService() {
    Ran ran = run("--url", "http://127.0.0.1:1");
    assertThat(ran.exitCode()).isEqualTo(ClientExit.UNREACHABLE);
    assertThat(ran.out()).isEqualTo("FAILED: an entry is written\n");
    assertThat(ran.err()).doesNotContain("may still be there").hasLineCount(1);
  }
}
