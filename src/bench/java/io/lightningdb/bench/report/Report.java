package io.lightningdb.bench.report;

import io.lightningdb.bench.store.StoreKind;
import io.lightningdb.bench.workload.Family;
import io.lightningdb.bench.workload.Measurement;
import io.lightningdb.bench.workload.Measurement.Latency;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/// Everything measured, with what one has to know to measure it again.
///
/// @param environment where and how
/// @param results a line for each workload and store, by family
/// @param failures what could not be measured, and why
public record Report(Environment environment, List<Result> results, List<String> failures) {

  /// Where and how it was measured.
  ///
  /// @param date when, as ISO 8601
  /// @param commit of this project, with a plus sign if there were changes
  /// @param command what was run
  /// @param processor its model and number of cores
  /// @param memory of the machine
  /// @param system name and version of the operating system
  /// @param java version of the JVM
  /// @param jvmArguments what each measuring JVM was given
  /// @param loadAverage how busy the machine was when it began
  /// @param rounds how often each was measured
  public record Environment(
      String date,
      String commit,
      String command,
      String processor,
      String memory,
      String system,
      String java,
      List<String> jvmArguments,
      double loadAverage,
      int rounds) {}

  /// One store in one round.
  ///
  /// @param family what was run
  /// @param store on what
  /// @param measurement what came out
  public record Sample(Family family, StoreKind store, Measurement measurement) {}

  /// One workload on one store.
  ///
  /// @param family the family of the workload
  /// @param workload its name
  /// @param store the store
  /// @param unit what is counted
  /// @param rate median of the rounds, units a second
  /// @param rates of all rounds, ascending
  /// @param complete false if some round was cut short
  /// @param allocatedBytes median of the bytes allocated on the heap for a unit
  /// @param latency medians of the percentiles, in microseconds
  public record Result(
      Family family,
      String workload,
      StoreKind store,
      String unit,
      double rate,
      List<Double> rates,
      boolean complete,
      double allocatedBytes,
      Latency latency) {}

  /// Makes a report of samples.
  ///
  /// @param environment where and how they were taken
  /// @param samples of all rounds
  /// @param failures what could not be measured
  /// @return medians
  public static Report of(Environment environment, List<Sample> samples, List<String> failures) {
    record Line(Family family, String workload, StoreKind store) {}
    Map<Line, List<Measurement>> lines =
        samples.stream()
            .collect(
                Collectors.groupingBy(
                    s -> new Line(s.family(), s.measurement().workload(), s.store()),
                    LinkedHashMap::new,
                    Collectors.mapping(Sample::measurement, Collectors.toList())));
    List<Result> results = new ArrayList<>();
    lines.forEach((line, rounds) ->
        results.add(result(line.family(), line.workload(), line.store(), rounds)));
    results.sort(Comparator.comparing(Result::family));
    return new Report(environment, List.copyOf(results), List.copyOf(failures));
  }

  private static Result result(
      Family family, String workload, StoreKind store, List<Measurement> rounds) {
    return new Result(
        family,
        workload,
        store,
        rounds.getFirst().unit(),
        median(rounds, Measurement::rate),
        rounds.stream().map(Measurement::rate).sorted().toList(),
        rounds.stream().allMatch(Measurement::complete),
        median(rounds, Measurement::allocatedBytes),
        new Latency(
            median(rounds, m -> m.latency().p50()),
            median(rounds, m -> m.latency().p99()),
            median(rounds, m -> m.latency().p999()),
            median(rounds, m -> m.latency().max())));
  }

  private static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
    return Medians.of(rounds, figure);
  }

  /// The stores that were measured.
  ///
  /// @return in the order of their declaration
  List<StoreKind> stores() {
    return results.stream().map(Result::store).distinct().sorted().toList();
  }

  /// The families that were measured.
  ///
  /// @return in the order of their declaration
  public List<Family> families() {
    return results.stream().map(Result::family).distinct().toList();
  }

  /// The workloads of a family, each with the results of the stores.
  ///
  /// @param family one that was measured
  /// @return in the order of measuring
  Map<String, Map<StoreKind, Result>> workloads(Family family) {
    return results.stream()
        .filter(r -> r.family() == family)
        .collect(
            Collectors.groupingBy(
                Result::workload, LinkedHashMap::new, Collectors.toMap(Result::store, r -> r)));
  }
}
