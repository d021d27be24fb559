package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.DescriptorProcess;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that may have few files open, and others take all of them: the engine goes on, or refuses for as long as that lasts.
class DescriptorsTest {
  private static final int IDLE_CONNECTIONS = 400;
  private static final int CONNECT_MILLIS_MAX = 500;
  private static final int READ_MILLIS_MAX = 20_000;
  private static final int VALUE_BYTES = 100_000;

  @TempDir Path directory;

  @BeforeEach
  void needsPrlimit() throws InterruptedException {
    boolean there;
    try {
      there = new ProcessBuilder("prlimit", "--version").start().waitFor(10, TimeUnit.SECONDS);
    } catch (IOException _) {
      there = false;
    }
    assumeTrue(there, "there is no prlimit (util-linux) here, which limits the open files");
  }

  /// Each jar of the class path takes one as soon as a class is looked for.
  private static List<String> limit(int more) {
    int files = System.getProperty("java.class.path").split(File.pathSeparator).length + more;
    return List.of("prlimit", "--nofile=" + files + ":" + files);
  }

  @Test
  void writesGoOnWhenEveryDescriptorIsTaken() throws Exception {
    try (ChildProcess child =
        ChildProcess.startUnder(
            limit(150), "128m", DescriptorProcess.class, List.of(directory.toString()))) {
      assertThat(child.nextLine()).as("refused, of 3,000 writes").matches("refused [0-9]{1,3}");
      child.expect("ok");
    }
  }

  @Test
  void idleConnectionsLeaveDescriptorsToTheEngine() throws Exception {
    int port = freePort();
    List<String> settings =
        List.of(
            "--server.port=" + port,
            "--lightning.data-directory=" + directory.resolve("data"),
            "--logging.file.name=" + directory.resolve("log/service.log"),
            "--lightning.log.segment-bytes=1MB");
    List<Socket> idle = new ArrayList<>();
    try (ChildProcess child =
            ChildProcess.startUnder(limit(300), "256m", LightningDbApplication.class, settings);
        Client _ = awaitClient(port)) {
      for (int i = 0; i < IDLE_CONNECTIONS; i++) {
        Socket socket = new Socket();
        idle.add(socket);
        if (!connects(socket, port)) {
          break;
        }
      }
      // A newcomer is served: those that are silent make room.
      try (Client client = new Client(port)) {
        for (int number = 0; number < 100; number++) {
          assertThat(client.put(number))
              .as("write %d beside %d connections", number, idle.size())
              .isEqualTo(201);
        }
        assertThat(client.get("/actuator/health/log")).contains("\"UP\"");
      }
      child.kill();
      // Made by a library, and for the user alone as all other files.
      assertThat(mode(directory.resolve("log/service.log"))).isEqualTo("rw-------");
      assertThat(mode(directory.resolve("log"))).isEqualTo("rwx------");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static boolean connects(Socket socket, int port) {
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Client awaitClient(int port) {
    return Awaitility.await()
        .atMost(50, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> new Client(port), client -> true);
  }

  /// One connection that is kept open.
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(READ_MILLIS_MAX);
      in = new BufferedInputStream(socket.getInputStream());
    }

    int put(int number) throws IOException {
      byte[] value = new byte[VALUE_BYTES];
      new Random(number).nextBytes(value);
      send("PUT /v1/keyspaces/default/entries/key-" + number, value);
      return status(answer());
    }

    String get(String path) throws IOException {
      send("GET " + path, new byte[0]);
      return answer();
    }

    private void send(String line, byte[] body) throws IOException {
      String head =
          line + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n";
      byte[] all = new byte[head.length() + body.length];
      System.arraycopy(head.getBytes(US_ASCII), 0, all, 0, head.length());
      System.arraycopy(body, 0, all, head.length(), body.length);
      socket.getOutputStream().write(all);
    }

    private static int status(String answer) {
      return Integer.parseInt(answer.substring(9, 12));
    }

    private String answer() throws IOException {
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append(next());
      }
      String head = answer.toString().toLowerCase(Locale.ROOT);
      if (head.contains("transfer-encoding: chunked")) {
        while (answer.indexOf("\r\n0\r\n\r\n") < 0) {
          answer.append(next());
        }
      } else if (head.contains("content-length: ")) {
        int length =
            Integer.parseInt(head.split("content-length: ", 2)[1].split("\r\n", 2)[0].trim());
        answer.append(new String(in.readNBytes(length), US_ASCII));
      }
      return answer.toString();
    }

    private char next() throws IOException {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      return (char) next;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
