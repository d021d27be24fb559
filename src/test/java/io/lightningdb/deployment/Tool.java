package io.lightningdb.deployment;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A program that is not the project's own.
final class Tool {
  private static final long SECONDS_MAX = 60;

  private Tool() {}

  /// Skips the test where a program is not installed, or fails it where it must be (`-Dtools.required=true`).
  static void need(String name) {
    boolean there =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    if (!there && Boolean.getBoolean("tools.required")) {
      throw new AssertionError(name + " is not installed, and tools.required is true");
    }
    Assumptions.assumeTrue(there, name + " is not installed");
  }

  /// What a program said.
  ///
  /// @param exitCode its exit code
  /// @param out all that it printed
  record Said(int exitCode, String out) {}

  /// Runs a program to its end.
  static Said run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " is not done after " + SECONDS_MAX + " s");
    }
    return new Said(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }
}
