package io.lightningdb.tool.client;

import tools.jackson.databind.JsonNode;

/// Documents of the service as lines: name, tab, value. Names of inner members follow those of their documents, with a
/// dot between.
final class Members {
  private Members() {}

  static void print(Session session, JsonNode document) throws ClientException {
    print(session, "", document);
  }

  private static void print(Session session, String name, JsonNode node) throws ClientException {
    if (node.isObject() && !node.isEmpty()) {
      for (var member : node.properties()) {
        print(
            session,
            name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
            member.getValue());
      }
    } else {
      session.line(name + "\t" + text(node));
    }
  }

  /// A value as a person reads it.
  static String text(JsonNode node) {
    return node.isString() ? LineText.of(node.asString()) : Json.text(node);
  }

  /// Members side by side with tabs between; a dash stands for one that is not there.
  static String row(JsonNode document, String... names) {
    StringBuilder row = new StringBuilder();
    for (String name : names) {
      JsonNode value = document.at("/" + name.replace('.', '/'));
      row.append(row.isEmpty() ? "" : "\t").append(value.isMissingNode() ? "-" : text(value));
    }
    return row.toString();
  }
}
