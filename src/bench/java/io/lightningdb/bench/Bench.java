package io.lightningdb.bench;

import io.lightningdb.bench.storage.StorageCosts;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the benchmarks.
@Command(
    name = "bench",
    description = "Measures the engine.",
    subcommands = {
      Compare.class,
      Measure.class,
      Publish.class,
      Http.class,
      GenerateLoad.class,
      Costs.class,
      StorageCosts.class
    })
public final class Bench {
  private Bench() {}

  /// Runs a command and exits with its code.
  ///
  /// @param arguments the command and its options; without any, `compare` with its defaults
  public static void main(String[] arguments) {
    String[] command = arguments.length == 0 ? new String[] {"compare"} : arguments;
    CommandLine line = new CommandLine(new Bench());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // JMH has options of its own, which are not ours to know.
    CommandLine parts = new CommandLine(new Parts()).setUnmatchedOptionsArePositionalParams(true);
    System.exit(line.addSubcommand(parts).execute(command));
  }
}
