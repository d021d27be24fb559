package io.lightningdb.bench;

import io.lightningdb.bench.http.Phase;
import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.report.CostReport;
import io.lightningdb.bench.server.Application;
import io.lightningdb.bench.server.Loaded;
import io.lightningdb.bench.server.Server;
import io.lightningdb.bench.server.Target;
import io.lightningdb.bench.workload.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Measures what it takes to run the service: the size of its jar, the time to its first answer, and its memory. Linux only.
@Command(
    name = "costs",
    description = "Measures the size of the jar, the time to the first answer, and memory.",
    mixinStandardHelpOptions = true)
final class Costs implements Callable<Integer> {
  private static final int CONNECTIONS = 32;
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  @Mixin private HttpSettings settings;
  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "how often each start is measured (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "how long each kind of load lasts (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--heap",
      defaultValue = "128m",
      description = "greatest heap (default: ${DEFAULT-VALUE})")
  private String heap = "128m";

  /// Measures and writes the report.
  ///
  /// @return exit code
  /// @throws IOException if files cannot be written, or the service does not start
  /// @throws InterruptedException if it is ended
  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    var environment = Environments.describe(arguments, List.of("-Xmx" + heap), rounds);
    Files.createDirectories(settings.output());
    try (Scratch scratch = Scratch.in(settings.output())) {
      Application application = settings.application(scratch);
      Path cache = scratch.directory().resolve("application.aot");
      train(application, cache);
      List<CostReport.Start> starts =
          List.of(
              starts("java -jar", application, jar(application.jar())),
              starts("extracted", application, jar(application.extractedJar())),
              starts(
                  "extracted, with AOT cache",
                  application,
                  with("-XX:AOTCache=" + cache, jar(application.extractedJar()))));
      List<CostReport.Memory> memory = memory(application);
      write(
          new CostReport(
              environment, Files.size(application.jar()), Files.size(cache), starts, memory));
    }
    return 0;
  }

  private List<String> jar(Path jar) {
    return List.of("-Xmx" + heap, NATIVE_ACCESS, "-jar", jar.toString());
  }

  private static List<String> with(String argument, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of(argument));
    all.addAll(arguments);
    return all;
  }

  /// Lets the JVM write its cache of classes that are loaded and linked, when it ends.
  private void train(Application application, Path cache) throws IOException, InterruptedException {
    System.out.println("writing the AOT cache");
    List<String> arguments = with("-XX:AOTCacheOutput=" + cache, jar(application.extractedJar()));
    try (Scratch scratch = Scratch.in(settings.output());
        Loaded loaded = start(application, arguments, scratch)) {
      settings.fill(loaded, Target.LIGHTNING);
      for (Workload workload : Workload.values()) {
        loaded.run(phase(workload, 1));
      }
      loaded.server().terminate();
    }
  }

  private static Phase phase(Workload workload, double seconds) {
    return new Phase(workload, CONNECTIONS, seconds, Phase.Order.UNIFORM);
  }

  private Loaded start(Application application, List<String> arguments, Scratch scratch)
      throws IOException {
    return settings.load(
        Server.startPlain(arguments, setup(application, scratch)), Target.LIGHTNING);
  }

  private Server.Setup setup(Application application, Scratch scratch) {
    Path log = settings.output().resolve("server-costs.log");
    return new Server.Setup(application, heap, scratch.directory(), log);
  }

  private CostReport.Start starts(String name, Application application, List<String> arguments)
      throws IOException {
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      try (Scratch scratch = Scratch.in(settings.output());
          Server server = Server.startPlain(arguments, setup(application, scratch))) {
        seconds.add(server.startTime().toNanos() / 1e9);
      }
    }
    seconds.sort(null);
    System.out.println(name + ": " + seconds + " s");
    return CostReport.Start.of(name, seconds);
  }

  private List<CostReport.Memory> memory(Application application) throws IOException {
    List<CostReport.Memory> points = new ArrayList<>();
    try (Scratch scratch = Scratch.in(settings.output());
        Server server = Server.startPlain(jar(application.jar()), setup(application, scratch))) {
      points.add(point("idle, after the first answer", server));
      try (Loaded loaded = settings.load(server, Target.LIGHTNING)) {
        settings.fill(loaded, Target.LIGHTNING);
        points.add(point("filled", server));
        for (Workload workload : Workload.values()) {
          loaded.run(phase(workload, seconds));
          points.add(point("after " + workload.title(), server));
        }
      }
    }
    return points;
  }

  private static CostReport.Memory point(String name, Server server) throws IOException {
    Server.Memory memory = server.memory();
    return new CostReport.Memory(name, memory.residentBytes(), memory.anonymousBytes());
  }

  private void write(CostReport report) throws IOException {
    Path output = settings.output();
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(output.resolve("costs.json"), report);
    String table = report.toTable();
    Files.writeString(output.resolve("costs.md"), table);
    System.out.println();
    System.out.print(table);
  }
}
