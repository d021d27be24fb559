package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;

/// Reads bodies that are small JSON objects with a closed set of members. *Thread-safe.*
@Component
public class JsonObjects {
  private final ObjectReader json;

  /// Called by Spring.
  ///
  /// @param json reads JSON
  JsonObjects(JsonMapper json) {
    // Of two values for one name each reader believes another.
    this.json = json.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
  }

  /// Reads a body.
  ///
  /// @param body what the client sent
  /// @param known the members that there can be
  /// @return the object; what its members are is for the caller to look at
  /// @throws ProblemException if the body is no JSON object, or has a member of another name
  public JsonNode read(byte[] body, Set<String> known) {
    JsonNode object = read(body);
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      requireKnown(member.getKey(), known);
    }
    return object;
  }

  /// Reads a body whose members are for the caller to look at.
  ///
  /// @param body what the client sent
  /// @return the object
  /// @throws ProblemException if the body is no JSON object, or names a member twice
  public JsonNode read(byte[] body) {
    return object(parse(body));
  }

  /// Reads a body that may be left out. Null counts as left out: generated clients send it for a parameter without a
  /// value.
  ///
  /// @param body what the client sent
  /// @return the object, an empty one if it is left out
  /// @throws ProblemException if there is a body that is no JSON object, or names a member twice
  public JsonNode readOptional(byte[] body) {
    JsonNode node = body.length == 0 ? NullNode.getInstance() : parse(body);
    return node.isNull() ? JsonNodeFactory.instance.objectNode() : object(node);
  }

  private JsonNode parse(byte[] body) {
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      String detail =
          "The body is not the JSON that this call takes: " + e.getOriginalMessage() + ".";
      throw Problem.of(ProblemType.MALFORMED_JSON, detail).asException();
    }
  }

  private static JsonNode object(JsonNode node) {
    if (node.isObject()) {
      return node;
    }
    String detail = "The body must be a JSON object.";
    throw Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }

  private static void requireKnown(String name, Set<String> known) {
    if (!known.contains(name)) {
      String nearest = Nearest.to(name, known);
      String detail = "There is no member %s; the nearest one is %s.".formatted(name, nearest);
      throw Problem.of(ProblemType.INVALID_CONTENT, detail).with("nearest", nearest).asException();
    }
  }
}
