package io.lightningdb.bench;

import io.lightningdb.bench.workload.Scene.Sizes;
import io.lightningdb.engine.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How much is measured. The process that compares passes these on to those that measure.
final class Settings {
  private static final long MIB = 1L << 20;

  @Option(
      names = "--entries",
      defaultValue = "1000000",
      description = "entries of a store with values of 100 bytes (default: ${DEFAULT-VALUE})")
  private long entries;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description =
          "how long to measure where the number of calls is not fixed (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "3",
      description = "how long to do the same before that (default: ${DEFAULT-VALUE})")
  private double warmUpSeconds;

  @Option(
      names = "--seconds-max",
      defaultValue = "120",
      description =
          "after which a workload with a fixed number of calls is cut short (default: ${DEFAULT-VALUE})")
  private double secondsMax;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "of keys, values and their order (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--compression",
      defaultValue = "LZ4",
      description = "${COMPLETION-CANDIDATES}; what a store does not know it leaves")
  private Compression compression = Compression.LZ4;

  @Option(
      names = "--cache-mib",
      defaultValue = "512",
      description = "block cache of RocksDB, page cache of MVStore (default: ${DEFAULT-VALUE})")
  private long cacheMib;

  @Option(
      names = "--cgroup",
      description =
          "directory of a control group with a memory limit above the heap, for the family cold: every measuring process joins it")
  private @Nullable Path cgroup;

  @Nullable Path cgroup() {
    return cgroup;
  }

  /// The options that say the same to another process.
  List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--entries=" + entries,
                "--seconds=" + seconds,
                "--warm-up-seconds=" + warmUpSeconds,
                "--seconds-max=" + secondsMax,
                "--seed=" + seed,
                "--compression=" + compression,
                "--cache-mib=" + cacheMib));
    if (cgroup != null) {
      arguments.add("--cgroup=" + cgroup);
    }
    return arguments;
  }

  Sizes sizes() throws IOException {
    return new Sizes(
        entries,
        seed,
        duration(seconds),
        duration(warmUpSeconds),
        duration(secondsMax),
        compression,
        cacheMib * MIB,
        cgroup == null ? 0 : memoryBytes(cgroup));
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static long memoryBytes(Path cgroup) throws IOException {
    // The name of the file in version 2 of control groups, then in version 1.
    for (String file : List.of("memory.max", "memory.limit_in_bytes")) {
      Path limit = cgroup.resolve(file);
      if (Files.exists(limit)) {
        return memoryBytes(limit, Files.readString(limit).strip());
      }
    }
    throw new IOException(cgroup + " is no control group with a memory limit");
  }

  private static long memoryBytes(Path file, String limit) throws IOException {
    if (!limit.matches("[0-9]{1,15}")) {
      throw new IOException(file + " says " + limit + ": there is no limit");
    }
    return Long.parseLong(limit);
  }
}
