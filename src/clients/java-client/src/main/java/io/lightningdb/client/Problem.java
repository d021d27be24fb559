package io.lightningdb.client;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a service says went wrong (RFC 9457). Immutable.
 *
 * @param type identifies what happened, such as {@code /problems/entry-not-found}; {@code about:blank} where the answer was no problem of
 *     Lightning DB, but that of a proxy, for example
 * @param title what happened, in words that are the same each time
 * @param status the HTTP status, from 400 on
 * @param detail what happened this time
 * @param members all that the service answered, members that this class does not know included
 */
public record Problem(String type, String title, int status, String detail, JsonNode members) {
  private static final int DETAIL_CHARACTERS_MAX = 500;

  /** None of these may be null. */
  public Problem {
    Objects.requireNonNull(type);
    Objects.requireNonNull(title);
    Objects.requireNonNull(detail);
    Objects.requireNonNull(members);
  }

  static Problem of(int status, byte[] body) {
    try {
      JsonNode members = Json.MAPPER.readTree(body);
      if (members.isObject() && members.hasNonNull("type")) {
        return of(members);
      }
    } catch (JacksonException e) {
      // Not of the service: told by its text.
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (text.length() > DETAIL_CHARACTERS_MAX) {
      text = text.substring(0, DETAIL_CHARACTERS_MAX);
    }
    ObjectNode none = Json.MAPPER.createObjectNode();
    return new Problem("about:blank", "HTTP status " + status, status, text, none);
  }

  static Problem of(JsonNode members) {
    return new Problem(
        members.path("type").asString("about:blank"),
        members.path("title").asString(""),
        members.path("status").asInt(0),
        members.path("detail").asString(""),
        members);
  }

  /**
   * Tells whether it is of a type.
   *
   * @param name last part of the type, such as {@code entry-not-found}
   * @return whether it is that
   */
  public boolean is(String name) {
    return type.equals("/problems/" + name);
  }

  /**
   * Tells whether the same request may succeed later.
   *
   * @return what the service says of that; false where it says nothing
   */
  public boolean retryable() {
    return members.path("retryable").asBoolean(false);
  }

  /**
   * Finds a member that is text.
   *
   * @param name of the member, such as {@code conflictingKey}
   * @return its text, if it is there
   */
  public Optional<String> text(String name) {
    JsonNode member = members.path(name);
    return member.isString() ? Optional.of(member.asString()) : Optional.empty();
  }

  /**
   * Finds a member that is an integer.
   *
   * @param name of the member, such as {@code actualVersion}
   * @return its value, if it is there
   */
  public OptionalLong number(String name) {
    JsonNode member = members.path(name);
    return member.isIntegralNumber() ? OptionalLong.of(member.asLong()) : OptionalLong.empty();
  }
}
