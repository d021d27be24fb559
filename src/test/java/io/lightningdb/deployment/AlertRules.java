package io.lightningdb.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;

/// The rules of the chart for Prometheus.
final class AlertRules {
  private AlertRules() {}

  /// As the chart writes them, with more values of `prometheusRule`.
  static JsonNode rendered(String more) {
    return Chart.SHIPPED
        .render(
            """
            {monitoring: {apiCheck: false}, prometheusRule: {enabled: true, runbookBaseUrl: 'https://wiki.example/r'%s}}
            """
                .formatted(more.isEmpty() ? "" : ", " + more))
        .tree("PrometheusRule");
  }

  /// All alerts with their expressions, by name.
  static List<Map.Entry<String, String>> expressions() {
    return rendered("")
        .at("/spec/groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .map(rule -> Map.entry(rule.path("alert").asString(), rule.path("expr").asString()))
        .toList();
  }

  /// Series under which an alert fires and is over again.
  ///
  /// @param alert its name
  /// @param every interval of the values
  /// @param fires moment when it must fire
  /// @param over moment when it must not
  /// @param series values by the series, as promtool writes them
  record Trial(String alert, String every, String fires, String over, Map<String, String> series) {}

  /// The trials that are written down.
  static List<Trial> trials() throws IOException {
    Map<?, ?> all =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(
                Files.readString(Path.of("src", "test", "resources", "monitoring", "alerts.yaml")));
    List<Trial> trials = new ArrayList<>();
    all.forEach((alert, each) -> {
      for (Object trial : (List<?>) each) {
        trials.add(trial(String.valueOf(alert), (Map<?, ?>) trial));
      }
    });
    return trials;
  }

  private static Trial trial(String alert, Map<?, ?> trial) {
    Map<String, String> series = new LinkedHashMap<>();
    Map<?, ?> written = (Map<?, ?>) Objects.requireNonNull(trial.get("series"), alert);
    written.forEach((name, values) -> series.put(String.valueOf(name), String.valueOf(values)));
    return new Trial(
        alert,
        String.valueOf(trial.get("every")),
        String.valueOf(trial.get("fires")),
        String.valueOf(trial.get("over")),
        series);
  }
}
