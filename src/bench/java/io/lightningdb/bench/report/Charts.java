package io.lightningdb.bench.report;

import io.lightningdb.bench.report.Report.Result;
import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/// The report as bar charts, an SVG file for each family.
public final class Charts {
  private static final int WIDTH = 900;
  private static final int HEIGHT_OF_FRAME = 150;
  private static final int HEIGHT_PER_BAR = 22;
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

  private static HorizontalBarChart chart(Report report, Family family) {
    Map<String, Map<StoreKind, Result>> workloads = report.workloads(family);
    List<StoreKind> stores = report.stores();
    HorizontalBarChart chart =
        new HorizontalBarChartBuilder()
            .width(WIDTH)
            .height(HEIGHT_OF_FRAME + workloads.size() * stores.size() * HEIGHT_PER_BAR)
            .title(family.title())
            .xAxisTitle("thousands a second")
            .build();
    style(chart);
    List<String> names = List.copyOf(workloads.keySet());
    for (StoreKind store : stores) {
      List<Double> rates = new ArrayList<>();
      names.forEach(name -> rates.add(thousands(workloads.get(name), store)));
      chart.addSeries(store.title(), rates, names);
    }
    return chart;
  }

  private static void style(HorizontalBarChart chart) {
    chart
        .getStyler()
        .setLabelsVisible(true)
        .setLabelsFontColorAutomaticEnabled(false)
        .setLabelsFontColor(Color.BLACK)
        .setXAxisDecimalPattern("#,##0.##")
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setChartBackgroundColor(Color.WHITE);
  }

  private static double thousands(@Nullable Map<StoreKind, Result> results, StoreKind store) {
    Result result = results == null ? null : results.get(store);
    return result == null ? 0 : result.rate() / THOUSAND;
  }
}
