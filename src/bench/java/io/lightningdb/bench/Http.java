package io.lightningdb.bench;

import io.lightningdb.bench.http.Phase;
import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.report.HttpCharts;
import io.lightningdb.bench.report.HttpReport;
import io.lightningdb.bench.report.HttpReport.Sample;
import io.lightningdb.bench.report.HttpReport.Subject;
import io.lightningdb.bench.report.HttpTables;
import io.lightningdb.bench.server.Application;
import io.lightningdb.bench.server.Loaded;
import io.lightningdb.bench.server.Server;
import io.lightningdb.bench.server.Target;
import io.lightningdb.bench.workload.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Measures the service over HTTP, with an empty controller and etcd beside it: in each round a fresh process for each of them, which
/// begin with another one each time, and one generator beside it.
@Command(
    name = "http",
    description = "Measures the service over HTTP, beside an empty controller and etcd.",
    mixinStandardHelpOptions = true)
final class Http implements Callable<Integer> {
  @Mixin private HttpSettings settings;
  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "how often everything is measured (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "how long each workload is measured (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "3",
      description = "how long to do the same before that (default: ${DEFAULT-VALUE})")
  private double warmUpSeconds;

  @Option(
      names = "--heap",
      defaultValue = "1g",
      description = "heap of every JVM measured, least and greatest (default: ${DEFAULT-VALUE})")
  private String heap = "1g";

  @Option(
      names = "--connections",
      split = ",",
      description = "how many have a request under way (default: 1,32,256)")
  private List<Integer> connections = List.of(1, 32, 256);

  @Option(
      names = "--workloads",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default: all)")
  private Set<Workload> workloads = EnumSet.allOf(Workload.class);

  @Option(
      names = "--targets",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default: all; etcd only if it is on the path)")
  private Set<Target> targets = EnumSet.allOf(Target.class);

  private final List<Sample> samples = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /// Measures and writes the report.
  ///
  /// @return 0, or 1 if something could not be measured
  /// @throws IOException if files cannot be written
  /// @throws InterruptedException if it is ended
  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    var environment = Environments.describe(arguments, Server.jvmArguments(heap), rounds);
    Files.createDirectories(settings.output());
    try (Scratch scratch = Scratch.in(settings.output())) {
      Application application = settings.application(scratch);
      List<Target> present = presentTargets();
      for (int round = 0; round < rounds; round++) {
        Collections.rotate(present, -Math.min(round, 1));
        for (Target target : present) {
          measure(round, target, application);
        }
      }
    }
    write(HttpReport.of(environment, samples, failures));
    return failures.isEmpty() ? 0 : 1;
  }

  private List<Target> presentTargets() {
    List<Target> present = new ArrayList<>(targets);
    if (present.contains(Target.ETCD) && !Server.hasEtcd()) {
      present.remove(Target.ETCD);
      System.out.println("There is no etcd on the path, so it is left out.");
    }
    return present;
  }

  private void measure(int round, Target target, Application application) throws IOException {
    System.out.printf("round %d of %d, %s%n", round + 1, rounds, target.title());
    try (Scratch scratch = Scratch.in(settings.output())) {
      Path log = settings.output().resolve("server-" + target.name() + ".log");
      Server.Setup setup = new Server.Setup(application, heap, scratch.directory(), log);
      try (Loaded loaded = settings.load(Server.start(target, setup), target)) {
        settings.fill(loaded, target);
        for (Workload workload : workloads) {
          measure(loaded, target, workload);
        }
      }
    } catch (IOException e) {
      failures.add("round %d, %s: %s".formatted(round + 1, target.title(), e.getMessage()));
      System.out.println("failed: " + e.getMessage());
    }
  }

  private void measure(Loaded loaded, Target target, Workload workload) throws IOException {
    if (!target.offers(workload)) {
      return;
    }
    for (int count : connections) {
      loaded.run(phase(workload, count, warmUpSeconds));
      Loaded.Cost cost = loaded.run(phase(workload, count, seconds));
      samples.add(new Sample(new Subject(workload, count, target), cost));
      System.out.printf(
          "  %s, %d connections: %,.0f %s/s%n",
          workload.title(), count, cost.load().units() / cost.load().seconds(), workload.unit());
    }
  }

  private static Phase phase(Workload workload, int count, double seconds) {
    return new Phase(workload, count, seconds, Phase.Order.UNIFORM);
  }

  private void write(HttpReport report) throws IOException {
    Path output = settings.output();
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(output.resolve("http.json"), report);
    String tables = HttpTables.of(report);
    Files.writeString(output.resolve("http.md"), tables);
    HttpCharts.write(report, output);
    System.out.println();
    System.out.print(tables);
    System.out.println(
        "\nThese tables, the figures as JSON and charts: " + output.toAbsolutePath());
  }
}
