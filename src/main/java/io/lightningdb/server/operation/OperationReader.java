package io.lightningdb.server.operation;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.server.web.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads what an operation is asked to do.
@Component
class OperationReader {
  private static final String KIND = "kind";
  private static final String KEYSPACE = "keyspace";

  private final JsonObjects objects;

  /// Called by Spring.
  ///
  /// @param objects reads JSON
  OperationReader(JsonObjects objects) {
    this.objects = objects;
  }

  /// Reads a body.
  ///
  /// @throws ProblemException if it is no request for an operation
  OperationRequest read(byte[] body) {
    JsonNode object = objects.read(body);
    OperationKind kind =
        Words.find(OperationKind.class, object.path(KIND).asString(""))
            .orElseThrow(
                () -> invalid("The member kind must be one of " + Words.list(OperationKind.class)));
    Map<String, String> parameters = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!member.getKey().equals(KIND)) {
        parameters.put(checkedName(kind, member.getKey()), text(member));
      }
    }
    checkType(parameters);
    return new OperationRequest(kind, parameters);
  }

  private static List<String> known(OperationKind kind) {
    return switch (kind) {
      case BACKUP -> List.of("type", "resume");
      case RESTORE_CHECK -> List.of("backup");
      case COMPACTION, FLUSH -> List.of(KEYSPACE);
      case INTEGRITY_CHECK, CHECKPOINT -> List.of();
    };
  }

  private static String checkedName(OperationKind kind, String name) {
    List<String> known = known(kind);
    if (known.contains(name)) {
      return name;
    }
    String detail = "An operation of kind %s has no member %s".formatted(Words.of(kind), name);
    if (known.isEmpty()) {
      throw invalid(detail);
    }
    String nearest = Nearest.to(name, known);
    throw Problem.of(ProblemType.INVALID_CONTENT, detail + "; the nearest one is " + nearest + ".")
        .with("nearest", nearest)
        .asException();
  }

  private static String text(Map.Entry<String, JsonNode> member) {
    if (!member.getValue().isString()) {
      throw invalid("The member " + member.getKey() + " must be a string");
    }
    return member.getValue().stringValue();
  }

  private static void checkType(Map<String, String> parameters) {
    String type = parameters.getOrDefault("type", "full");
    if (!type.equals("full") && !type.equals("incremental")) {
      throw invalid("The member type must be full or incremental");
    }
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail + ".").asException();
  }
}
