package io.lightningdb.bench.report;

import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.report.HttpReport.Result;
import io.lightningdb.bench.report.HttpReport.Subject;
import io.lightningdb.bench.server.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;

/// The report over HTTP as tables in Markdown, which can be read on a console too.
public final class HttpTables {
  private static final String NONE = "-";

  private HttpTables() {}

  /// Writes the tables.
  ///
  /// @param report everything measured
  /// @return lines of Markdown
  public static String of(HttpReport report) {
    StringJoiner text = new StringJoiner("\n", "", "\n");
    text.add(rates(report));
    text.add("\nMicroseconds of single requests: median · 99 % · 99.9 %.\n");
    text.add(Tables.table(rows(report, HttpTables::latency)));
    text.add("\nBytes allocated by the server for each request.\n");
    text.add(allocations(report));
    text.add("\nMicroseconds of processor time for each request: server + generator.\n");
    text.add(Tables.table(rows(report, HttpTables::processor)));
    for (String failure : report.failures()) {
      text.add("\nFAILED: " + failure);
    }
    return text.toString();
  }

  /// Writes how much was done a second.
  ///
  /// @param report everything measured
  /// @return lines of Markdown
  public static String rates(HttpReport report) {
    return "A second, medians of the rounds.\n\n" + Tables.table(rateRows(report)) + "\n";
  }

  /// Writes what each request made the server allocate.
  ///
  /// @param report everything measured
  /// @return lines of Markdown
  public static String allocations(HttpReport report) {
    return Tables.table(rows(report, HttpTables::allocated)) + "\n";
  }

  private static List<List<String>> rateRows(HttpReport report) {
    List<Target> targets = report.targets();
    List<List<String>> rows = rows(report, result -> "%,.0f".formatted(result.rate()));
    List<Target> others = targets.subList(Math.min(1, targets.size()), targets.size());
    others.forEach(other -> rows.getFirst().add("x " + other.title()));
    int row = 1;
    for (Workload workload : report.workloads()) {
      for (int connections : report.connections()) {
        Optional<Result> first =
            report.find(new Subject(workload, connections, targets.getFirst()));
        for (Target other : others) {
          Optional<Result> its = report.find(new Subject(workload, connections, other));
          rows.get(row).add(ratio(first, its));
        }
        row++;
      }
    }
    return rows;
  }

  private static String ratio(Optional<Result> first, Optional<Result> other) {
    return first.isEmpty() || other.isEmpty()
        ? NONE
        : "%.2f".formatted(first.get().rate() / other.get().rate());
  }

  /// A row for each workload and number of connections, a column for each target.
  private static List<List<String>> rows(HttpReport report, Function<Result, String> cell) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("workload", "connections", "unit"));
    report.targets().forEach(target -> head.add(target.title()));
    rows.add(head);
    for (Workload workload : report.workloads()) {
      for (int connections : report.connections()) {
        List<String> row =
            new ArrayList<>(
                List.of(workload.title(), Integer.toString(connections), workload.unit()));
        for (Target target : report.targets()) {
          row.add(report.find(new Subject(workload, connections, target)).map(cell).orElse(NONE));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static String latency(Result result) {
    return Tables.latency(result.latency());
  }

  private static String allocated(Result result) {
    Double bytes = result.allocatedBytes();
    return bytes == null ? NONE : "%,.0f".formatted(bytes);
  }

  private static String processor(Result result) {
    return "%.1f + %.1f".formatted(result.serverMicros(), result.generatorMicros());
  }
}
