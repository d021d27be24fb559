package io.lightningdb.server.metrics;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.latency.Latencies;
import io.lightningdb.engine.latency.LatencyHistogram;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Histograms that others keep, for Prometheus. Micrometer knows only histograms that it keeps itself, so these go past it: they are in
/// `/actuator/prometheus` and not in `/actuator/metrics`.
@Component
class LatencyMetrics implements MultiCollector {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Database database;
  private final ReadLatency reads;
  private final RequestLatency requests;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param reads times what requests read
  /// @param requests times requests
  /// @param registry what `/actuator/prometheus` shows, unless that is switched off
  LatencyMetrics(
      Database database,
      ReadLatency reads,
      RequestLatency requests,
      ObjectProvider<PrometheusRegistry> registry) {
    this.database = database;
    this.reads = reads;
    this.requests = requests;
    registry.ifAvailable(each -> each.register(this));
  }

  /// The durations under a value of the label.
  private record Series(LatencyHistogram.Snapshot durations, String... labelValues) {}

  @Override
  public MetricSnapshots collect() {
    Latencies engine = database.latencies();
    return MetricSnapshots.of(
        histogram(
            Metric.COMMIT,
            new Series(engine.commitsSynced(), "synced"),
            new Series(engine.commitsLogged(), "logged")),
        histogram(Metric.LOG_SYNC, new Series(engine.syncs())),
        histogram(
            Metric.WRITE_WAIT,
            new Series(engine.waitsForFlushes(), "flushes"),
            new Series(engine.waitsForCompactions(), "compactions")),
        histogram(Metric.FLUSH, new Series(engine.flushes())),
        histogram(Metric.COMPACTION_STEP, new Series(engine.compactionSteps())),
        histogram(Metric.GET, new Series(reads.gets())),
        histogram(Metric.SCAN, new Series(reads.scans())),
        histogram(
            Metric.REQUEST,
            requests.snapshots().entrySet().stream()
                .map(each -> new Series(each.getValue(), each.getKey()))
                .toArray(Series[]::new)));
  }

  private static HistogramSnapshot histogram(Metric metric, Series... series) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder().name(metric.fullName()).help(metric.meaning());
    for (Series each : series) {
      histogram.dataPoint(
          HistogramDataPointSnapshot.builder()
              .classicHistogramBuckets(buckets(each.durations().counts()))
              .sum(each.durations().sumNanos() / NANOS_PER_SECOND)
              .labels(labels(metric, each.labelValues()))
              .build());
    }
    return histogram.build();
  }

  private static ClassicHistogramBuckets buckets(long[] counts) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < LatencyHistogram.BOUNDS; i++) {
      buckets.bucket(LatencyHistogram.boundNanos(i) / NANOS_PER_SECOND, counts[i]);
    }
    return buckets.bucket(Double.POSITIVE_INFINITY, counts[LatencyHistogram.BOUNDS]).build();
  }

  private static Labels labels(Metric metric, String... values) {
    String[] names = metric.labels().stream().map(Label::word).toArray(String[]::new);
    metric.tags(values);
    return Labels.of(names, values);
  }
}
