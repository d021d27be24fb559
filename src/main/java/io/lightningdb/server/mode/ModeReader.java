package io.lightningdb.server.mode;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads which mode is wanted.
@Component
class ModeReader {
  private static final Set<String> KNOWN = Set.of("mode", "reason", "until", "untilRestart");
  private static final int REASON_LENGTH_MAX = 200;

  private final JsonObjects objects;

  /// Called by Spring.
  ///
  /// @param objects reads bodies
  ModeReader(JsonObjects objects) {
    this.objects = objects;
  }

  /// Reads a body.
  ///
  /// @param body a JSON object
  /// @param now the end must be behind it
  /// @return the mode wanted
  /// @throws ProblemException if the body is not such an object
  ServiceMode.Wanted read(byte[] body, Instant now) {
    JsonNode object = objects.read(body, KNOWN);
    Mode mode = mode(object.path("mode"));
    String reason = reason(object.path("reason"), mode);
    Instant until = until(object.path("until"), now);
    boolean untilRestart = untilRestart(object.path("untilRestart"));
    if (mode == Mode.READ_WRITE && (until != null || untilRestart)) {
      throw invalid("The mode read-write has no end: until and untilRestart belong to the others.");
    }
    return new ServiceMode.Wanted(mode, reason, until, untilRestart);
  }

  private static @Nullable Instant until(JsonNode value, Instant now) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      Instant until = OffsetDateTime.parse(value.isString() ? value.stringValue() : "").toInstant();
      if (until.isAfter(now)) {
        return until;
      }
    } catch (DateTimeParseException _) {
      // Refused below, like a moment that has passed.
    }
    throw invalid(
        "The member until must be a moment in the future, such as 2030-01-02T03:04:05Z; it is %s now."
            .formatted(now));
  }

  private static boolean untilRestart(JsonNode value) {
    if (value.isMissingNode() || value.isNull() || value.isBoolean()) {
      return value.asBoolean(false);
    }
    throw invalid("The member untilRestart must be true or false.");
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
