package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.server.keyvalue.StoredValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StopTest {

  @Test
  void runningRequestsEndAndNewOnesAreNotTaken(@TempDir Path directory, CapturedOutput output)
      throws Exception {
    OwnService service = OwnService.start(directory);
    Thread stop;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      socket.setSoTimeout(20_000);
      send(
          socket,
          "PUT /v1/keyspaces/default/entries/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
      await().atMost(Duration.ofSeconds(10)).until(() -> isUnderWay(service));
      stop = Thread.ofPlatform().start(service::close);
      await().atMost(Duration.ofSeconds(10)).until(() -> refuses(service.port()));

      send(socket, "67890");

      String answer = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
      assertThat(answer).isEqualTo("HTTP/1.1 201");
    }
    stop.join(Duration.ofSeconds(30));
    assertThat(stop.isAlive()).isFalse();
    assertThat(output).contains("Closed " + directory + " in good order, at version ");

    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      byte[] stored =
          Objects.requireNonNull(database.keyspace("default").get("slow".getBytes(ISO_8859_1)));
      assertThat(new String(StoredValue.of(stored).bytes(), ISO_8859_1)).isEqualTo("1234567890");
    }
  }

  @Test
  void aCloseThatFailsIsToldAsSuch(@TempDir Path directory, CapturedOutput output) {
    OwnService service = OwnService.start(directory);
    service.database().keyspace("default").put(new byte[] {1}, new byte[] {2}, Durability.LOGGED);
    service.trouble().failSyncs();
    service.close();
    assertThat(output)
        .contains("ERROR", directory + " was not closed in good order, at version ")
        .doesNotContain("Closed " + directory);
  }

  /// In processes of their own: a signal ends one, and a lock of files is between processes.
  @Test
  void aSecondStartIsRefusedBeforeItsBeansAreMadeAndTheFirstTellsThatItClosed(
      @TempDir Path directory) throws IOException {
    List<String> settings =
        List.of("--server.port=0", "--lightning.data-directory=" + directory.resolve("data"));
    try (ChildProcess first = ChildProcess.start(LightningDbApplication.class, settings)) {
      linesTo(first, "Started LightningDbApplication");
      try (ChildProcess second = ChildProcess.start(LightningDbApplication.class, settings)) {
        List<String> told = linesTo(second, "is in use by the process with pid " + first.pid());
        assertThat(told).noneMatch(line -> line.contains("A budget of") || line.contains("Tomcat"));
        assertThat(second.awaitEnd().exitCode()).isEqualTo(1);
      }
      ProcessHandle.of(first.pid()).orElseThrow().destroy();
      List<String> last = linesTo(first, "Closed " + directory.resolve("data"));
      assertThat(last.getLast()).contains("INFO", "in good order, at version ");
      assertThat(first.line()).isNull();
      assertThat(first.awaitEnd().exitCode()).isEqualTo(143);
    }
  }

  /// Lines up to the first that holds a text.
  private static List<String> linesTo(ChildProcess process, String text) {
    List<String> lines = new ArrayList<>();
    do {
      lines.add(process.nextLine());
    } while (!lines.getLast().contains(text));
    return lines;
  }

  @Test
  void largeBodiesWaitForMemoryAndAreRefusedWhereThereIsNone(@TempDir Path directory)
      throws Exception {
    try (OwnService service = OwnService.start(directory, "--lightning.write-wait-max=100ms")) {
      long most = Runtime.getRuntime().maxMemory() / 4 / (16 << 20) + 1;
      List<Socket> holders = new ArrayList<>();
      String answer = "";
      try {
        for (int i = 0; i < most && answer.isEmpty(); i++) {
          Socket holder = new Socket(InetAddress.getLoopbackAddress(), service.port());
          holders.add(holder);
          String head =
              "PUT /v1/keyspaces/default/entries/large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777216\r\n\r\n";
          send(holder, head + "x".repeat(64 << 10));
          answer = answerWithin(holder, 500);
        }
        assertThat(answer).startsWith("HTTP/1.1 503");
        service
            .api()
            .body("small")
            .put("/v1/keyspaces/default/entries/small")
            .then()
            .statusCode(201);
      } finally {
        for (Socket holder : holders) {
          holder.close();
        }
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              service
                      .api()
                      .body(new byte[1 << 20])
                      .put("/v1/keyspaces/default/entries/large")
                      .statusCode()
                  == 201);
    }
  }

  private static String answerWithin(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      return new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
    } catch (SocketTimeoutException _) {
      return "";
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static boolean isUnderWay(OwnService service) {
    return service.meter("lightning.connections.busy") >= 1;
  }

  private static boolean refuses(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(500);
      send(socket, "GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return socket.getInputStream().read() < 0;
    } catch (IOException _) {
      return true;
    }
  }
}
