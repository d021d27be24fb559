package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lightningdb.tool.Ran;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every exit code of the table comes where the table says. Services are made for the test, so that each can be
/// provoked.
class ClientExitTest {
  private static final int WAIT_SECONDS = 30;

  /// Resets what the test's own process may have been told to ignore.
  private static final List<String> JAVA =
      List.of(
          "/usr/bin/env",
          "--default-signal=INT",
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto",
          "--enable-native-access=ALL-UNNAMED",
          "-cp",
          CommandClasses.path(),
          "io.lightningdb.LightningDbApplication");

  private static final Set<String> SEEN = new TreeSet<>();

  @TempDir private Path directory;

  private static HttpServer server;

  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          // The key is the status.
          String path = exchange.getRequestURI().getPath();
          int status = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
          exchange.getResponseHeaders().set("Lightning-Version", "1");
          // The server closes the connection, as its client wants, but does not say so by itself.
          exchange.getResponseHeaders().set("Connection", "close");
          byte[] body =
              "{\"type\":\"/problems/x\",\"title\":\"T\",\"status\":%d,\"detail\":\"D.\"}"
                  .formatted(status)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void everyCodeWasSeen() {
    server.stop(0);
    Set<String> documented = new TreeSet<>();
    ClientExit.table().keySet().forEach(code -> documented.add(code.strip()));
    assertThat(SEEN).containsAll(documented);
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void check(Ran ran, int exitCode) {
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(exitCode);
    SEEN.add(Integer.toString(exitCode));
  }

  private static Ran run(Object... args) {
    return Ran.command(_ -> {}, new byte[0], Map.of("LIGHTNING_URL", url()), args);
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0", "400, 22", "401, 23", "403, 23", "404, 20", "405, 22", "406, 22", "408, 25",
        "409, 21", "410, 20",
    "411, 22", "412, 21", "413, 22", "414, 22", "415, 22", "416, 22", "422, 22", "428, 22",
        "429, 24", "431, 22",
    "500, 28", "501, 28", "502, 28", "503, 24", "504, 25", "507, 24"
  })
  void statusIsAnExitCode(int status, int exitCode) {
    for (String command : new String[] {"get", "delete"}) {
      Ran ran = run(command, Integer.toString(status));
      check(ran, exitCode);
      assertThat(ran.err()).hasLineCount(exitCode == 0 ? 0 : 1);
    }
  }

  @Test
  void whatIsHereIsAnExitCode() throws IOException {
    check(run("get"), ClientExit.USAGE);
    check(run("put", "200", "--file", "nowhere"), ClientExit.UNREADABLE);
    check(run("get", "k", "--url", "http://127.0.0.1:1"), ClientExit.UNREACHABLE);
    noTlsIsAnExitCode();
    InputStream defect =
        new InputStream() {
          @Override
          public int read() {
            throw new IllegalStateException("a defect");
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            return read();
          }
        };
    Ran failed = Ran.command(_ -> {}, defect, Map.of("LIGHTNING_URL", url()), "put", "200", "-");
    check(failed, ClientExit.FAILED);
    assertThat(failed.err()).contains("a defect", "\tat ");
  }

  /// As what speaks no TLS answers: with an answer of HTTP.
  private static void noTlsIsAnExitCode() throws IOException {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = plain.accept()) {
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
              // The client has gone, or never came: its exit code tells.
            }
          });
      Ran ran = run("get", "k", "--url", "https://127.0.0.1:" + plain.getLocalPort());
      check(ran, ClientExit.UNTRUSTED);
      assertThat(ran.err()).contains("speaks no TLS").hasLineCount(1);
    }
  }

  /// No signal ends a read of standard input, so the end of the process must not wait for it.
  @Test
  void signalDoesNotWaitForStandardInput() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            reading.countDown();
            boolean interrupted = false;
            while (true) {
              try {
                release.await();
                if (interrupted) {
                  Thread.currentThread().interrupt();
                }
                return -1;
              } catch (InterruptedException _) {
                interrupted = true;
              }
            }
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            return read();
          }
        };
    Session session = new Session(endless, OutputStream.nullOutputStream(), Map.of(), null);
    Thread command = Thread.ofVirtual().start(() -> readAll(session));
    assertThat(reading.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    Thread hook = Thread.ofVirtual().start(() -> Signals.end(session, command, Long.MAX_VALUE));
    try {
      assertThat(hook.join(Duration.ofSeconds(WAIT_SECONDS))).isTrue();
      assertThat(session.isCancelled()).isTrue();
      assertThat(command.isAlive()).isTrue();
    } finally {
      release.countDown();
      hook.interrupt();
      command.join();
    }
    assertThat(session.isReading()).isFalse();
  }

  private static void readAll(Session session) {
    try {
      session.in().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', GET, health --timeout 100ms",
    "'', GET, health --timeout PT0.0000001S",
    "'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 10\\r\\n\\r\\n{', GET, health --timeout 100ms",
    "'', PUT, put k v --timeout 1ms",
  })
  void silenceEndsWithTheTimeout(String begin, String method, String command) throws Exception {
    try (SilentService silent = new SilentService(begin.replace("\\r\\n", "\r\n"))) {
      long start = System.nanoTime();
      Ran ran =
          Ran.command(
              _ -> {},
              new byte[0],
              Map.of("LIGHTNING_URL", silent.url()),
              (Object[]) command.split(" "));
      check(ran, ClientExit.TIMEOUT);
      assertThat(ran.err()).contains("did not answer in time").hasLineCount(1);
      assertThat(ran.err().contains("is not known")).isEqualTo(method.equals("PUT"));
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
          .isLessThan(WAIT_SECONDS);
      assertThat(silent.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).startsWith(method);
      assertThat(silent.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(SilentService.CLOSED);
    }
  }

  private Process start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(Stream.concat(JAVA.stream(), Stream.of(command)).toList())
            .redirectErrorStream(true)
            .start();
    processes.add(process);
    return process;
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private static String endOf(Process process, int exitCode) throws Exception {
    assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(shown).isEqualTo(exitCode);
    SEEN.add(Integer.toString(exitCode));
    return shown;
  }

  @Test
  void signalsEndACommandAndItsConnection() throws Exception {
    Path file = directory.resolve("all.ndjson.gz");
    String begin = "HTTP/1.1 200 OK\r\nLightning-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (SilentService silent = new SilentService("");
        SilentService slow = new SilentService(begin)) {
      Process put = start("put", "k", "v", "--url", silent.url());
      Process export = start("export", file.toString(), "--url", slow.url());
      Process wait = start("wait");
      assertThat(silent.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).startsWith("PUT ");
      assertThat(slow.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).startsWith("GET ");
      signal(put, "INT");
      signal(export, "TERM");
      assertThat(endOf(put, ClientExit.INTERRUPTED))
          .isEqualTo(
              "put: It was ended before the answer came. Whether it did what was asked is not known: look.\n");
      assertThat(endOf(export, 143)).isEqualTo("export: It was ended before the answer came.\n");
      assertThat(silent.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(SilentService.CLOSED);
      assertThat(slow.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(SilentService.CLOSED);
      assertThat(directory).as("half an export").isEmptyDirectory();
      assertThat(wait.isAlive()).isTrue();
      signal(wait, "TERM");
      assertThat(endOf(wait, 143)).isEmpty();
    }
  }

  @Test
  void readerThatGoesAwayEndsACommandWithoutAWord() throws Exception {
    String lines = "{\"key\":\"k\",\"value\":\"" + "x".repeat(1000) + "\"}\n";
    String begin =
        "HTTP/1.1 200 OK\r\nLightning-Version: 1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000000\r\n\r\n";
    try (SilentService endless = new SilentService(begin + lines.repeat(1000))) {
      Process list = start("list", "--url", endless.url());
      assertThat(list.getInputStream().readNBytes(10)).hasSize(10);
      list.getInputStream().close();
      assertThat(list.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(list.exitValue()).isEqualTo(ClientExit.OUTPUT_CLOSED);
      SEEN.add(Integer.toString(list.exitValue()));
      assertThat(endless.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).startsWith("GET ");
      assertThat(endless.seen.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(SilentService.CLOSED);
    }
  }
}
