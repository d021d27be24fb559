package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Asks for the health of the service.
@Command(
    name = "health",
    header = "Says whether the service is healthy: exit code 0, or 24 if not.",
    description =
        "Shows the state of the whole and of each part that the token may see. With the port of"
            + " management that is --url, too.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar health",
      "  java -jar lightningdb.jar health readiness"
    })
final class Health extends ServiceCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "GROUP",
      description = "liveness, readiness, reads, or a part, such as storage. Default: all.")
  private @Nullable String group;

  Health(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    String path = "/actuator/health" + (group == null ? "" : "/" + Request.encoded(group));
    Request request = Request.get(path);
    try (Answer answer = service.ask(request)) {
      boolean healthy = answer.status() == 200;
      if (!healthy && answer.status() != 503) {
        throw Problems.failure(service, request, answer);
      }
      print(answer.text(), this::words);
      return healthy ? ClientExit.OK : ClientExit.UNAVAILABLE;
    }
  }

  private void words(JsonNode health) throws ClientException {
    if (!health.path("status").isString()) {
      throw new ClientException(
          ClientExit.SERVICE_FAILED, "What answers is no health of a Lightning DB.");
    }
    session().line(health.path("status").asString());
    for (var part : health.path("components").properties()) {
      session().line("  " + part.getKey() + "\t" + part.getValue().path("status").asString(""));
    }
  }
}
