package io.lightningdb.bench.report;

import io.lightningdb.bench.http.Workload;
import io.lightningdb.bench.report.Report.Environment;
import io.lightningdb.bench.server.Loaded.Cost;
import io.lightningdb.bench.server.Target;
import io.lightningdb.bench.workload.Measurement.Latency;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything measured over HTTP, with what one has to know to measure it again.
///
/// @param environment where and how
/// @param results one for each workload, number of connections and target
/// @param failures what could not be measured, and why
public record HttpReport(Environment environment, List<Result> results, List<String> failures) {

  /// What was measured.
  ///
  /// @param workload which requests
  /// @param connections how many had one under way
  /// @param target who was asked
  public record Subject(Workload workload, int connections, Target target) {}

  /// One subject in one round.
  ///
  /// @param subject what was measured
  /// @param cost what came out
  public record Sample(Subject subject, Cost cost) {}

  /// One subject.
  ///
  /// @param subject what was measured
  /// @param rate median of the rounds, units of the workload a second
  /// @param rates of all rounds, ascending
  /// @param latency medians of the percentiles, in microseconds
  /// @param allocatedBytes median of what the server allocated for each request; null if it is no JVM
  /// @param serverMicros median of the processor time that the server took for each request
  /// @param generatorMicros the same of the generator
  public record Result(
      Subject subject,
      double rate,
      List<Double> rates,
      Latency latency,
      @Nullable Double allocatedBytes,
      double serverMicros,
      double generatorMicros) {}

  /// Makes a report of samples.
  ///
  /// @param environment where and how they were taken
  /// @param samples of all rounds
  /// @param failures what could not be measured
  /// @return medians
  public static HttpReport of(
      Environment environment, List<Sample> samples, List<String> failures) {
    Map<Subject, List<Cost>> rounds =
        samples.stream()
            .collect(
                Collectors.groupingBy(
                    Sample::subject,
                    LinkedHashMap::new,
                    Collectors.mapping(Sample::cost, Collectors.toList())));
    List<Result> results = new ArrayList<>();
    rounds.forEach((subject, costs) -> results.add(result(subject, costs)));
    results.sort(
        Comparator.<Result, Workload>comparing(result -> result.subject().workload())
            .thenComparingInt(result -> result.subject().connections())
            .thenComparing(result -> result.subject().target()));
    return new HttpReport(environment, List.copyOf(results), List.copyOf(failures));
  }

  private static Result result(Subject subject, List<Cost> rounds) {
    List<Double> allocated =
        rounds.stream().map(Cost::allocatedBytes).filter(Objects::nonNull).toList();
    return new Result(
        subject,
        median(rounds, HttpReport::rate),
        rounds.stream().map(HttpReport::rate).sorted().toList(),
        new Latency(
            median(rounds, cost -> cost.load().latency().p50()),
            median(rounds, cost -> cost.load().latency().p99()),
            median(rounds, cost -> cost.load().latency().p999()),
            median(rounds, cost -> cost.load().latency().max())),
        allocated.isEmpty() ? null : Medians.of(allocated, bytes -> bytes),
        median(rounds, Cost::serverMicros),
        median(rounds, Cost::generatorMicros));
  }

  private static double rate(Cost cost) {
    return cost.load().units() / cost.load().seconds();
  }

  private static double median(List<Cost> rounds, ToDoubleFunction<Cost> figure) {
    return Medians.of(rounds, figure);
  }

  /// The result of one subject.
  Optional<Result> find(Subject subject) {
    return results.stream().filter(result -> result.subject().equals(subject)).findFirst();
  }

  /// The targets that were measured.
  List<Target> targets() {
    return results.stream().map(result -> result.subject().target()).distinct().sorted().toList();
  }

  /// The workloads that were measured.
  List<Workload> workloads() {
    return results.stream().map(result -> result.subject().workload()).distinct().toList();
  }

  /// The numbers of connections that were measured.
  List<Integer> connections() {
    return results.stream()
        .map(result -> result.subject().connections())
        .distinct()
        .sorted()
        .toList();
  }
}
