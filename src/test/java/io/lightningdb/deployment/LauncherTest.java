package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher of the distribution, with a program in place of Java that shows what it was called with.
class LauncherTest {
  private static final Path LAUNCHER = Path.of("src", "dist", "bin", "lightningdb");

  @TempDir private Path top;

  private Path home;

  @BeforeEach
  void distribution() throws IOException {
    home = Files.createDirectories(top.resolve("a folder"));
    Files.createDirectories(home.resolve("bin"));
    Files.copy(LAUNCHER, home.resolve("bin/lightningdb"));
    Files.writeString(home.resolve("lightningdb.jar"), "");
    java(home.resolve("java"));
  }

  private static void java(Path home) throws IOException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s|' \"${LC_ALL:-}\" \"$0\" \"$@\"\nexit 7\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private record Ended(int exitCode, String out) {}

  private static Ended run(Path program, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("/bin/sh", program.toString()));
    line.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "LC_ALL", "LC_CTYPE", "LANG"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out);
  }

  private String command(Path home) {
    return home.toAbsolutePath() + "/java/bin/java|";
  }

  @Test
  void aCommandGetsAJvmThatStartsFastAndItsArgumentsAsTheyAre() throws Exception {
    Ended ended = run(home.resolve("bin/lightningdb"), Map.of(), "put", "a b", "$HOME *");
    assertThat(ended.exitCode()).isEqualTo(7);
    assertThat(ended.out())
        .isEqualTo(
            "C.UTF-8|"
                + command(home)
                + "-XX:+UseSerialGC|-XX:TieredStopAtLevel=1|-Xshare:auto|-jar|"
                + home
                + "/lightningdb.jar|put|a b|$HOME *|");
  }

  @Test
  void theServiceGetsTheOptionsOfTheService() throws Exception {
    Map<String, String> options =
        Map.of("LIGHTNING_JAVA_OPTIONS", "-Xmx1g -XX:+UseG1GC", "LANG", "de_DE.UTF-8");
    String jar = "-jar|" + home + "/lightningdb.jar|";
    for (List<String> args :
        List.of(List.<String>of(), List.of("serve"), List.of("--server.port=1"))) {
      String words = args.isEmpty() ? "" : args.getFirst() + "|";
      assertThat(run(home.resolve("bin/lightningdb"), options, args.toArray(String[]::new)).out())
          .isEqualTo("|" + command(home) + "-Xmx1g|-XX:+UseG1GC|" + jar + words);
    }
  }

  @Test
  void cachesOfTheDistributionAreForItsOwnJava() throws Exception {
    Path launcher = home.resolve("bin/lightningdb");
    Files.writeString(home.resolve("lightningdb.aot"), "");
    Files.writeString(home.resolve("commands.aot"), "");
    assertThat(run(launcher, Map.of("LIGHTNING_JAVA_OPTIONS", "-Xmx1g")).out())
        .contains("|-XX:AOTCache=" + home + "/lightningdb.aot|-Xmx1g|-jar|");
    Files.writeString(home.resolve("commands.jar"), "");
    assertThat(run(launcher, Map.of(), "get").out())
        .contains(
            "|-Xlog:disable|-XX:AOTCache="
                + home
                + "/commands.aot|-jar|"
                + home
                + "/commands.jar|");
    assertThat(run(launcher, Map.of(), "shell").out())
        .doesNotContain("AOT")
        .contains("|-jar|" + home + "/lightningdb.jar|shell|");
    assertThat(run(launcher, Map.of(), "verify", "data").out())
        .contains("/commands.aot|-jar|" + home + "/commands.jar|verify|data|");
    assertThat(run(launcher, Map.of(), "backups", "list", "s3://bucket/shop").out())
        .doesNotContain("AOT")
        .contains("|-jar|" + home + "/lightningdb.jar|backups|");

    Path other = top.resolve("jdk");
    java(other);
    Files.delete(home.resolve("java/bin/java"));
    Map<String, String> elsewhere = Map.of("JAVA_HOME", other.toString());
    assertThat(run(launcher, elsewhere).out()).doesNotContain("AOT");
    assertThat(run(launcher, elsewhere, "get").out()).doesNotContain("AOT");
  }

  @Test
  void theServiceReadsTheSettingsOfTheDistribution() throws Exception {
    Path launcher = home.resolve("bin/lightningdb");
    Files.writeString(
        home.resolve("java/bin/java"),
        "#!/bin/sh\nprintf %s \"${SPRING_CONFIG_ADDITIONAL_LOCATION:-none}\"\n");
    assertThat(run(launcher, Map.of()).out()).isEqualTo("none");
    Files.createDirectory(home.resolve("config"));
    assertThat(run(launcher, Map.of()).out()).isEqualTo("optional:file:" + home + "/config/");
    assertThat(run(launcher, Map.of(), "get").out()).isEqualTo("none");
    assertThat(run(launcher, Map.of("SPRING_CONFIG_ADDITIONAL_LOCATION", "file:/etc/x/")).out())
        .isEqualTo("file:/etc/x/");
  }

  @Test
  void itIsFoundThroughLinksAndFindsAnotherJava() throws Exception {
    Path link = Files.createSymbolicLink(top.resolve("ldb"), home.resolve("bin/lightningdb"));
    assertThat(run(link, Map.of(), "get").out()).contains(command(home));
    Path other = top.resolve("jdk");
    java(other);
    Files.delete(home.resolve("java/bin/java"));
    assertThat(run(link, Map.of("JAVA_HOME", other.toString()), "get").out())
        .contains(other + "/bin/java|");
    Ended none = run(link, Map.of("JAVA_HOME", "/nowhere"), "get");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.out()).contains("there is no Java at /nowhere/bin/java").hasLineCount(1);
  }

  @Test
  void aDistributionThatIsNotWholeSaysSo() throws Exception {
    Files.delete(home.resolve("lightningdb.jar"));
    Ended ended = run(home.resolve("bin/lightningdb"), Map.of(), "get");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.out()).contains("lightningdb.jar is not there");
  }
}
