package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Runbooks have one form, are found from the index and from every alert, and name only what exists.
class RunbookTest {

  private static final Path RUNBOOKS = Path.of("runbooks");
  private static final Path INDEX = RUNBOOKS.resolve("README.md");

  private static final Pattern METRIC = Pattern.compile("\\blightning_[a-z0-9_]+");

  /// What summaries append to their names.
  private static final Pattern PART = Pattern.compile("_(count|sum|bucket)$");

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
        matches(LINK, Files.readString(INDEX)).map(match -> match.group(1)).toList();

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

  @Test
  void everyMetricNamedIsOneThatTheServerPublishes() throws IOException {
    Set<String> named = new TreeSet<>();
    alerts()
        .forEach(alert ->
            matches(METRIC, alert.expression()).map(MatchResult::group).forEach(named::add));
    for (Path page : files(RUNBOOKS, ".md").toList()) {
      matches(METRIC, Files.readString(page)).map(MatchResult::group).forEach(named::add);
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
