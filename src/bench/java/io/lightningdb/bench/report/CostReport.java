package io.lightningdb.bench.report;

import io.lightningdb.bench.report.Report.Environment;
import java.util.ArrayList;
import java.util.List;

/// What it takes to run the service.
///
/// @param environment where and how it was measured
/// @param jarBytes size of the jar
/// @param aotCacheBytes size of the JVM's cache of classes
/// @param starts time to the first answer, in several ways of starting
/// @param memory of the process, as it came to be
public record CostReport(
    Environment environment,
    long jarBytes,
    long aotCacheBytes,
    List<Start> starts,
    List<Memory> memory) {
  private static final double MIB = 1 << 20;

  /// A way of starting.
  ///
  /// @param name what was done
  /// @param median seconds from the start of the process to the first answer
  /// @param seconds of all rounds, ascending
  public record Start(String name, double median, List<Double> seconds) {

    /// Makes one of measurements.
    ///
    /// @param name what was done
    /// @param seconds of all rounds
    /// @return with the median
    public static Start of(String name, List<Double> seconds) {
      return new Start(name, Medians.of(seconds, value -> value), List.copyOf(seconds));
    }
  }

  /// Memory at a moment.
  ///
  /// @param moment when
  /// @param residentBytes of the process, mapped files among it
  /// @param anonymousBytes of it, what is not mapped from files
  public record Memory(String moment, long residentBytes, long anonymousBytes) {}

  /// Writes the figures as tables.
  ///
  /// @return lines of Markdown
  public String toTable() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("cost", "figure"));
    rows.add(List.of("jar", mib(jarBytes)));
    rows.add(List.of("AOT cache", mib(aotCacheBytes)));
    for (Start start : starts) {
      rows.add(List.of("first answer: " + start.name(), "%.2f s".formatted(start.median())));
    }
    for (Memory point : memory) {
      String figure =
          "%s, anonymous %s".formatted(mib(point.residentBytes()), mib(point.anonymousBytes()));
      rows.add(List.of("resident: " + point.moment(), figure));
    }
    return Tables.table(rows) + "\n";
  }

  private static String mib(long bytes) {
    return "%.1f MiB".formatted(bytes / MIB);
  }
}
