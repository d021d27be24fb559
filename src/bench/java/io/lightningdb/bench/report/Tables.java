package io.lightningdb.bench.report;

import io.lightningdb.bench.report.Report.Result;
import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import io.lightningdb.bench.workload.Measurement.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// The report as tables in Markdown, which can be read on a console too.
public final class Tables {
  private static final double THOUSAND = 1_000;
  private static final String NONE = "-";

  private Tables() {}

  /// Writes the tables.
  ///
  /// @param report everything measured
  /// @return lines of Markdown
  public static String of(Report report) {
    StringJoiner text = new StringJoiner("\n", "", "\n");
    text.add(rates(report));
    text.add("\nMicroseconds of single calls: median · 99 % · 99.9 %.\n");
    text.add(table(latencyRows(report)));
    for (String failure : report.failures()) {
      text.add("\nFAILED: " + failure);
    }
    return text.toString();
  }

  /// Writes the table of rates alone.
  ///
  /// @param report everything measured
  /// @return lines of Markdown
  public static String rates(Report report) {
    return "Thousands a second, medians of the rounds; * cut short by --seconds-max.\n\n"
        + table(rateRows(report));
  }

  private static List<List<String>> rateRows(Report report) {
    List<StoreKind> stores = report.stores();
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("workload", "unit"));
    stores.forEach(store -> head.add(store.title()));
    stores.stream().skip(1).forEach(store -> head.add("x " + store.title()));
    head.add("bytes allocated");
    rows.add(head);
    for (Family family : report.families()) {
      report
          .workloads(family)
          .forEach((workload, results) -> rows.add(rateRow(workload, stores, results)));
    }
    return rows;
  }

  private static List<String> rateRow(
      String workload, List<StoreKind> stores, Map<StoreKind, Result> results) {
    List<String> row = new ArrayList<>();
    row.add(workload);
    row.add(results.values().iterator().next().unit());
    stores.forEach(store -> row.add(rate(results.get(store))));
    Result first = results.get(stores.getFirst());
    stores.stream().skip(1).forEach(store -> row.add(ratio(first, results.get(store))));
    row.add(first == null ? NONE : "%.0f".formatted(first.allocatedBytes()));
    return row;
  }

  private static String rate(@Nullable Result result) {
    if (result == null) {
      return NONE;
    }
    double thousands = result.rate() / THOUSAND;
    String format = thousands < 10 ? "%,.2f" : thousands < 100 ? "%,.1f" : "%,.0f";
    return format.formatted(thousands) + (result.complete() ? "" : "*");
  }

  private static String ratio(@Nullable Result first, @Nullable Result other) {
    return first == null || other == null ? NONE : "%.2f".formatted(first.rate() / other.rate());
  }

  private static List<List<String>> latencyRows(Report report) {
    List<StoreKind> stores = report.stores();
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("workload"));
    stores.forEach(store -> head.add(store.title()));
    rows.add(head);
    for (Family family : report.families()) {
      report
          .workloads(family)
          .forEach((workload, results) -> {
            List<String> row = new ArrayList<>(List.of(workload));
            stores.forEach(store -> row.add(latency(results.get(store))));
            rows.add(row);
          });
    }
    return rows;
  }

  private static String latency(@Nullable Result result) {
    return result == null ? NONE : latency(result.latency());
  }

  static String latency(Latency latency) {
    return "%s · %s · %s"
        .formatted(micros(latency.p50()), micros(latency.p99()), micros(latency.p999()));
  }

  private static String micros(double micros) {
    return (micros < 10 ? "%.2f" : micros < 100 ? "%.1f" : "%,.0f").formatted(micros);
  }

  /// The first column is aligned to the left, the others to the right.
  static String table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringJoiner lines = new StringJoiner("\n");
    lines.add(line(rows.getFirst(), widths));
    lines.add(rule(widths));
    rows.stream().skip(1).forEach(row -> lines.add(line(row, widths)));
    return lines.toString();
  }

  private static String line(List<String> row, int[] widths) {
    StringJoiner cells = new StringJoiner(" | ", "| ", " |");
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      cells.add(i == 0 ? row.get(i) + padding : padding + row.get(i));
    }
    return cells.toString();
  }

  private static String rule(int[] widths) {
    StringJoiner cells = new StringJoiner("|", "|", "|");
    for (int i = 0; i < widths.length; i++) {
      cells.add(i == 0 ? "-".repeat(widths[i] + 2) : "-".repeat(widths[i] + 1) + ":");
    }
    return cells.toString();
  }
}
