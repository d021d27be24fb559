package io.lightningdb.tool.client;

import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An operation of the service, from its beginning to its end. *Confined to one thread.*
final class OperationRun {
  static final String PATH = "/v1/admin/operations";

  private static final long POLL_MILLIS_MIN = 20;
  private static final long POLL_MILLIS_MAX = 500;

  private final Service service;
  private final Session session;
  private final boolean json;
  private final boolean waits;

  /// Describes it.
  ///
  /// @param waits whether its end is waited for
  OperationRun(Service service, Session session, boolean json, boolean waits) {
    this.service = service;
    this.session = session;
    this.json = json;
    this.waits = waits;
  }

  /// Begins one and, if it is waited for, shows how far it is.
  ///
  /// @return the exit code
  int start(ObjectNode wanted) throws IOException {
    String answer = service.text(Request.post(PATH).json(Json.text(wanted)));
    JsonNode operation = Json.read(answer);
    if (waits) {
      operation = end(operation);
    }
    if (json) {
      session.line(Json.text(operation));
    } else if (waits) {
      Members.print(session, operation.path("result"));
    } else {
      session.line(operation.path("id").asString(""));
    }
    return ClientExit.OK;
  }

  private JsonNode end(JsonNode begun) throws IOException {
    Request request = Request.get(PATH + "/" + Request.encoded(begun.path("id").asString("")));
    JsonNode operation = begun;
    String kind = begun.path("kind").asString("");
    try (Progress progress = Progress.ofPercent(kind, session)) {
      for (long pause = POLL_MILLIS_MIN; isRunning(operation); ) {
        pause(pause);
        pause = Math.min(POLL_MILLIS_MAX, pause * 2);
        operation = Json.read(service.text(request));
        progress.show(Math.round(operation.path("progress").asDouble(0) * 100), 100, "");
      }
    }
    if (operation.path("state").asString("").equals("succeeded")) {
      return operation;
    }
    if (operation.has("problem")) {
      throw Problems.failure(service, request, operation.path("problem"), null);
    }
    throw new ClientException(
        ClientExit.SERVICE_FAILED,
        "The operation %s is %s."
            .formatted(operation.path("id").asString(""), operation.path("state").asString("")));
  }

  private static boolean isRunning(JsonNode operation) {
    return operation.path("state").asString("").equals("running");
  }

  private static void pause(long millis) throws ClientException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new ClientException(
          ClientExit.INTERRUPTED, "The wait was ended; the operation goes on.");
    }
  }
}
