package io.lightningdb.document;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A terminal: one bash, in a folder of its own with the project's `src` and `config` in it, to which blocks of a page
/// are pasted. *Confined to one thread.*
///
/// Commands are what the page says. Port 8080 becomes the port of the running service, and what the page starts by
/// `java` runs in this JVM, since neither the jar nor the time for a JVM each is there while tests run.
final class Shell implements AutoCloseable {
  private static final long BLOCK_SECONDS_MAX = 60;

  /// `java`, the launcher and `kill %1` go to the test, `curl` to the port of the service.
  private static final String PRELUDE =
      """
      ask() { command curl "${@//127.0.0.1:8080/127.0.0.1:$PORT}"; }
      curl() { ask "$@"; }
      java() {
        local answer
        answer=$(printf '%s\\n' "${@//127.0.0.1:8080/127.0.0.1:$PORT}" |
          command curl -s --data-binary @- "http://127.0.0.1:$BRIDGE/java") || return
        local first=${answer%%$'\\n'*} rest=${answer#*$'\\n'}
        local said=${rest#*$'\\x1e'}
        printf '%s' "${rest%%$'\\x1e'*}"
        printf '%s' "${said%$'\\x1f'}" >&2
        PORT=${first#* }
        return ${first%% *}
      }
      lightningdb() { java -jar target/lightningdb.jar "$@"; }
      kill() { [ "$*" = %1 ] && java kill; }
      """;

  /// What `java` does.
  @FunctionalInterface
  interface Java {
    /// Runs one command.
    ///
    /// @param arguments of the command `java`, or `kill` alone: the end of the service that was started last
    /// @return what became of it
    Done run(List<String> arguments) throws IOException;
  }

  /// What became of a command.
  ///
  /// @param exitCode its exit code
  /// @param port where the service is to be found now
  /// @param out what it printed
  /// @param err what it said of errors
  record Done(int exitCode, int port, String out, String err) {
    Done(int exitCode, int port, String out) {
      this(exitCode, port, out, "");
    }
  }

  /// What a block did.
  ///
  /// @param exitCode of its last command
  /// @param out what it printed, without empty lines
  /// @param err what it said of errors
  record Pasted(int exitCode, String out, String err) {}

  private final Path folder;
  private final Java java;
  private final HttpServer server;
  private final Process bash;
  private final Writer input;
  private final BufferedReader output;

  /// @param folder which is there and empty
  /// @param port of the service
  Shell(Path folder, int port, Java java) throws IOException {
    this.folder = folder;
    this.java = java;
    Path top = Path.of("").toAbsolutePath();
    Files.createSymbolicLink(folder.resolve("src"), top.resolve("src"));
    Files.createSymbolicLink(folder.resolve("config"), top.resolve("config"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/java", this::answer);
    server.start();
    bash = new ProcessBuilder("bash", "--norc").redirectErrorStream(true).start();
    input = bash.outputWriter(StandardCharsets.UTF_8);
    output = bash.inputReader(StandardCharsets.UTF_8);
    input.write(PRELUDE);
    input.write("BRIDGE=" + server.getAddress().getPort() + "; PORT=" + port + "\n");
    input.write("cd '" + folder + "' || exit\n");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Done done = java.run(body.lines().toList());
      byte[] answer =
          "%d %d\n%s\u001e%s\u001f"
              .formatted(done.exitCode(), done.port(), done.out(), done.err())
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /// Pastes a block, and waits for its end. What it starts in the background is there when the next line runs.
  Pasted paste(String block) throws IOException {
    Path script = Files.writeString(folder.resolve("block.sh"), block.replaceAll("(?m) &$", ""));
    Path out = folder.resolve("block.out");
    Path err = folder.resolve("block.err");
    input.write(". '%s' > '%s' 2> '%s'; echo $?\n".formatted(script, out, err));
    input.flush();
    String exitCode =
        CompletableFuture.supplyAsync(this::line)
            .orTimeout(BLOCK_SECONDS_MAX, TimeUnit.SECONDS)
            .join();
    return new Pasted(Integer.parseInt(exitCode), lines(out), lines(err));
  }

  private String line() {
    try {
      return String.valueOf(output.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lines(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    Files.readString(file)
        .lines()
        .map(String::stripTrailing)
        .filter(line -> !line.isEmpty())
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  @Override
  public void close() {
    bash.destroyForcibly();
    server.stop(0);
  }
}
