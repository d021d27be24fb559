package io.lightningdb.tool.client;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Compares and acts in one commit.
@Command(
    name = "execute",
    header = "Compares entries and acts on the outcome, in one commit.",
    description =
        "Sends {\"compare\":[…],\"then\":[…],\"else\":[…]} as the contract has it, and shows the answer"
            + " as JSON. Exit code 21 if the comparison did not hold.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar execute --idempotency-key rent-2026-06 rent.json",
      "  echo '{\"then\":[{\"put\":{\"keyspace\":\"default\",\"key\":\"a\",\"value\":1}}]}' | java -jar"
          + " lightningdb.jar execute"
    })
final class Execute extends ServiceCommand {
  private static final String STDIN = "-";

  @Mixin private WriteOptions write;
  @Mixin private IdempotencyOption idempotency;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "What to do, as JSON; - or nothing for standard input.")
  private Path file = Path.of(STDIN);

  Execute(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    Body body = file.toString().equals(STDIN) ? Body.of(session().in()) : Body.of(file);
    Request request = Request.post("/v1/transactions:execute").body(Request.JSON, body);
    String answer = service.text(write.addTo(idempotency.addTo(request)));
    session().line(answer.strip());
    return Json.read(answer).path("succeeded").asBoolean(false)
        ? ClientExit.OK
        : ClientExit.CONFLICT;
  }
}
