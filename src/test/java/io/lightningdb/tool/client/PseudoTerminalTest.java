package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shell as a person meets it: in a pseudo-terminal, which `script` of util-linux makes.
class PseudoTerminalTest extends ClientService {
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private @Nullable Process process;

  // Two threads use it.
  @SuppressWarnings("JdkObsolete")
  private final StringBuffer screen = new StringBuffer();

  private int seen;

  PseudoTerminalTest() {
    super("cli-terminal");
  }

  @BeforeEach
  void empty() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "There is no /usr/bin/script (util-linux) to make a pseudo-terminal with.");
    emptyKeyspace();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null && process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private void start(String... words) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "stty cols 120 rows 40; exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED"
                .formatted(java)
            + " -cp '%s' io.lightningdb.LightningDbApplication %s"
                .formatted(System.getProperty("java.class.path"), String.join(" ", words));
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
            .redirectErrorStream(true);
    builder.environment().putAll(environment());
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("LIGHTNING_HISTORY", directory.resolve("history").toString());
    Process started = builder.start();
    process = started;
    InputStream shown = started.getInputStream();
    Thread.ofVirtual()
        .start(() -> {
          byte[] piece = new byte[4096];
          try {
            for (int n = shown.read(piece); n >= 0; n = shown.read(piece)) {
              screen.append(new String(piece, 0, n, StandardCharsets.ISO_8859_1));
            }
          } catch (IOException _) {
            // The process was ended.
          }
        });
  }

  private void type(String text) throws IOException {
    OutputStream keyboard = Objects.requireNonNull(process).getOutputStream();
    keyboard.write(text.getBytes(StandardCharsets.US_ASCII));
    keyboard.flush();
  }

  /// Waits for what is shown behind what was waited for before.
  private void awaitOnScreen(String regex) {
    Pattern pattern = Pattern.compile(regex);
    Awaitility.await(regex)
        .atMost(WAIT_MAX)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(screen.substring(seen)).containsPattern(pattern));
    Matcher matcher = pattern.matcher(screen.substring(seen));
    assertThat(matcher.find()).isTrue();
    seen += matcher.end();
  }

  @Test
  void aShellCompletesRunsShowsProgressAndRemembers() throws Exception {
    Path lines = directory.resolve("lines.ndjson");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2600; i++) {
      text.append("{\"key\":\"k%d\",\"value\":\"%s\"}\n".formatted(i, "x".repeat(1000)));
    }
    Files.writeString(lines, text);

    start("shell");
    awaitOnScreen("cli-terminal> ");
    type("imp\t--durability logged " + lines + "\r");
    awaitOnScreen(
        "import +[0-9]+%(?s:.)*MiB(?s:.)*lines acknowledged(?s:.)*2600 lines, 2600 imported, 0 rejected");
    awaitOnScreen("cli-terminal> ");
    type("use cli-term\t\r");
    awaitOnScreen("cli-terminal> ");
    type("cou\t--pre\tk1\r");
    awaitOnScreen("1111\r\n");
    // What is shown ends with a line end, which the value does not have.
    type("put k value-of-k\r");
    awaitOnScreen("cli-terminal> ");
    type("get k\r");
    awaitOnScreen("value-of-k\r\n");
    // Ctrl-C gives the line up.
    type("get nothing\u0003");
    awaitOnScreen("cli-terminal> ");
    type("exit\r");
    Process ended = Objects.requireNonNull(process);
    assertThat(ended.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(ended.exitValue()).isZero();
    assertThat(Files.readString(directory.resolve("history")))
        .contains("import --durability logged", "count --prefix k1")
        .doesNotContain("get nothing");
    assertThat(Files.getPosixFilePermissions(directory.resolve("history"))).hasSize(2);
  }
}
