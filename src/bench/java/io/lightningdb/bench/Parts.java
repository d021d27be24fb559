package io.lightningdb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Runs the JMH benchmarks of the engine's parts.
@Command(
    name = "parts",
    description = "Runs the JMH benchmarks of the parts, all or those named, with JMH's options.")
final class Parts implements Callable<Integer> {
  @Parameters(description = "what JMH is told, such as: LogBenchmark -f 3 -prof gc")
  private List<String> arguments = new ArrayList<>();

  /// Runs them and leaves the figures in `bench/parts.json`.
  ///
  /// @return exit code
  /// @throws IOException if there is no room for the figures
  @Override
  public Integer call() throws IOException {
    Path results = Path.of("bench", "parts.json");
    Files.createDirectories(results.getParent());
    List<String> all =
        new ArrayList<>(List.of("-rf", "json", "-rff", results.toString(), "-foe", "true"));
    all.addAll(arguments);
    org.openjdk.jmh.Main.main(all.toArray(String[]::new));
    return 0;
  }
}
