package io.lightningdb.bench;

import io.lightningdb.bench.report.Charts;
import io.lightningdb.bench.report.Report;
import io.lightningdb.bench.report.Report.Sample;
import io.lightningdb.bench.report.Tables;
import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import io.lightningdb.bench.workload.Measurement;
import io.lightningdb.bench.workload.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Measures this engine beside others: a fresh JVM for each round, family and store, so that none leaves anything to the next.
///
/// A round runs all families, and in a family the stores follow one another, so that a machine that grows slower or busier does so
/// for all of them; every round begins with another store.
@Command(
    name = "compare",
    description = "Measures this engine beside RocksDB, LMDB and MVStore.",
    mixinStandardHelpOptions = true)
final class Compare implements Callable<Integer> {
  @Mixin private Settings settings;
  @Mixin private Processes.Options processes;
  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "how often everything is measured (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(names = "--stores", split = ",", description = "${COMPLETION-CANDIDATES} (default: all)")
  private Set<StoreKind> stores = EnumSet.allOf(StoreKind.class);

  @Option(
      names = "--families",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default: all but cold, which needs --cgroup)")
  private @Nullable Set<Family> families;

  @Option(
      names = "--output",
      defaultValue = "bench",
      description = "directory for data while it runs and for the results (default: target/bench)")
  private Path output = Path.of("bench");

  /// Measures and writes the report.
  ///
  /// @return 0, or 1 if something could not be measured
  /// @throws IOException if files cannot be written
  /// @throws InterruptedException if it is ended
  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    Report.Environment environment =
        Environments.describe(arguments, processes.jvmArguments(), rounds);
    Files.createDirectories(output);
    List<Sample> samples = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (Family family : families()) {
        for (StoreKind store : order(round)) {
          measure(new Run(round, family, store), samples, failures);
        }
      }
    }
    write(Report.of(environment, samples, failures));
    return failures.isEmpty() ? 0 : 1;
  }

  private Set<Family> families() {
    if (families != null) {
      return families;
    }
    return settings.cgroup() == null
        ? EnumSet.complementOf(EnumSet.of(Family.COLD))
        : EnumSet.allOf(Family.class);
  }

  private List<StoreKind> order(int round) {
    List<StoreKind> order = new ArrayList<>(stores);
    Collections.rotate(order, -round);
    return order;
  }

  /// One JVM.
  private record Run(int round, Family family, StoreKind store) {}

  private void measure(Run run, List<Sample> samples, List<String> failures)
      throws IOException, InterruptedException {
    String name =
        "round %d of %d, %s, %s"
            .formatted(run.round() + 1, rounds, run.family(), run.store().title());
    System.out.print(name + " ... ");
    System.out.flush();
    long start = System.nanoTime();
    String log = "%s-%s.log".formatted(run.family(), run.store());
    try (Scratch scratch = Scratch.in(output)) {
      Path figures = scratch.directory().resolve("figures.json");
      List<String> command = command(run, scratch.directory(), figures);
      Processes.run(command, processes, output.resolve(log));
      for (Measurement measurement : read(figures)) {
        samples.add(new Sample(run.family(), run.store(), measurement));
      }
      System.out.printf("%.1f s%n", (System.nanoTime() - start) / 1e9);
    } catch (Processes.Failed e) {
      failures.add(name + ": " + e.getMessage());
      System.out.println("failed: " + e.getMessage());
    }
  }

  private List<String> command(Run run, Path scratch, Path figures) throws IOException {
    List<String> command = new ArrayList<>(Processes.java(processes.jvmArguments()));
    command.add(Bench.class.getName());
    command.add("measure");
    command.addAll(Arrays.asList("--store", run.store().toString()));
    command.addAll(Arrays.asList("--family", run.family().toString()));
    command.addAll(
        Arrays.asList("--directory", Files.createDirectory(scratch.resolve("data")).toString()));
    command.addAll(Arrays.asList("--output", figures.toString()));
    command.addAll(settings.arguments());
    return command;
  }

  private static List<Measurement> read(Path figures) {
    return JsonMapper.shared().readValue(figures, new TypeReference<List<Measurement>>() {});
  }

  private void write(Report report) throws IOException {
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(output.resolve("comparison.json"), report);
    String tables = Tables.of(report);
    Files.writeString(output.resolve("comparison.md"), tables);
    Charts.write(report, output);
    System.out.println();
    System.out.print(tables);
    System.out.println("\nThis table, the figures as JSON and charts: " + output.toAbsolutePath());
  }
}
