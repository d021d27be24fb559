package io.lightningdb.bench;

import io.lightningdb.bench.http.Generator;
import io.lightningdb.bench.http.Phase;
import io.lightningdb.bench.server.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Makes load over HTTP: what [Http] starts a process for, so that nothing of the generator runs in the JVM that is measured. Each line
/// of input is a phase, and is answered with what it came to; the end of the input ends it.
@Command(name = "generate", description = "Makes load over HTTP, as lines of input say.")
final class GenerateLoad implements Callable<Integer> {
  @Option(names = "--port", required = true, description = "of the server")
  private int port;

  @Option(names = "--target", required = true, description = "${COMPLETION-CANDIDATES}")
  private Target target;

  @Option(names = "--entries", required = true, description = "that the server has")
  private long entries;

  @Option(names = "--seed", required = true, description = "of values and order")
  private long seed;

  /// Works until there is no more input.
  ///
  /// @return exit code
  /// @throws IOException if the server does not answer, or an answer is wrong
  @Override
  public Integer call() throws IOException {
    Generator generator = new Generator(port, target, entries, seed);
    try (BufferedReader phases =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = phases.readLine();
      while (line != null) {
        System.out.println(
            JsonMapper.shared().writeValueAsString(generator.run(Phase.parse(line))));
        line = phases.readLine();
      }
    }
    return 0;
  }
}
