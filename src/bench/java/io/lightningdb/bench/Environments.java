package io.lightningdb.bench;

import io.lightningdb.bench.report.Report;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/// Finds out where and how is measured.
final class Environments {
  private static final String UNKNOWN = "unknown";

  private Environments() {}

  static Report.Environment describe(List<String> arguments, List<String> jvmArguments, int rounds)
      throws InterruptedException {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
    int processors = Runtime.getRuntime().availableProcessors();
    return new Report.Environment(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        commit(),
        "./mvnw -Pbench verify -DskipTests -Dbench=\"%s\"".formatted(command(arguments)),
        "%s, %d cores".formatted(line("/proc/cpuinfo", "model name"), processors),
        line("/proc/meminfo", "MemTotal"),
        system + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        jvmArguments,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        rounds);
  }

  private static String command(List<String> arguments) {
    return arguments.isEmpty() ? "compare" : String.join(" ", arguments);
  }

  private static String line(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException _) {
      // A system that says it elsewhere; the figures are worth having all the same.
      return UNKNOWN;
    }
  }

  private static String commit() throws InterruptedException {
    return output("git", "describe", "--always", "--dirty=+", "--abbrev=12");
  }

  private static String output(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? output : UNKNOWN;
    } catch (IOException _) {
      // Built from an archive, or on a machine without git.
      return UNKNOWN;
    }
  }
}
