package io.lightningdb.tool.client;

import java.io.IOException;
import picocli.CommandLine.Command;

/// Shows the limits of the service.
@Command(
    name = "limits",
    header = "Shows what requests may ask for: sizes in bytes, durations in milliseconds.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar limits",
      "  java -jar lightningdb.jar limits --json"
    })
final class Limits extends ServiceCommand {
  Limits(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    print(service.text(Request.get("/v1/limits")), limits -> Members.print(session(), limits));
    return ClientExit.OK;
  }
}
