package io.lightningdb.server.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.testkit.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A process whose memory is exhausted ends and says why, without any flag of the JVM.
class OutOfMemoryTest {

  static Stream<Arguments> kinds() {
    return Stream.of(ExhaustedProcess.Memory.values())
        .flatMap(memory ->
            Stream.of(ExhaustedProcess.Place.values()).map(place -> Arguments.of(memory, place)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anyThreadThatMeetsItEndsTheProcess(
      ExhaustedProcess.Memory memory, ExhaustedProcess.Place place) throws IOException {
    try (ChildProcess child =
        ChildProcess.startWithHeap(
            "64m", ExhaustedProcess.class, List.of(memory.name(), place.name()))) {
      assertEndedByIt(child.awaitEnd());
    }
  }

  @Test
  void whatTheWebServerCatchesEndsTheProcessToo(@TempDir Path directory) throws IOException {
    int port = freePort();
    List<String> settings =
        List.of(
            "--server.port=" + port,
            "--lightning.data-directory=" + directory,
            "--spring.main.sources=" + ExhaustedProcess.ExhaustingFilter.class.getName());
    try (ChildProcess child =
        ChildProcess.startWithHeap("128m", LightningDbApplication.class, settings)) {
      await()
          .atMost(Duration.ofSeconds(50))
          .until(() -> request(port, "/v1/limits").contains(" 200 "));
      assertThat(request(port, "/v1/limits?exhaust=heap")).isEmpty();
      assertEndedByIt(child.awaitEnd());
    }
  }

  private static void assertEndedByIt(ChildProcess.End end) {
    assertThat(end.errors())
        .contains("Lightning DB ends because memory is exhausted")
        .contains("java.lang.OutOfMemoryError: ");
    assertThat(end.exitCode()).isEqualTo(UncaughtFailures.EXIT_OUT_OF_MEMORY);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// What is answered, or nothing if there is no connection or it ends without an answer.
  private static String request(int port, String path) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException _) {
      return "";
    }
  }
}
