package io.lightningdb.server.mode;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.server.web.Words;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads which mode is wanted.
@Component
class ModeReader {
  private static final Set<String> KNOWN = Set.of("mode", "reason");
  private static final int REASON_LENGTH_MAX = 200;

  private final JsonObjects objects;

  /// Called by Spring.
  ///
  /// @param objects reads bodies
  ModeReader(JsonObjects objects) {
    this.objects = objects;
  }

  /// What is wanted.
  ///
  /// @param mode what the service is to do
  /// @param reason why; empty only for [Mode#READ_WRITE]
  record Wanted(Mode mode, String reason) {}

  /// Reads a body.
  ///
  /// @param body a JSON object
  /// @return the mode wanted
  /// @throws ProblemException if the body is not such an object
  Wanted read(byte[] body) {
    JsonNode object = objects.read(body, KNOWN);
    Mode mode = mode(object.path("mode"));
    return new Wanted(mode, reason(object.path("reason"), mode));
  }

  private static Mode mode(JsonNode value) {
    return Words.find(Mode.class, value.isString() ? value.stringValue() : "")
        .orElseThrow(
            () -> invalid("The member mode must be one of " + Words.list(Mode.class) + "."));
  }

  /// Clients are shown it, and it stands in the log in one line.
  private static String reason(JsonNode value, Mode mode) {
    if (value.isMissingNode() && mode == Mode.READ_WRITE) {
      return "";
    }
    String reason = value.isString() ? value.stringValue().strip() : "";
    boolean oneLine = reason.chars().noneMatch(Character::isISOControl);
    if (!reason.isEmpty() && reason.length() <= REASON_LENGTH_MAX && oneLine) {
      return reason;
    }
    throw invalid(
        "The member reason must be 1 to %d characters in one line; only the mode read-write may go without."
            .formatted(REASON_LENGTH_MAX));
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
