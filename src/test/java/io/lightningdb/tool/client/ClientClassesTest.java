package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.server.RunningService;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What client commands load, in a process of their own: their start is as long as that.
class ClientClassesTest extends RunningService {
  /// One line for each command that ends by itself and needs nothing that this service lacks.
  private static final String LINES =
      """
      keyspace create loaded
      use loaded
      put --type json note 1
      get --json note
      list
      list --json
      count
      increment visits
      keyspace list
      keyspace options loaded
      export
      limits
      mode
      operations
      delete note
      keyspace drop loaded --yes
      """;

  // Found: 204, two thirds of them of picocli.
  private static final int GET_CLASSES_MAX = 220;

  @TempDir private Path folder;

  @Test
  void readingAValueLoadsFewClasses() throws Exception {
    api().body("world").put("/v1/keyspaces/default/entries/hello").then().statusCode(201);

    List<String> loaded = loaded(Files.writeString(folder.resolve("in"), ""), "get", "hello");

    assertThat(loaded).contains("io.lightningdb.tool.client.Get");
    assertThat(loaded).hasSizeLessThanOrEqualTo(GET_CLASSES_MAX);
  }

  @Test
  void noCommandLoadsTheServiceOrItsLibraries() throws Exception {
    Path directory = folder.resolve("database");
    Database.open(directory, DatabaseOptions.defaults()).close();
    List<String> loaded =
        new ArrayList<>(loaded(Files.writeString(folder.resolve("in"), LINES), "shell"));
    // The shell has only commands for a service.
    Path none = Files.writeString(folder.resolve("none"), "");
    loaded.addAll(loaded(none, "verify", directory.toString()));
    loaded.addAll(loaded(none, "dump", directory.resolve("MANIFEST").toString()));
    loaded.addAll(loaded(none, "token", "list", directory.toString()));

    assertThat(loaded)
        .contains("io.lightningdb.tool.client.Put", "io.lightningdb.tool.client.ListEntries")
        .contains("io.lightningdb.tool.Verify", "io.lightningdb.tool.ManifestDump")
        .contains("io.lightningdb.token.TokenFile")
        .noneMatch(name ->
            name.startsWith("org.springframework.")
                || name.startsWith("ch.qos.logback.")
                || name.startsWith("org.slf4j.")
                || name.startsWith("software.amazon."));
  }

  /// Without Groovy, which libraries of tests bring along: picocli makes use of it.
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(element -> !element.contains("groovy"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// Those that are in no archive of the JDK.
  private List<String> loaded(Path in, String... args) throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    Path out = folder.resolve("out");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=" + classes,
                "-cp",
                classPath(),
                LightningDbApplication.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true);
    builder.environment().put("LIGHTNING_URL", "http://127.0.0.1:" + port());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(classes, StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.contains("source: file:"))
        .map(line -> line.replaceFirst("^(\\[[^]]*\\])*\\s*", "").split(" ", 2)[0])
        .toList();
  }
}
