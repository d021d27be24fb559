package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.server.RunningService;
import io.lightningdb.tool.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// What a page gives to paste does what the page says: every `sh` block is pasted in order, and what it prints is what
/// is shown behind it, where `…` stands for any text.
class PagesRunTest extends RunningService {
  private static final String JAR = "target/lightningdb.jar";

  /// In the order in which a newcomer reads them; each builds on those before.
  private static final List<String> PASTED =
      List.of(
          "README.md",
          "src/main/java/io/lightningdb/server/README.md",
          "config/README.md",
          "src/examples/README.md",
          "src/main/java/io/lightningdb/tool/README.md");

  /// Blocks that cannot run here, by page. A page that is neither here nor above has none.
  private static final Map<String, Integer> NOT_RUN =
      Map.of(
          "README.md",
          2,
          "config/README.md",
          1,
          "src/examples/README.md",
          2,
          "src/clients/README.md",
          1,
          "src/clients/java-client/README.md",
          1,
          "src/dist/README.md",
          1);

  /// Its blocks are benchmarks, which take minutes and hours.
  private static final String BENCHMARKS = "src/bench/README.md";

  /// What the pages make, and their directories.
  private static final List<String> KEYSPACES =
      List.of(
          "products",
          "copy",
          "accounts",
          "example-cache",
          "example-sessions",
          "example-jobs",
          "example-leases",
          "example-import",
          "orders");

  private static final Set<String> DIRECTORIES = Set.of("secured", "shop", "copies", "restored");

  @TempDir private Path folder;
  private @Nullable ConfigurableApplicationContext own;

  @BeforeEach
  @AfterEach
  void leaveNothingBehind() {
    api().contentType("application/json").body("{\"mode\":\"read-write\"}").put("/v1/admin/mode");
    KEYSPACES.forEach(name -> api().delete("/v1/keyspaces/" + name + "?confirm=" + name));
    for (String key : List.of("nightly-job", "example-document", "example-visits")) {
      api().delete("/v1/keyspaces/default/entries/" + key);
    }
    if (own != null) {
      own.close();
    }
  }

  @Test
  void whatCanBePastedDoesWhatThePageShows() throws IOException {
    assumeTrue(isOnThePath("bash") && isOnThePath("curl"), "bash and curl are needed, and absent");
    Path files = Files.createDirectory(folder.resolve("files"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    try (Examples examples = Examples.compile(Examples.files(), classes);
        Shell shell = new Shell(files, port(), arguments -> java(files, examples, arguments))) {
      for (String page : PASTED) {
        for (Page.Block block : Page.of(page).blocks("sh")) {
          if (block.notRun().isEmpty()) {
            Shell.Pasted pasted = shell.paste(block.code());
            String what = "%s:%n%s%s".formatted(page, block.code(), pasted);
            assertThat(pasted.out()).as(what).matches(shown(block.shown()));
            assertThat(pasted.err()).as(what).isEmpty();
            assertThat(pasted.exitCode()).as(what).isZero();
          }
        }
      }
    }
  }

  private static boolean isOnThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private static Pattern shown(String text) {
    return Pattern.compile(
        text.lines()
            .filter(line -> !line.isEmpty())
            .map(line ->
                line.equals("…")
                    ? "(?:[^\\n]*\\n)*"
                    : Arrays.stream(line.split("…", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("[^\\n]*", "", "\\n")))
            .collect(Collectors.joining()));
  }

  /// Does what `java` would: `-jar` with the name of the jar, or a program in one file.
  private Shell.Done java(Path files, Examples examples, List<String> arguments) {
    if (arguments.equals(List.of("kill"))) {
      Objects.requireNonNull(own, "a service that the page started").close();
      own = null;
      return new Shell.Done(0, port(), "");
    }
    if (!arguments.getFirst().equals("-jar")) {
      String name = Path.of(arguments.getFirst()).getFileName().toString();
      String program = name.substring(0, name.lastIndexOf('.'));
      String printed = examples.run(program, tail(arguments, 1));
      assertThat(printed).as("lines of " + name).doesNotContain("\n\n");
      return new Shell.Done(0, port(), printed);
    }
    assertThat(arguments.get(1)).isEqualTo(JAR);
    List<String> rest =
        tail(arguments, 2).stream().map(argument -> inFolder(files, argument)).toList();
    if (rest.isEmpty() || rest.getFirst().startsWith("--")) {
      List<String> settings = new ArrayList<>(rest);
      settings.add("--server.port=0");
      settings.add("--lightning.log.segment-bytes=4MB");
      own =
          new SpringApplicationBuilder(LightningDbApplication.class)
              .run(settings.toArray(String[]::new));
      int port = own.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
      return new Shell.Done(0, port, "");
    }
    Map<String, String> environment = Map.of("LIGHTNING_URL", "http://127.0.0.1:" + port());
    Ran ran = Ran.command(PagesRunTest::noServer, new byte[0], environment, rest.toArray());
    String out = ran.exitCode() == 0 ? ran.out() : ran.out() + ran.err();
    return new Shell.Done(ran.exitCode(), port(), out);
  }

  private static void noServer(String... settings) {
    throw new AssertionError("the server was started with " + String.join(" ", settings));
  }

  /// This JVM works in another folder than the shell.
  private static String inFolder(Path files, String argument) {
    String value = argument.substring(argument.indexOf('=') + 1);
    return DIRECTORIES.contains(value)
        ? argument.substring(0, argument.length() - value.length()) + files.resolve(value)
        : argument;
  }

  private static List<String> tail(List<String> all, int from) {
    return all.subList(from, all.size());
  }

  @Test
  void whatIsNotRunIsKnown() throws IOException {
    Map<String, Integer> notRun = new TreeMap<>();
    Predicate<Page.Block> marked = block -> !block.notRun().isEmpty();
    for (Page page : Page.all()) {
      List<Page.Block> blocks =
          Stream.of("sh", "bash", "console", "shell")
              .flatMap(language -> page.blocks(language).stream())
              .toList();
      boolean pasted = PASTED.contains(page.toString());
      long skipped = pasted ? blocks.stream().filter(marked).count() : blocks.size();
      if (skipped > 0 && !page.toString().equals(BENCHMARKS)) {
        notRun.put(page.toString(), (int) skipped);
      }
    }
    assertThat(notRun).isEqualTo(NOT_RUN);
  }
}
