package io.lightningdb.deployment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The part of `values.schema.json` that names the nearest value where one is unknown: `propertyNames` of each object with a fixed
/// set of members. A schema knows no distance, so each name has a pattern of what it is probably misspelt as.
final class ChartNames {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String KEYWORD = "propertyNames";

  private ChartNames() {}

  /// The schema with that part made anew, in the form of the file: one member a line, but for this part, which is one line.
  static String text(JsonNode schema) {
    JsonNode named = schema.deepCopy();
    name(named);
    StringBuilder text = new StringBuilder();
    write(named, "", text);
    return text.append('\n').toString();
  }

  private static void name(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.path("additionalProperties").isBoolean()) {
      List<String> names = new ArrayList<>(object.path("properties").propertyNames());
      ArrayNode near = JSON.createArrayNode();
      names.forEach(name ->
          near.add(
              JSON.createObjectNode()
                  .set("if", JSON.createObjectNode().put("pattern", pattern(name)))
                  .set("then", JSON.createObjectNode().put("const", name))));
      object.set(
          KEYWORD,
          JSON.createObjectNode()
              .set(
                  "if",
                  JSON.createObjectNode()
                      .set("not", JSON.createObjectNode().set("enum", JSON.valueToTree(names))))
              .set("then", JSON.createObjectNode().set("allOf", near)));
    }
    node.forEach(ChartNames::name);
  }

  /// What shares half of the letters with `name` at its beginning or end, is a part of it there, or has the two letters in the middle
  /// swapped, in any case: any one wrong, missing or additional letter leaves one half as it is.
  static String pattern(String name) {
    int middle = (name.length() + 1) / 2;
    List<String> near = new ArrayList<>();
    near.add(name.substring(0, middle) + ".*");
    if (name.length() >= 4) {
      near.add(".*" + name.substring(middle));
      near.add(
          name.substring(0, middle - 1)
              + name.charAt(middle)
              + name.charAt(middle - 1)
              + name.substring(middle + 1));
    }
    IntStream.range(3, middle).mapToObj(length -> name.substring(0, length)).forEach(near::add);
    IntStream.range(3, name.length() - middle)
        .mapToObj(length -> name.substring(name.length() - length))
        .forEach(near::add);
    return near.stream().distinct().collect(Collectors.joining("|", "(?i)^(", ")$"));
  }

  private static void write(JsonNode node, String indent, StringBuilder text) {
    if (!node.isContainer() || node.isEmpty()) {
      text.append(node);
      return;
    }
    String inner = indent + "  ";
    String separator = "\n";
    text.append(node.isObject() ? '{' : '[');
    if (node.isObject()) {
      for (var member : node.properties()) {
        text.append(separator).append(inner).append('"').append(member.getKey()).append("\": ");
        if (member.getKey().equals(KEYWORD)) {
          text.append(member.getValue());
        } else {
          write(member.getValue(), inner, text);
        }
        separator = ",\n";
      }
    } else {
      for (JsonNode element : node) {
        text.append(separator).append(inner);
        write(element, inner, text);
        separator = ",\n";
      }
    }
    text.append('\n').append(indent).append(node.isObject() ? '}' : ']');
  }
}
