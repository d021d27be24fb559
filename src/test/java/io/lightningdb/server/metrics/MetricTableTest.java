package io.lightningdb.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of metrics says what the code says.
class MetricTableTest {
  private static final Path TABLE =
      Path.of("src", "main", "java", "io", "lightningdb", "server", "metrics", "README.md");

  private static final String COMMAND = "./mvnw test -Dtest=MetricTableTest -Dmetrics.table=write";

  private static String page() {
    String rows =
        Arrays.stream(Metric.values()).map(MetricTableTest::row).collect(Collectors.joining("\n"));
    return """
    # Metrics

    Every `lightning_*` series of `/actuator/prometheus`. This page is written by
    `%s`
    from the classes `Metric` and `Label`; a test fails where it differs from them.

    Counters and summaries start at 0 with the service. A summary has the two series `_count` and `_sum`, a
    histogram also `_bucket`, with bounds that double from 1 microsecond to 67 seconds. Histograms are not in
    `/actuator/metrics`. Labels have the few values named here, but for `keyspace`, which has the names of the
    keyspaces (at most `lightning.limits.keyspaces-max`); a key, a token or the name of a client is never one.

    Requests over HTTP are counted as by Spring, as `http_server_requests_seconds`, with the pattern of the path and
    never the path itself, and with the outcome `CLIENT_GONE` where the client went away. These have no buckets, which
    would be ten thousand series (`management.metrics.distribution.percentiles-histogram.http.server.requests=true`
    adds them): percentiles are those of `lightning_request_seconds`. The JVM, the process and
    the web server have their usual series.

    | name | type | unit | labels | meaning |
    |---|---|---|---|---|
    %s
    """
        .formatted(COMMAND, rows);
  }

  private static String row(Metric metric) {
    String unit = metric.unit();
    String labels =
        metric.labels().stream().map(MetricTableTest::cell).collect(Collectors.joining("; "));
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            metric.fullName(),
            metric.kind().name().toLowerCase(Locale.ROOT),
            unit == null ? "" : unit,
            labels,
            metric.meaning());
  }

  private static String cell(Label label) {
    String values =
        label.allowed().isEmpty() ? "its name" : "`" + String.join("`, `", label.allowed()) + "`";
    return "`" + label.word() + "`: " + values;
  }

  @Test
  void theTableIsWhatTheCodeSays() throws IOException {
    if ("write".equals(System.getProperty("metrics.table"))) {
      Files.writeString(TABLE, page());
    }
    assertThat(TABLE).as("written by " + COMMAND).content().isEqualTo(page());
  }

  @Test
  void namesFollowTheConventionsOfPrometheus() {
    assertThat(Metric.values())
        .extracting(Metric::fullName)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("lightning(_[a-z]+)+"))
        .noneMatch(
            name -> name.matches(".*_(count|sum|bucket|max_seconds|millis|nanos|kb|mb|percent).*"));
    assertThat(Metric.values())
        .allSatisfy(metric -> assertThat(metric.meaning()).isNotBlank().doesNotEndWith("."));
  }

  @Test
  void eachLabelBelongsToAMetric() {
    assertThat(Arrays.stream(Metric.values()).flatMap(metric -> metric.labels().stream()))
        .contains(Label.values());
  }

  @Test
  void aMetricTakesTheLabelsItHasAndNoOthers() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metric.DENIED_REQUESTS.counter(registry))
        .withMessageContaining("reason");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metric.DENIED_REQUESTS.counter(registry, "a key"))
        .withMessageContaining("no-credentials")
        .withMessageContaining("a key");
    assertThatIllegalStateException()
        .isThrownBy(() -> Metric.COMMITS.rows(registry))
        .withMessageContaining("lightning_commits_total");
  }
}
