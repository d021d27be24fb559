package io.lightningdb.deployment;

import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Series of metrics: those of a scrape, and those that an expression of PromQL selects.
///
/// @param name of the metric
/// @param matchers what is said of its labels
record Series(String name, List<Matched> matchers) {
  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\b([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(?:\\{([^}]*)}|(?![a-zA-Z0-9_:]*\\s*[({]))");
  private static final Pattern LABELS =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*(\"(?:[^\"\\\\]|\\\\.)*\")");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset", "e");

  /// What is said of a label.
  ///
  /// @param label its name
  /// @param operator of `=`, `!=`, `=~`, `!~`
  /// @param value with which it is compared
  record Matched(String label, String operator, String value) {}

  /// Those that an expression selects.
  static List<Series> selected(String expression) {
    String text = LABELS.matcher(expression).replaceAll(" ").replaceAll("\\[[^\\]]*]", " ");
    List<Series> all = new ArrayList<>();
    Matcher found = SELECTOR.matcher(text);
    while (found.find()) {
      String name = found.group(1);
      if (found.group(2) == null && (WORDS.contains(name) || insideText(text, found.start()))) {
        continue;
      }
      all.add(new Series(name, matchers(found.group(2) == null ? "" : found.group(2))));
    }
    return all;
  }

  private static boolean insideText(String text, int at) {
    Matcher quoted = TEXT.matcher(text);
    while (quoted.find()) {
      if (quoted.start() < at && at < quoted.end()) {
        return true;
      }
    }
    return false;
  }

  private static List<Matched> matchers(String labels) {
    return MATCHER
        .matcher(labels)
        .results()
        .map(each ->
            new Matched(
                each.group(1),
                each.group(2),
                each.group(3).substring(1, each.group(3).length() - 1)))
        .toList();
  }

  /// The names of labels by which an expression groups.
  static Set<String> grouping(String expression) {
    Set<String> names = new LinkedHashSet<>();
    LABELS
        .matcher(expression)
        .results()
        .forEach(each -> {
          for (String name : each.group(1).split(",", -1)) {
            if (!name.isBlank()) {
              names.add(name.strip());
            }
          }
        });
    return names;
  }

  /// Those of a scrape, by their names.
  static Map<String, List<Series>> scraped(String scrape) {
    return scrape
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(Series::line)
        .collect(
            groupingBy(Series::name, LinkedHashMap::new, java.util.stream.Collectors.toList()));
  }

  private static Series line(String line) {
    int brace = line.indexOf('{');
    int space = line.indexOf(' ');
    return brace < 0 || space < brace
        ? new Series(line.substring(0, space), List.of())
        : new Series(
            line.substring(0, brace), matchers(line.substring(brace + 1, line.lastIndexOf('}'))));
  }

  /// The value of a label, or null.
  private List<String> values(String label) {
    return matchers.stream()
        .filter(each -> each.label().equals(label))
        .map(Matched::value)
        .toList();
  }

  /// What is wrong with this selector beside what is scraped: names and labels that are not there, and values that no series has.
  List<String> faults(Map<String, List<Series>> scraped, Set<String> targetLabels) {
    List<Series> there = scraped.getOrDefault(name, List.of());
    if (there.isEmpty()) {
      return List.of("no metric " + name);
    }
    List<String> faults = new ArrayList<>();
    for (Matched matched : matchers) {
      List<String> values =
          there.stream().flatMap(each -> each.values(matched.label()).stream()).toList();
      if (values.isEmpty() && !targetLabels.contains(matched.label())) {
        faults.add(name + " has no label " + matched.label());
      } else if (!values.isEmpty() && !targetLabels.contains(matched.label())) {
        List<String> wanted =
            matched.operator().endsWith("~")
                ? List.of(matched.value().split("\\|", -1))
                : List.of(matched.value());
        wanted.stream()
            .filter(value -> matched.operator().startsWith("=") && !values.contains(value))
            .forEach(value -> faults.add(name + " has no " + matched.label() + " " + value));
      }
    }
    return faults;
  }
}
