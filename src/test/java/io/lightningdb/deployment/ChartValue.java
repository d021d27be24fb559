package io.lightningdb.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// One value of `values.yaml`: its name with dots, its default, and the first paragraph of the comment above it.
record ChartValue(String name, JsonNode initial, String description) {

  private static final Pattern LINE = Pattern.compile("( *)([A-Za-z]+):(?: (.*))?");
  private static final YAMLMapper YAML = new YAMLMapper();

  /// Its line in the table of the chart's README.
  String tableRow() {
    return "| `" + name + "` | `" + initial + "` | " + description + " |";
  }

  /// All values of a chart, in the order of the file. A map of values is not one itself.
  static List<ChartValue> all(Chart chart) {
    List<ChartValue> values = new ArrayList<>();
    List<String> parents = new ArrayList<>();
    List<String> comment = new ArrayList<>();
    for (String line : lines(chart)) {
      String text = line.strip();
      Matcher matcher = LINE.matcher(line);
      if (text.startsWith("#")) {
        comment.add(text.substring(1).strip());
      } else if (text.isEmpty()) {
        comment.clear();
      } else if (matcher.matches()) {
        while (parents.size() > matcher.group(1).length() / 2) {
          parents.removeLast();
        }
        parents.add(matcher.group(2));
        if (matcher.group(3) != null) {
          values.add(
              new ChartValue(
                  String.join(".", parents), YAML.readTree(matcher.group(3)), paragraph(comment)));
        }
        comment.clear();
      } else {
        throw new IllegalStateException("values.yaml has a line in another form: " + line);
      }
    }
    return values;
  }

  private static String paragraph(List<String> comment) {
    return String.join(" ", comment.stream().takeWhile(line -> !line.isEmpty()).toList());
  }

  private static List<String> lines(Chart chart) {
    try {
      return Files.readAllLines(chart.directory().resolve("values.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
