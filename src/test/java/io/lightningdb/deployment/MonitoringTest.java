package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.DocumentedCalls;
import io.lightningdb.server.RunningService;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Alerts, panels and the series with which alerts are tried name only what a scrape of the running service has, or what is listed as
/// Kubernetes serves it.
class MonitoringTest extends RunningService {
  private static final Path SAMPLES = Path.of("src", "test", "resources", "monitoring");

  /// Labels that Prometheus puts on what it scrapes.
  private static final Set<String> TARGET_LABELS =
      Set.of("namespace", "job", "pod", "instance", "container");

  private static final Set<String> OF_PROMETHEUS = Set.of("up");
  private static final int SERIES_MAX = 3_000;

  private Map<String, List<Series>> scraped;

  @BeforeEach
  void scrape() throws IOException {
    String address = keyspace("monitoring");
    api().body("x").put(address + "/entries/a");
    Map<String, List<Series>> all = new LinkedHashMap<>(Series.scraped(text()));
    all.putAll(Series.scraped(Files.readString(SAMPLES.resolve("kubernetes.txt"))));
    scraped = all;
  }

  private String text() {
    return api().accept("text/plain").get("/actuator/prometheus").asString();
  }

  private List<String> faults(String expression) {
    List<String> faults = new ArrayList<>();
    Set<String> labels = new LinkedHashSet<>(TARGET_LABELS);
    labels.add("le");
    List<Series> selected = Series.selected(expression);
    if (selected.isEmpty()) {
      faults.add("nothing is selected");
    }
    for (Series each : selected) {
      if (!OF_PROMETHEUS.contains(each.name())) {
        faults.addAll(each.faults(scraped, TARGET_LABELS));
      }
      scraped
          .getOrDefault(each.name(), List.of())
          .forEach(series -> series.matchers().forEach(label -> labels.add(label.label())));
    }
    Series.grouping(expression).stream()
        .filter(label -> !labels.contains(label))
        .forEach(label -> faults.add("no series has the label " + label));
    // Which outcomes and statuses there were depends on what was asked.
    faults.removeIf(fault ->
        fault.startsWith("http_server_requests_seconds_count has no outcome")
            || fault.startsWith("http_server_requests_seconds_count has no status"));
    return faults.stream().map(fault -> fault + " in " + expression).toList();
  }

  @Test
  void whatAlertsLookAtIsThere() {
    List<String> faults = new ArrayList<>();
    AlertRules.expressions().forEach(alert -> faults.addAll(faults(alert.getValue())));

    assertThat(faults).isEmpty();
  }

  @Test
  void whatPanelsShowIsThere() throws IOException {
    JsonNode dashboard =
        new JsonMapper()
            .readTree(
                Files.readString(
                    Chart.SHIPPED.directory().resolve("dashboards").resolve("lightningdb.json")));
    List<String> faults = new ArrayList<>();
    dashboard.findValues("expr").forEach(each -> faults.addAll(faults(each.asString())));

    assertThat(dashboard.findValues("expr")).hasSizeGreaterThan(70);
    assertThat(faults).isEmpty();
  }

  @Test
  void eachAlertIsTriedWithSeriesThatThereAre() throws IOException {
    List<String> faults = new ArrayList<>();
    AlertRules.trials()
        .forEach(each -> each.series().keySet().forEach(name -> faults.addAll(faults(name))));

    assertThat(faults).isEmpty();
    assertThat(AlertRules.trials().stream().map(AlertRules.Trial::alert).distinct())
        .containsExactlyInAnyOrderElementsOf(
            AlertRules.expressions().stream().map(Map.Entry::getKey).toList());
  }

  @Test
  void namesLabelsAndValuesThatAreNotThereAreFaults() {
    assertThat(faults("lightning_comits_total{job=\"a\"} > 0")).hasSize(1);
    assertThat(faults("rate(lightning_comits_total[5m]) > 0")).hasSize(1);
    assertThat(faults("lightning_commits_total{shard=\"1\"}")).hasSize(1);
    assertThat(faults("lightning_mode{mode=\"read-onyl\"}")).hasSize(1);
    assertThat(faults("lightning_mode{mode=~\"read-only|mantenance\"}")).hasSize(1);
    assertThat(faults("sum by (raeson) (lightning_denied_requests_total)")).hasSize(1);
    assertThat(faults("time() > 5")).hasSize(1);
    assertThat(faults("sum by (reason) (rate(lightning_denied_requests_total[5m])) > 1e9"))
        .isEmpty();
  }

  @Test
  void aScrapeStaysSmallAfterAllCallsWereUsed() {
    List<Contract.Operation> calls = DocumentedCalls.all().toList();
    for (Contract.Operation call : calls) {
      String path = DocumentedCalls.path(call, "monitoring");
      for (String query : List.of("", "?no-such-parameter=1")) {
        RequestSpecification request = api();
        if (DocumentedCalls.hasBody(call)) {
          request.contentType("application/json").body(DocumentedCalls.body(call));
        }
        request.request(DocumentedCalls.method(call), path + query);
      }
      api().accept("image/png").request(DocumentedCalls.method(call), path);
    }

    String scrape = text();
    long series = scrape.lines().filter(line -> !line.startsWith("#")).count();

    assertThat(calls).hasSizeGreaterThan(50);
    assertThat(scrape).doesNotContain("http_server_requests_seconds_bucket");
    assertThat(series).isLessThanOrEqualTo(SERIES_MAX);
  }
}
