package io.lightningdb.tool.client;

import java.io.IOException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// The mode of the service.
@Command(
    name = "mode",
    header = "Shows the mode of the service, or sets it.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar mode",
      "  java -jar lightningdb.jar mode read-only --reason 'the disk is being replaced'",
      "  java -jar lightningdb.jar mode read-write"
    })
final class Mode extends ServiceCommand {
  private static final String PATH = "/v1/admin/mode";

  @Parameters(
      arity = "0..1",
      paramLabel = "MODE",
      description = "read-write, read-only or maintenance.")
  private @Nullable String mode;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "What refused clients are told; needed unless the mode is read-write.")
  private @Nullable String reason;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "When read-write begins again by itself, such as 2030-01-01T00:00:00Z.")
  private @Nullable OffsetDateTime until;

  @Option(names = "--until-restart", description = "The next start ends the mode.")
  private boolean untilRestart;

  Mode(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    if (mode == null && (reason != null || until != null || untilRestart)) {
      throw misuse("Name the MODE that this is for.");
    }
    String answer =
        service.text(
            mode == null ? Request.get(PATH) : Request.put(PATH).json(Json.text(wanted(mode))));
    print(answer, now -> Members.print(session(), now));
    return ClientExit.OK;
  }

  private ObjectNode wanted(String name) {
    ObjectNode wanted = Json.object().put("mode", name);
    if (reason != null) {
      wanted.put("reason", reason);
    }
    if (until != null) {
      wanted.put("until", until.toString());
    }
    return untilRestart ? wanted.put("untilRestart", true) : wanted;
  }
}
