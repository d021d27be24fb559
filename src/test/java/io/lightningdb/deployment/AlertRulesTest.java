package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Prometheus takes the rules of the chart, and each alert fires and ends under series of the names that the service publishes.
@Tag("prometheus")
class AlertRulesTest {
  private static final String TARGET =
      "namespace=\"prod\",job=\"demo-lightningdb\",pod=\"demo-lightningdb-0\",instance=\"10.0.0.1:8080\"";

  // YAML has JSON in it.
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @BeforeEach
  void rules() throws IOException {
    Tool.need("promtool");
    Files.writeString(
        folder.resolve("rules.yaml"),
        JSON.writeValueAsString(AlertRules.rendered("").path("spec")));
  }

  private Tool.Said promtool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    return Tool.run(folder, command);
  }

  @Test
  void prometheusTakesThem() throws Exception {
    Tool.Said said = promtool("check", "rules", "rules.yaml");

    assertThat(said.exitCode()).as(said.out()).isZero();
    assertThat(said.out()).contains(AlertRules.expressions().size() + " rules found");
  }

  @Test
  void eachFiresAndEnds() throws Exception {
    // A file for each: how often rules are looked at is said for a whole file, and a trial may be
    // of weeks.
    List<String> arguments = new ArrayList<>(List.of("test", "rules"));
    for (AlertRules.Trial trial : AlertRules.trials()) {
      String file = "trial-" + arguments.size() + ".yaml";
      Files.writeString(
          folder.resolve(file),
          JSON.writeValueAsString(
              Map.of(
                  "rule_files",
                  List.of("rules.yaml"),
                  "evaluation_interval",
                  trial.every(),
                  "tests",
                  List.of(asPromtoolReads(trial)))));
      arguments.add(file);
    }

    Tool.Said said = promtool(arguments.toArray(String[]::new));

    assertThat(said.exitCode()).as(said.out()).isZero();
  }

  /// Looks whether the alert, and not whether its words, are there: `ALERTS` is what Prometheus itself knows of them.
  private static Map<String, Object> asPromtoolReads(AlertRules.Trial trial) {
    String firing =
        "count(ALERTS{alertname=\"%s\",alertstate=\"firing\"})".formatted(trial.alert());
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("name", trial.alert());
    test.put("interval", trial.every());
    test.put(
        "input_series",
        trial.series().entrySet().stream()
            .map(each -> Map.of("series", ofTarget(each.getKey()), "values", each.getValue()))
            .toList());
    test.put(
        "promql_expr_test",
        List.of(
            Map.of("expr", firing, "eval_time", "0m", "exp_samples", List.of()),
            Map.of(
                "expr",
                firing,
                "eval_time",
                trial.fires(),
                "exp_samples",
                List.of(Map.of("labels", "{}", "value", 1))),
            Map.of("expr", firing, "eval_time", trial.over(), "exp_samples", List.of())));
    return test;
  }

  /// A series with the labels that Prometheus adds, unless it is one that names its own.
  private static String ofTarget(String series) {
    if (series.contains("namespace=")) {
      return series;
    }
    return series.endsWith("}")
        ? series.substring(0, series.length() - 1) + "," + TARGET + "}"
        : series + "{" + TARGET + "}";
  }
}
