package io.lightningdb.bench;

import io.lightningdb.bench.report.Charts;
import io.lightningdb.bench.report.CostReport;
import io.lightningdb.bench.report.HttpCharts;
import io.lightningdb.bench.report.HttpReport;
import io.lightningdb.bench.report.HttpTables;
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

/// Puts the results of `compare`, `http` and `costs` into the page of the benchmarks, as far as there are any: no figure is copied by hand.
@Command(
    name = "publish",
    description =
        "Puts the figures of the last compare, http and costs into src/bench/README.md, and their charts beside it.",
    mixinStandardHelpOptions = true)
final class Publish implements Callable<Integer> {
  private static final String PAGE = "src/bench/README.md";
  private static final String DIRECTORY = "src/bench/results";

  /// The same as a link of the page names it.
  private static final String LINKED = "results";

  @Option(
      names = "--results",
      defaultValue = "bench",
      description = "where the benchmarks put their figures (default: target/${DEFAULT-VALUE})")
  private Path results = Path.of("bench");

  @Option(
      names = "--project",
      defaultValue = "..",
      description = "root of the project (default: where Maven was started)")
  private Path project = Path.of("..");

  /// Rewrites the sections between marks in the page.
  ///
  /// @return 0, or 1 if there are no figures, or the page has no such section
  /// @throws IOException if files cannot be read or written
  @Override
  public Integer call() throws IOException {
    Path directory = Files.createDirectories(project.resolve(DIRECTORY));
    String before = Files.readString(project.resolve(PAGE));
    String text = before;
    int published = 0;
    if (isThere("comparison.json", directory)) {
      Report report = read("comparison.json", Report.class);
      Files.writeString(directory.resolve("comparison.md"), Tables.of(report));
      Charts.write(report, directory);
      text = replaced(text, "comparison", section(report));
      published++;
    }
    if (isThere("http.json", directory)) {
      HttpReport report = read("http.json", HttpReport.class);
      Files.writeString(directory.resolve("http.md"), HttpTables.of(report));
      HttpCharts.write(report, directory);
      text = replaced(text, "http", section(report));
      published++;
    }
    if (isThere("costs.json", directory)) {
      text = replaced(text, "costs", section(read("costs.json", CostReport.class)));
      published++;
    }
    if (published == 0) {
      System.err.println("There are no figures in " + results.toAbsolutePath());
      return 1;
    }
    Files.writeString(project.resolve(PAGE), text);
    return text.equals(before) ? 1 : 0;
  }

  private boolean isThere(String name, Path directory) throws IOException {
    Path file = results.resolve(name);
    boolean there = Files.exists(file);
    if (there) {
      Files.copy(file, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    return there;
  }

  private <T> T read(String name, Class<T> type) {
    return JsonMapper.shared().readValue(results.resolve(name), type);
  }

  private static String replaced(String page, String name, String section) {
    String first = "<!-- " + name + ": written by the benchmark's command `publish` -->";
    String last = "<!-- end of " + name + " -->";
    int begin = page.indexOf(first);
    int end = page.indexOf(last);
    if (begin < 0 || end < begin) {
      System.err.println(PAGE + " lacks the lines " + first + " and " + last);
      return page;
    }
    return page.substring(0, begin + first.length()) + "\n\n" + section + page.substring(end);
  }

  private static String source(Report.Environment environment) {
    return """
    Measured on %s at commit %s: %s, %s, %s, Java %s, `%s`, %d round(s).

    ```sh
    %s
    ```
    """
        .formatted(
            environment.date(),
            environment.commit(),
            environment.processor(),
            environment.memory(),
            environment.system(),
            environment.java(),
            String.join(" ", environment.jvmArguments()),
            environment.rounds(),
            environment.command());
  }

  private static String section(Report report) {
    StringJoiner text = new StringJoiner("\n", "", "\n\n");
    text.add(source(report.environment()));
    text.add(Tables.rates(report));
    text.add(
        "\nLatencies: [comparison.md](%1$s/comparison.md); all figures: [comparison.json](%1$s/comparison.json).\n"
            .formatted(LINKED));
    for (Family family : report.families()) {
      text.add("![%s](%s/%s.svg)".formatted(family.title(), LINKED, family));
    }
    return text.toString();
  }

  private static String section(HttpReport report) {
    StringJoiner text = new StringJoiner("\n", "", "\n\n");
    text.add(source(report.environment()));
    text.add(HttpTables.rates(report));
    text.add("Bytes allocated by the server for each request.\n");
    text.add(HttpTables.allocations(report));
    text.add(
        "Latencies and processor time: [http.md](%1$s/http.md); all figures: [http.json](%1$s/http.json).\n"
            .formatted(LINKED));
    HttpCharts.files(report)
        .forEach((title, file) -> text.add("![%s](%s/%s)".formatted(title, LINKED, file)));
    return text.toString();
  }

  private static String section(CostReport report) {
    return source(report.environment()) + "\n" + report.toTable() + "\n";
  }
}
