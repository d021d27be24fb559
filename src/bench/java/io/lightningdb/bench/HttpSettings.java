package io.lightningdb.bench;

import io.lightningdb.bench.http.Phase;
import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.server.Application;
import io.lightningdb.bench.server.Child;
import io.lightningdb.bench.server.Loaded;
import io.lightningdb.bench.server.Server;
import io.lightningdb.bench.server.Target;
import io.lightningdb.bench.workload.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// What all commands that make load over HTTP are told, and how they bring server and generator together.
final class HttpSettings {
  /// The generator allocates next to nothing, and its threads must not take the processors from the server.
  private static final List<String> GENERATOR_JVM =
      List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=512m");

  /// Long enough for any fill; it ends when all entries are written.
  private static final double FILL_SECONDS_MAX = 600;

  private static final int FILL_CONNECTIONS = 32;

  @Option(
      names = "--entries",
      defaultValue = "100000",
      description =
          "entries with keys of 16 and values of 100 bytes; thousands (default: ${DEFAULT-VALUE})")
  private long entries;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "of values and of the order of requests (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--output",
      defaultValue = "bench",
      description = "directory for data while it runs and for the results (default: target/bench)")
  private Path output = Path.of("bench");

  Path output() {
    return output;
  }

  /// Takes the built jar apart.
  Application application(Scratch scratch) throws IOException, InterruptedException {
    return Application.extract(Path.of(""), scratch.directory().resolve("application"));
  }

  /// Starts the generator for a server.
  Loaded load(Server server, Target target) throws IOException {
    try {
      List<String> command = new ArrayList<>(Processes.java(GENERATOR_JVM));
      command.add(Bench.class.getName());
      command.add("generate");
      command.add("--port=" + server.port());
      command.add("--target=" + target.name());
      command.add("--entries=" + entries);
      command.add("--seed=" + seed);
      Path log = output.resolve("generator-" + target.name() + ".log");
      return new Loaded(server, Child.speaking(command, log));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /// Writes all entries, for the reads; the floor has none.
  void fill(Loaded loaded, Target target) throws IOException {
    switch (target) {
      case LIGHTNING -> loaded.run(fill(Workload.IMPORT));
      case ETCD -> loaded.run(fill(Workload.PUT_SYNCED));
      case FLOOR, BARE_FLOOR -> {}
    }
  }

  private static Phase fill(Workload workload) {
    return new Phase(workload, FILL_CONNECTIONS, FILL_SECONDS_MAX, Phase.Order.ALL);
  }
}
