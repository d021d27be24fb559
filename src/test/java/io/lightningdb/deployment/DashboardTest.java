package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.lightningdb.server.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dashboard shows series that there are, each panel in a place of its own.
class DashboardTest {
  private static final Pattern SERIES = Pattern.compile("\\blightning_[a-z0-9_]+");

  private static JsonNode dashboard;
  private static List<JsonNode> panels;

  @BeforeAll
  static void read() throws IOException {
    dashboard =
        new JsonMapper()
            .readTree(
                Files.readString(
                    Chart.SHIPPED.directory().resolve("dashboards").resolve("lightningdb.json")));
    panels =
        dashboard
            .path("panels")
            .valueStream()
            .filter(panel -> !panel.path("type").asString().equals("row"))
            .toList();
  }

  private static List<String> expressions() {
    return panels.stream()
        .flatMap(panel -> panel.path("targets").valueStream())
        .map(target -> target.path("expr").asString())
        .toList();
  }

  /// The series of a metric: those of a histogram have names of their own.
  private static Stream<String> series(Metric metric) {
    return switch (metric.kind()) {
      case COUNTER, GAUGE -> Stream.of(metric.fullName());
      case SUMMARY -> Stream.of("_count", "_sum").map(part -> metric.fullName() + part);
      case HISTOGRAM ->
          Stream.of("_bucket", "_count", "_sum").map(part -> metric.fullName() + part);
    };
  }

  @Test
  void everySeriesShownIsOneThatTheServerPublishes() {
    Set<String> shown =
        expressions().stream()
            .flatMap(expression -> SERIES.matcher(expression).results().map(MatchResult::group))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> published =
        Arrays.stream(Metric.values())
            .flatMap(DashboardTest::series)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(shown).hasSizeGreaterThan(40);
    assertThat(published).containsAll(shown);
  }

  @Test
  void everyExpressionIsOfTheDatabaseThatIsChosen() {
    assertThat(expressions())
        .isNotEmpty()
        .allSatisfy(expression ->
            assertThat(expression.split("job=~\"\\$job\"", -1).length - 1)
                .as(expression)
                .isEqualTo(
                    expression.split("\\b(lightning|http|jvm|process|system)_[a-z_0-9]+\\{", -1)
                            .length
                        - 1)
                .isEqualTo(
                    expression.contains("kube_") || expression.contains("container_")
                        ? 0
                        : expression.split("\\{", -1).length - 1));
    assertThat(
            dashboard
                .at("/templating/list")
                .valueStream()
                .map(each -> each.path("name").asString()))
        .containsExactly("datasource", "namespace", "job");
  }

  @Test
  void everyPanelHasATitleAUnitAnExplanationAndAnIdOfItsOwn() {
    assertThat(panels)
        .isNotEmpty()
        .allSatisfy(panel -> {
          assertThat(panel.path("title").asString()).isNotBlank();
          assertThat(panel.path("description").asString()).isNotBlank();
          assertThat(panel.at("/fieldConfig/defaults/unit").asString()).isNotBlank();
          assertThat(panel.path("targets").size()).isPositive();
        });
    assertThat(dashboard.path("panels").valueStream().map(panel -> panel.path("id").asInt()))
        .doesNotHaveDuplicates();
  }

  @Test
  void noPanelLiesOverAnother() {
    List<String> places = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      JsonNode place = panel.path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          places.add((place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y));
        }
      }
    }
    assertThat(places).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void theChartHandsItToGrafanaAsItIs() throws IOException {
    ConfigMap map =
        Chart.SHIPPED
            .render("{grafanaDashboard: {enabled: true, labels: {grafana: mine}}}")
            .named(ConfigMap.class, "demo-lightningdb-dashboard");
    assertThat(map.getMetadata().getLabels()).containsEntry("grafana", "mine");
    assertThat(new JsonMapper().readTree(map.getData().get("lightningdb.json")))
        .isEqualTo(dashboard);
  }
}
