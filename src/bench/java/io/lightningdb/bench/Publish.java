package io.lightningdb.bench;

import io.lightningdb.bench.report.Charts;
import io.lightningdb.bench.report.Report;
import io.lightningdb.bench.report.Tables;
import io.lightningdb.bench.workload.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Puts the results of a comparison into the README, so that nobody copies figures by hand.
@Command(
    name = "publish",
    description =
        "Puts the figures of the last comparison into the README, and its charts beside the benchmark.",
    mixinStandardHelpOptions = true)
final class Publish implements Callable<Integer> {
  private static final String BEGIN =
      "<!-- comparison: written by the benchmark's command `publish` -->";
  private static final String END = "<!-- end of comparison -->";

  @Option(
      names = "--results",
      defaultValue = "bench/comparison.json",
      description = "figures of a comparison (default: target/${DEFAULT-VALUE})")
  private Path results = Path.of("bench/comparison.json");

  @Option(
      names = "--project",
      defaultValue = "..",
      description = "root of the project (default: where Maven was started)")
  private Path project = Path.of("..");

  /// Rewrites the section between two marks in the README.
  ///
  /// @return 0, or 1 if the README has no such section
  /// @throws IOException if files cannot be read or written
  @Override
  public Integer call() throws IOException {
    Report report = JsonMapper.shared().readValue(results, Report.class);
    Path readme = project.resolve("README.md");
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      System.err.println(readme + " lacks the lines " + BEGIN + " and " + END);
      return 1;
    }
    Path directory = Files.createDirectories(project.resolve("src/bench/results"));
    Files.copy(results, directory.resolve("comparison.json"), StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(directory.resolve("comparison.md"), Tables.of(report));
    Charts.write(report, directory);
    Files.writeString(
        readme,
        text.substring(0, begin + BEGIN.length()) + "\n\n" + section(report) + text.substring(end));
    return 0;
  }

  private static String section(Report report) {
    Report.Environment environment = report.environment();
    StringJoiner text = new StringJoiner("\n", "", "\n\n");
    text.add(
        "Measured on %s at commit %s: %s, %s, %s, Java %s, `%s`, %d round(s)."
            .formatted(
                environment.date(),
                environment.commit(),
                environment.processor(),
                environment.memory(),
                environment.system(),
                environment.java(),
                String.join(" ", environment.jvmArguments()),
                environment.rounds()));
    text.add("\n```sh\n" + environment.command() + "\n```\n");
    text.add(Tables.rates(report));
    text.add(
        "\nLatencies: [comparison.md](src/bench/results/comparison.md); all figures:"
            + " [comparison.json](src/bench/results/comparison.json).\n");
    for (Family family : report.families()) {
      text.add("![%s](src/bench/results/%s.svg)".formatted(family.title(), family));
    }
    return text.toString();
  }
}
