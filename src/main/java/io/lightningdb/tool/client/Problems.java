package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Problems of the service (RFC 9457) as one line for people: what happened, this time, and what to do.
final class Problems {
  private static final int FOREIGN_TEXT_MAX = 200;

  private Problems() {}

  /// A refusal as a failure of the command.
  ///
  /// @param answer one with a status of 300 or more
  static ClientException failure(Service service, Request request, Answer answer)
      throws ClientException {
    String body = answer.text();
    try {
      JsonNode problem = Json.parse(body);
      if (problem.path("type").isString() && problem.path("title").isString()) {
        return failure(service, request, problem, answer.header("Retry-After"));
      }
    } catch (IOException _) {
      // No problem of ours.
    }
    return foreign(service, answer.status(), body);
  }

  /// A problem as a failure.
  ///
  /// @param retryAfter seconds after which it may go better, or null
  static ClientException failure(
      Service service, Request request, JsonNode problem, @Nullable String retryAfter) {
    int status = problem.path("status").asInt(500);
    String type = problem.path("type").asString("");
    String name = type.substring(type.lastIndexOf('/') + 1);
    String text =
        "%s (%d %s). %s %s"
            .formatted(
                problem.path("title").asString(""),
                status,
                name,
                problem.path("detail").asString(""),
                advice(service, request, problem, name, retryAfter));
    int exitCode = ClientExit.ofStatus(status);
    return service.isJson()
        ? ClientException.refused(exitCode, text.strip(), Json.text(problem))
        : new ClientException(exitCode, text.strip());
  }

  private static ClientException foreign(Service service, int status, String body) {
    String text = LineText.of(body.strip());
    return new ClientException(
        status >= 300 && status < 400 ? ClientExit.REFUSED : ClientExit.ofStatus(status),
        "%s answered with status %d and no problem document of Lightning DB: %s"
            .formatted(
                service.base(),
                status,
                text.isEmpty()
                    ? "nothing"
                    : text.substring(0, Math.min(FOREIGN_TEXT_MAX, text.length()))));
  }

  private static String advice(
      Service service,
      Request request,
      JsonNode problem,
      String name,
      @Nullable String retryAfter) {
    return switch (name) {
      case "unauthenticated" -> "Name a file with a token by --token-file, or set LIGHTNING_TOKEN.";
      case "access-denied" -> "Use a token with the role that this needs.";
      case "keyspace-not-found" ->
          "See `lightningdb keyspace list`, or make it with `lightningdb keyspace create`.";
      case "precondition-failed" -> "Read the entry again, and decide anew.";
      case "conflict", "transaction-conflict", "deadlock" -> "Repeat it.";
      case "unknown-parameter", "path-not-found" ->
          "The service may be of another version than this command.";
      default -> other(service, request, problem, name, retryAfter);
    };
  }

  private static String other(
      Service service,
      Request request,
      JsonNode problem,
      String name,
      @Nullable String retryAfter) {
    if (name.equals("outcome-unknown")) {
      return "Look whether it was made before you repeat it.";
    }
    if (retryAfter != null) {
      return "Repeat it after " + retryAfter + " s.";
    }
    boolean repeat = problem.path("retryable").asBoolean(false);
    if (repeat) {
      return request.changes() ? "Repeat it later." : "Repeat it.";
    }
    return problem.path("status").asInt(0) >= 500 || name.startsWith("invalid")
        ? "More at " + service.base() + problem.path("type").asString("") + "."
        : "";
  }
}
