package io.lightningdb.bench;

import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import io.lightningdb.bench.workload.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Measures one store with one family of workloads: what [Compare] starts a JVM for.
@Command(
    name = "measure",
    description = "Measures one store with one family of workloads, in this JVM.")
final class Measure implements Callable<Integer> {
  @Mixin private Settings settings;

  @Option(names = "--store", required = true, description = "${COMPLETION-CANDIDATES}")
  private StoreKind store;

  @Option(names = "--family", required = true, description = "${COMPLETION-CANDIDATES}")
  private Family family;

  @Option(names = "--directory", required = true, description = "empty, for the data")
  private Path directory;

  @Option(names = "--output", required = true, description = "file for the figures, as JSON")
  private Path output;

  /// Measures.
  ///
  /// @return exit code
  /// @throws IOException if files cannot be read or written
  @Override
  public Integer call() throws IOException {
    Path cgroup = settings.cgroup();
    if (cgroup != null) {
      // 0 is the process that writes.
      Files.writeString(cgroup.resolve("cgroup.procs"), "0");
    }
    Scene scene = new Scene(store, settings.sizes(), directory);
    family.run(scene);
    JsonMapper.shared().writeValue(output, scene.measurements());
    return 0;
  }
}
