package io.lightningdb.dist;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What the profile has made, and the tools of the machine.
final class Made {
  static final Path PROJECT = Path.of(System.getProperty("project")).toAbsolutePath().normalize();
  static final Path FOLDER = Path.of(System.getProperty("dist.folder")).toAbsolutePath();
  static final Instant MOMENT = Instant.parse(System.getProperty("dist.moment"));
  static final String NAME = FOLDER.getFileName().toString();
  static final String VERSION = NAME.substring(NAME.indexOf('-') + 1);

  private static final boolean TOOLS_REQUIRED = Boolean.getBoolean("tools.required");
  private static final int SECONDS_MAX = 600;

  private Made() {}

  static Path archive() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.getParent())) {
      return files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
  }

  /// Leaves the test out, and says why, or fails it, if one of the tools is not installed.
  static void needs(String... tools) {
    for (String tool : tools) {
      boolean found =
          Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
              .anyMatch(folder -> new File(folder, tool).canExecute());
      if (!found) {
        missing(tool + " is not installed");
      }
    }
  }

  /// Leaves the test out, and says why, or fails it, where not run by root.
  static void needsRoot() {
    if (!System.getProperty("user.name").equals("root")) {
      missing("this is run by " + System.getProperty("user.name") + ", not by root");
    }
  }

  private static void missing(String what) {
    if (TOOLS_REQUIRED) {
      throw new IllegalStateException(what + ", and tools.required is true");
    }
    System.out.println("LEFT OUT: " + what + "; .ci/run installs what all tests need");
    abort(what);
  }

  record Ended(int exitCode, String out) {}

  static Ended run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("LIGHTNING_"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end: " + Files.readString(out));
      }
      return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
    }
  }

  static String ok(String... command) throws IOException, InterruptedException {
    Ended ended = run(FOLDER.getParent(), Map.of(), List.of(command));
    if (ended.exitCode() != 0) {
      throw new IOException(
          String.join(" ", command) + " ended with " + ended.exitCode() + ": " + ended.out());
    }
    return ended.out();
  }
}
