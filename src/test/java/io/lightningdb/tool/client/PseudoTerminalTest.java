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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    startInTerminal(
        "'%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s'"
                .formatted(java, CommandClasses.path())
            + " io.lightningdb.LightningDbApplication "
            + String.join(" ", words));
  }

  private void startInTerminal(String command) throws IOException {
    String sized = "stty cols 120 rows 40; exec " + command;
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/script", "-qec", sized, "/dev/null").redirectErrorStream(true);
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

  @ParameterizedTest
  @CsvSource({"bash, bash --norc --noprofile -i", "zsh, zsh -f -i"})
  void otherShellsCompleteCommandsOptionsAndTheirWords(String shell, String command)
      throws Exception {
    requireInstalled(shell);
    Path script = Files.writeString(directory.resolve("script"), done("completion", shell));
    Path setup =
        Files.writeString(
            directory.resolve("setup"),
            "lightningdb() { echo \"called: $*\"; }\nsource '%s'\nPS1='there> '\n"
                .formatted(script));
    startInTerminal(command);
    type(". " + setup + "\r");
    awaitOnScreen("there> ");
    type("lightningdb keysp\tcre\tx --opt\ta=b\r");
    awaitOnScreen("called: keyspace create x --option a=b\r\n");
    type("lightningdb completion z\t\r");
    awaitOnScreen("called: completion zsh\r\n");
    type("exit\r");
    Process ended = Objects.requireNonNull(process);
    assertThat(ended.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static void requireInstalled(String shell) {
    boolean installed =
        Stream.of("/bin/", "/usr/bin/", "/usr/local/bin/")
            .anyMatch(folder -> Files.isExecutable(Path.of(folder + shell)));
    if (!installed) {
      System.out.println("LEFT OUT: " + shell + " is not installed; .ci/run installs it");
    }
    assumeTrue(installed, shell + " is not installed.");
  }

  /// Of commands that wait for an answer, read one without an end, and show one without an end.
  private void interruptsEndACommandAndNotTheShell() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nLightning-Version: 1\r\nContent-Length: 100000000\r\n\r\n";
    String line = "{\"key\":\"k\",\"value\":\"" + "x".repeat(1000) + "\"}\n";
    Path file = directory.resolve("all.ndjson");
    try (SilentService silent = new SilentService("");
        SilentService slow = new SilentService(head);
        SilentService endless = new SilentService(head + line.repeat(1000))) {
      interrupt(silent, "count --url " + silent.url(), "count: It was ended");
      interrupt(slow, "export " + file + " --url " + slow.url(), "export: It was ended");
      interrupt(endless, "list --url " + endless.url(), "list: It was ended");
      assertThat(directory).as("half an export").isDirectoryNotContaining("glob:**all.ndjson*");
    }
    // The terminal echoes, edits and breaks lines as before.
    type("cou\t--prefix k1\r");
    awaitOnScreen("count --prefix k1(?s:.)*1111\r\n");
    awaitOnScreen("cli-terminal> ");
  }

  private void interrupt(SilentService service, String command, String told) throws Exception {
    type(command + "\r");
    assertThat(service.seen.poll(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).startsWith("GET ");
    type("\u0003");
    awaitOnScreen(told + " before the answer came\\.\r\n");
    awaitOnScreen("cli-terminal> ");
    assertThat(service.seen.poll(WAIT_MAX.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(SilentService.CLOSED);
  }

  @Test
  void aValueOnATerminalHasALineEndWhereverCommandsComeFrom() throws Exception {
    run("put", "k", "value-of-k");
    Path commands = Files.writeString(directory.resolve("commands"), "get k\nget k\n");
    start("shell", "<", commands.toString());
    Process ended = Objects.requireNonNull(process);
    assertThat(ended.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    awaitOnScreen("^value-of-k\r\nvalue-of-k\r\n");
    assertThat(ended.exitValue()).isZero();
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
    interruptsEndACommandAndNotTheShell();
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
