package io.lightningdb.bench.report;

import io.lightningdb.bench.report.Report.Result;
import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/// The report as bar charts, an SVG file for each family.
public final class Charts {
  private static final int WIDTH_MIN = 700;
  private static final int WIDTH_PER_BAR = 38;
  private static final int WIDTH_OF_AXIS = 120;
  private static final int HEIGHT = 480;
  private static final double THOUSAND = 1_000;

  private Charts() {}

  /// Draws the charts.
  ///
  /// @param report everything measured
  /// @param directory for the files
  /// @throws IOException if they cannot be written
  public static void write(Report report, Path directory) throws IOException {
    for (Family family : report.families()) {
      try (OutputStream file = Files.newOutputStream(directory.resolve(family + ".svg"))) {
        ChartEncoder.saveChart(chart(report, family), file, "svg");
      }
    }
  }

  private static CategoryChart chart(Report report, Family family) {
    Map<String, Map<StoreKind, Result>> workloads = report.workloads(family);
    List<StoreKind> stores = report.stores();
    int width = WIDTH_OF_AXIS + workloads.size() * stores.size() * WIDTH_PER_BAR;
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(WIDTH_MIN, width))
            .height(HEIGHT)
            .title(family.title())
            .yAxisTitle("thousands a second")
            .build();
    chart
        .getStyler()
        .setLabelsVisible(true)
        .setXAxisLabelRotation(workloads.size() > 3 ? 20 : 0)
        .setLegendPosition(LegendPosition.OutsideS)
        .setDecimalPattern("#,##0.#");
    List<String> names = List.copyOf(workloads.keySet());
    for (StoreKind store : stores) {
      List<Double> rates = new ArrayList<>();
      workloads.values().forEach(results -> rates.add(thousands(results.get(store))));
      chart.addSeries(store.title(), names, rates);
    }
    return chart;
  }

  private static double thousands(@Nullable Result result) {
    return result == null ? 0 : result.rate() / THOUSAND;
  }
}
