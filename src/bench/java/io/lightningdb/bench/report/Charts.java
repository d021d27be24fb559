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
import java.util.LinkedHashMap;
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
      write(bars(report, family), directory.resolve(family + ".svg"));
    }
  }

  /// A chart: a group of bars for each name, in it a bar for each series.
  ///
  /// @param title above it
  /// @param axis what is shown
  /// @param names of the groups
  /// @param series a figure for each group
  record Bars(String title, String axis, List<String> names, Map<String, List<Double>> series) {}

  static void write(Bars bars, Path path) throws IOException {
    try (OutputStream file = Files.newOutputStream(path)) {
      ChartEncoder.saveChart(chart(bars), file, "svg");
    }
  }

  private static Bars bars(Report report, Family family) {
    Map<String, Map<StoreKind, Result>> workloads = report.workloads(family);
    List<String> names = List.copyOf(workloads.keySet());
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (StoreKind store : report.stores()) {
      List<Double> rates = new ArrayList<>();
      names.forEach(name -> rates.add(thousands(workloads.get(name), store)));
      series.put(store.title(), rates);
    }
    return new Bars(family.title(), "thousands a second", names, series);
  }

  private static HorizontalBarChart chart(Bars bars) {
    int count = bars.names().size() * bars.series().size();
    HorizontalBarChart chart =
        new HorizontalBarChartBuilder()
            .width(WIDTH)
            .height(HEIGHT_OF_FRAME + count * HEIGHT_PER_BAR)
            .title(bars.title())
            .xAxisTitle(bars.axis())
            .build();
    style(chart);
    bars.series().forEach((name, figures) -> chart.addSeries(name, figures, bars.names()));
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
