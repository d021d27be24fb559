package io.lightningdb.server.security;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.Token;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads what a token is to be.
@Component
class TokenReader {
  private static final Set<String> KNOWN = Set.of("name", "roles", "keyspaces", "ttl");
  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofDays(3660);

  private final JsonObjects objects;

  /// Called by Spring.
  ///
  /// @param objects reads bodies
  TokenReader(JsonObjects objects) {
    this.objects = objects;
  }

  /// What a token is to be.
  ///
  /// @param name what its owner calls it
  /// @param rights what it may do
  /// @param expiresAt from when on it is void, or null for never
  record Wanted(String name, Rights rights, @Nullable Instant expiresAt) {}

  /// Reads a body.
  ///
  /// @param body a JSON object
  /// @param now the present moment
  /// @return the token wanted
  /// @throws ProblemException if the body is not such an object
  Wanted read(byte[] body, Instant now) {
    JsonNode object = objects.read(body, KNOWN);
    return new Wanted(name(object.path("name")), rights(object), expiry(object.path("ttl"), now));
  }

  private static String name(JsonNode value) {
    String name = value.isString() ? value.stringValue() : "";
    if (!Token.isName(name)) {
      throw invalid("The member name must be " + Token.NAME_FORM + ".");
    }
    return name;
  }

  private static Rights rights(JsonNode object) {
    List<Role> roles = new ArrayList<>();
    for (String word : texts("roles", object.path("roles"), Role.values().length)) {
      roles.add(
          Role.find(word)
              .orElseThrow(() ->
                  invalid(
                      "There is no role %s; the roles are %s."
                          .formatted(word, String.join(", ", Role.words())))));
    }
    List<KeyspacePattern> patterns = new ArrayList<>();
    for (String text : texts("keyspaces", object.path("keyspaces"), Token.PATTERNS_MAX)) {
      patterns.add(
          KeyspacePattern.find(text)
              .orElseThrow(() ->
                  invalid(
                      "The pattern %s of keyspaces is not %s."
                          .formatted(text, KeyspacePattern.FORM))));
    }
    return Rights.of(roles, patterns);
  }

  private static List<String> texts(String name, JsonNode value, int countMax) {
    boolean list = value.isArray() && !value.isEmpty() && value.size() <= countMax;
    if (!list || !value.valueStream().allMatch(JsonNode::isString)) {
      throw invalid("The member %s must be a list of 1 to %d strings.".formatted(name, countMax));
    }
    return value.valueStream().map(JsonNode::stringValue).toList();
  }

  private static @Nullable Instant expiry(JsonNode value, Instant now) {
    if (value.isMissingNode()) {
      return null;
    }
    try {
      Duration ttl = Duration.parse(value.isString() ? value.stringValue() : "");
      if (ttl.compareTo(TTL_MIN) >= 0 && ttl.compareTo(TTL_MAX) <= 0) {
        return now.plus(ttl);
      }
    } catch (DateTimeParseException _) {
      // Refused like a duration out of range.
    }
    throw invalid(
        "The member ttl must be a duration from PT1S to P3660D, such as \"P90D\" or \"PT12H\".");
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
