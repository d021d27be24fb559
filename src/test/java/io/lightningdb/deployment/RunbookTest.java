package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Runbooks have one form, are found from the index and from every alert, and name only what exists.
class RunbookTest {

  private static final Path RUNBOOKS = Path.of("runbooks");
  private static final Path INDEX = RUNBOOKS.resolve("README.md");

  private static final Pattern METRIC = Pattern.compile("\\blightning_[a-z0-9_]+");

  /// What summaries append to their names.
  private static final Pattern PART = Pattern.compile("_(count|sum|bucket)$");

  private static final Pattern PROBLEM =
      Pattern.compile("(?m)^\\| `([a-z-]+)` \\| \\d+ \\| (.*) \\|$");
  private static final Pattern ALERT = Pattern.compile("LightningDb[A-Z][A-Za-z]+");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| \\[[^]]+]\\(([a-z-]+\\.md)\\) \\|[^|]*\\|(.*)\\|$");
  private static final Pattern HELM =
      Pattern.compile("helm (?:upgrade|install) [^`\\n]*--set[^`\\n]*");
  private static final Pattern SET = Pattern.compile("--set(-string)? ([A-Za-z.0-9-]+)=(\\S+)");
  private static final Pattern OBJECT = Pattern.compile("(?:data-)?my-db-lightningdb(?:-\\d+)?");
  private static final Set<String> OBJECTS =
      Set.of("my-db-lightningdb", "my-db-lightningdb-0", "data-my-db-lightningdb-0");

  /// What the store of a release of the pages takes.
  private static final String STORE =
      """
      backups: {credentials: {existingSecret: store}}
      networkPolicy: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
      config: {backup: {directory: 's3://backups/my-db'}}
      """;

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+\\.md)");

  private static List<Path> pages() throws IOException {
    return files(RUNBOOKS, ".md").filter(page -> !page.equals(INDEX)).toList();
  }

  private static List<Alert> alerts() {
    JsonNode rule =
        Chart.SHIPPED
            .render(
                "{monitoring: {apiCheck: false}, prometheusRule: {enabled: true, runbookBaseUrl: 'https://wiki.example/r'}}")
            .tree("PrometheusRule");
    return rule.at("/spec/groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .map(Alert::of)
        .toList();
  }

  private record Alert(
      String name, String expression, String severity, String runbookUrl, String summary) {

    static Alert of(JsonNode rule) {
      return new Alert(
          rule.path("alert").asString(),
          rule.path("expr").asString(),
          rule.at("/labels/severity").asString(),
          rule.at("/annotations/runbook_url").asString(),
          rule.at("/annotations/summary").asString());
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyPageHasTheSixHeadsInOrder(Path page) throws IOException {
    assertThat(Files.readAllLines(page).stream().filter(line -> line.startsWith("#")))
        .hasSize(7)
        .element(0)
        .asString()
        .startsWith("# ");
    assertThat(Files.readAllLines(page).stream().filter(line -> line.startsWith("## ")))
        .containsExactly(
            "## Symptom", "## Impact", "## Confirm", "## Act", "## Verify", "## Escalate");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyPageConfirmsAndVerifiesWithACommandAndItsOutput(Path page) throws IOException {
    String text = Files.readString(page);

    assertThat(List.of("Confirm", "Verify"))
        .allSatisfy(head ->
            assertThat(section(text, head))
                .as(head)
                .containsPattern("(?m)^    \\$ .+\\R    [^$\\s]"));
  }

  private static String section(String text, String head) {
    String from = text.substring(text.indexOf("## " + head));
    int end = from.indexOf("\n## ");
    return end < 0 ? from : from.substring(0, end);
  }

  @Test
  void theIndexListsEveryPageAndNoOther() throws IOException {
    List<String> linked =
        matches(LINK, section(Files.readString(INDEX), "Pages"))
            .map(match -> match.group(1))
            .toList();

    assertThat(linked)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            pages().stream().map(page -> page.getFileName().toString()).toList());
  }

  @Test
  void everyAlertHasAPageAndIsNamedThereAndInTheIndex() throws IOException {
    String index = Files.readString(INDEX);

    assertThat(alerts())
        .isNotEmpty()
        .allSatisfy(alert -> {
          assertThat(alert.runbookUrl()).startsWith("https://wiki.example/r/");
          String page = alert.runbookUrl().substring("https://wiki.example/r/".length());
          assertThat(RUNBOOKS.resolve(page))
              .isRegularFile()
              .content()
              .contains("`" + alert.name() + "`");
          assertThat(index).contains("`" + alert.name() + "`");
          assertThat(alert.severity()).isIn("critical", "warning");
          assertThat(alert.summary()).isNotBlank();
        });
    assertThat(alerts()).extracting(Alert::name).doesNotHaveDuplicates();
  }

  /// A name in the index that no alert of the chart has is a mistake, and one that no page has, too.
  @Test
  void alertsOfTheIndexArePartOfTheirPagesAndOfTheChart() throws IOException {
    Map<String, String> indexed = new TreeMap<>();
    matches(ROW, Files.readString(INDEX))
        .forEach(row ->
            matches(ALERT, row.group(2)).forEach(name -> indexed.put(name.group(), row.group(1))));
    Set<String> named = new TreeSet<>();
    for (Path page : pages()) {
      matches(ALERT, Files.readString(page)).map(MatchResult::group).forEach(named::add);
    }
    assertThat(named).containsExactlyElementsOf(indexed.keySet());
    indexed.forEach(
        (alert, page) -> assertThat(RUNBOOKS.resolve(page)).content().contains("`" + alert + "`"));
    Set<String> inChart = alerts().stream().map(Alert::name).collect(Collectors.toSet());
    assertThat(named).containsExactlyInAnyOrderElementsOf(inChart);
  }

  @Test
  void theIndexNamesEveryProblemTypeOnce() throws IOException {
    String problems = section(Files.readString(INDEX), "Problems");

    assertThat(
            matches(Pattern.compile("(?m)^\\|.*$"), problems)
                .flatMap(row -> matches(Pattern.compile("`([a-z-]+)`"), row.group()))
                .map(name -> name.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemType::slug).toList());
  }

  /// A page that the index leads to for a problem says its name.
  @Test
  void pagesOfProblemsNameThem() throws IOException {
    List<String> missing = new ArrayList<>();
    List<MatchResult> rows = matches(PROBLEM, Files.readString(INDEX)).toList();
    for (MatchResult row : rows) {
      for (MatchResult link : matches(LINK, row.group(2)).toList()) {
        if (!Files.readString(RUNBOOKS.resolve(link.group(1))).contains(row.group(1))) {
          missing.add(row.group(1) + " in " + link.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(rows).hasSizeGreaterThan(20);
  }

  /// What a problem says that its client can do names runbooks by their heads.
  @Test
  void runbooksThatProblemsNameExist() throws IOException {
    Set<String> heads = new TreeSet<>();
    for (Path page : pages()) {
      heads.add(Files.readAllLines(page).getFirst().substring(2).toLowerCase(Locale.ROOT));
    }
    List<String> named =
        Arrays.stream(ProblemType.values())
            .flatMap(type -> matches(Pattern.compile("runbook \"([^\"]+)\""), type.remedy()))
            .map(name -> name.group(1))
            .toList();
    assertThat(named).isNotEmpty().allMatch(heads::contains, "is one of " + heads);
  }

  /// Values that commands set are those of the chart, which takes them, and the names are those that it gives.
  @Test
  void commandsForKubernetesFitTheChart() throws IOException {
    Set<String> values =
        ChartValue.all(Chart.SHIPPED).stream().map(ChartValue::name).collect(Collectors.toSet());
    int commands = 0;
    for (Path page : files(RUNBOOKS, ".md").toList()) {
      for (MatchResult command : matches(HELM, Files.readString(page)).toList()) {
        ObjectNode all = (ObjectNode) YAML.readTree(STORE);
        for (MatchResult set : matches(SET, command.group()).toList()) {
          String name = set.group(2);
          assertThat(values.contains(name) || name.startsWith("config.")).as(name).isTrue();
          put(all, name, set.group(3));
        }
        assertThat(Chart.SHIPPED.render(all.toString(), "my-db", "1.34.0").toString()).isNotEmpty();
        commands++;
      }
      assertThat(matches(OBJECT, Files.readString(page)).map(MatchResult::group))
          .allMatch(OBJECTS::contains, "is one of " + OBJECTS);
    }
    assertThat(commands).isGreaterThan(5);
    Manifests shipped = Chart.SHIPPED.render("", "my-db", "1.34.0");
    assertThat(shipped.tree("StatefulSet").at("/metadata/name").asString())
        .isEqualTo("my-db-lightningdb");
    assertThat(
            shipped.tree("StatefulSet").at("/spec/volumeClaimTemplates/0/metadata/name").asString())
        .isEqualTo("data");
  }

  private static void put(ObjectNode values, String name, String value) {
    ObjectNode parent = values;
    String[] parts = name.split("\\.", -1);
    for (String part : Arrays.asList(parts).subList(0, parts.length - 1)) {
      parent = parent.withObjectProperty(part);
    }
    parent.set(parts[parts.length - 1], YAML.readTree(value));
  }

  /// Figures of a page for planning can be measured again.
  @Test
  void figuresAreThoseOfTheBenchmarks() throws IOException {
    String bench = Files.readString(Path.of("src", "bench", "README.md"));
    List<MatchResult> rows =
        matches(
                Pattern.compile("(?m)^ *\\| ([^|]+) \\| ([\\d.,]+) \\|$"),
                Files.readString(RUNBOOKS.resolve("capacity-planning.md")))
            .toList();
    assertThat(rows)
        .hasSizeGreaterThan(8)
        .allSatisfy(row ->
            assertThat(bench)
                .containsPattern(
                    "(?m)^\\| "
                        + Pattern.quote(row.group(1))
                        + " +\\| +(32|uniform) .*\\| +"
                        + Pattern.quote(row.group(2))
                        + " \\|"));
  }

  @Test
  void everyMetricNamedIsOneThatTheServerPublishes() throws IOException {
    Set<String> named = new TreeSet<>();
    alerts()
        .forEach(alert ->
            matches(METRIC, alert.expression()).map(MatchResult::group).forEach(named::add));
    for (Path page : files(RUNBOOKS, ".md").toList()) {
      // What commands look for may be the beginning of a name; that they find it is seen when they
      // are run.
      String text = Files.readString(page).replaceAll("(?m)^ +\\$ .*$", "");
      matches(METRIC, text).map(MatchResult::group).forEach(named::add);
    }
    assertThat(named).isNotEmpty();
    Set<String> published =
        Arrays.stream(Metric.values()).map(Metric::fullName).collect(Collectors.toSet());
    assertThat(named)
        .allMatch(
            name ->
                published.contains(name) || published.contains(PART.matcher(name).replaceFirst("")),
            "is one of " + published);
  }

  private static Stream<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
    }
  }

  private static Stream<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }
}
