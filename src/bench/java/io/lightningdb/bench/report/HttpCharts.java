package io.lightningdb.bench.report;

import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.report.HttpReport.Subject;
import io.lightningdb.bench.server.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The report over HTTP as bar charts, an SVG file for each workload.
public final class HttpCharts {
  private HttpCharts() {}

  /// Draws the charts.
  ///
  /// @param report everything measured
  /// @param directory for the files
  /// @throws IOException if they cannot be written
  public static void write(HttpReport report, Path directory) throws IOException {
    List<Integer> connections = report.connections();
    List<String> names = connections.stream().map(count -> count + " connections").toList();
    for (Workload workload : report.workloads()) {
      Map<String, List<Double>> series = new LinkedHashMap<>();
      for (Target target : report.targets()) {
        List<Double> rates =
            connections.stream()
                .map(count -> rate(report, new Subject(workload, count, target)))
                .toList();
        if (rates.stream().anyMatch(rate -> rate > 0)) {
          series.put(target.title(), rates);
        }
      }
      String axis = workload.unit() + " a second";
      Charts.write(
          new Charts.Bars(workload.title(), axis, names, series),
          directory.resolve(file(workload)));
    }
  }

  /// The charts that [#write] makes.
  ///
  /// @param report everything measured
  /// @return names of files by title, in the order of the workloads
  public static Map<String, String> files(HttpReport report) {
    Map<String, String> files = new LinkedHashMap<>();
    report.workloads().forEach(workload -> files.put(workload.title(), file(workload)));
    return files;
  }

  private static String file(Workload workload) {
    return "http-" + workload.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".svg";
  }

  private static double rate(HttpReport report, Subject subject) {
    return report.find(subject).map(HttpReport.Result::rate).orElse(0.0);
  }
}
