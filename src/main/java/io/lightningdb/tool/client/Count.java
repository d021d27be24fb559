package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Counts entries.
@Command(
    name = "count",
    header = "Counts the entries of a keyspace or a range, exactly.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar count",
      "  java -jar lightningdb.jar count --keyspace orders --prefix 2026-"
    })
final class Count extends ServiceCommand {
  @Mixin private KeyOptions keys;
  @Mixin private RangeOptions range;

  @Option(
      names = "--at",
      paramLabel = "VERSION",
      description = "As it was at this past version, where the keyspace keeps a history.")
  private @Nullable Long at;

  Count(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    Request request =
        range
            .addTo(Request.get(keys.entries(session()) + ":count"))
            .with("at", at)
            .with("keyEncoding", keys.parameter());
    print(service.text(request), answer -> session().line(answer.path("count").asString("")));
    return ClientExit.OK;
  }
}
