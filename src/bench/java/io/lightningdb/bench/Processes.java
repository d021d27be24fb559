package io.lightningdb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/// Starts the JVMs that measure.
final class Processes {
  private static final int LOG_LINES_SHOWN = 20;

  private Processes() {}

  /// How they are started.
  static final class Options {
    @Option(
        names = "--heap",
        defaultValue = "2g",
        description = "heap of every measuring JVM, least and greatest (default: ${DEFAULT-VALUE})")
    private String heap = "2g";

    @Option(
        names = "--minutes-max",
        defaultValue = "30",
        description = "after which a measuring JVM is ended (default: ${DEFAULT-VALUE})")
    private int minutesMax = 30;

    /// The same for all stores, whichever of them needs what. All of the heap is touched at the start, in large pages where the system
    /// has them: on a virtual machine the first use of a page may take longer than ten puts, and what is measured would be how many new pages
    /// a store has needed so far. The packages that are opened are for LMDB's binding, and the last argument switches off its checks of
    /// arguments, as its documentation advises for speed.
    List<String> jvmArguments() {
      return List.of(
          "-Xms" + heap,
          "-Xmx" + heap,
          "-XX:+AlwaysPreTouch",
          "-XX:+UseTransparentHugePages",
          "--enable-native-access=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dlmdbjava.disable.checks=true");
    }
  }

  /// A JVM that did not come to its end.
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
  }

  /// A JVM like this one, but for its arguments.
  static List<String> java(List<String> jvmArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  /// Runs a process to its end.
  ///
  /// @param log takes what it says
  static void run(List<String> command, Options options, Path log)
      throws IOException, InterruptedException, Failed {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // What RocksDB has outside the heap, in large pages like the heap itself.
    builder.environment().put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    Process process = builder.start();
    // Whoever ends the comparison ends what it has started.
    Thread stopper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(stopper);
    try {
      if (!process.waitFor(options.minutesMax, TimeUnit.MINUTES)) {
        throw new Failed("not done after --minutes-max=" + options.minutesMax);
      }
    } finally {
      process.destroyForcibly().waitFor();
      Runtime.getRuntime().removeShutdownHook(stopper);
    }
    if (process.exitValue() != 0) {
      throw new Failed("exit code " + process.exitValue() + ", see " + log + lastLines(log));
    }
  }

  private static String lastLines(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    int from = Math.max(0, lines.size() - LOG_LINES_SHOWN);
    return "\n" + String.join("\n", lines.subList(from, lines.size()));
  }
}
