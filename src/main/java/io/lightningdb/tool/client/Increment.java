package io.lightningdb.tool.client;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Adds to a counter.
@Command(
    name = "increment",
    header = "Adds to a counter, and shows its new value.",
    description = "A counter is a JSON number of 64 bits; one that is not there is made.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar increment visits",
      "  java -jar lightningdb.jar increment --by -30 --idempotency-key rent-2026-06 alice"
    })
final class Increment extends ServiceCommand {
  @Mixin private KeyOptions keys;
  @Mixin private WriteOptions write;
  @Mixin private IdempotencyOption idempotency;

  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(
      names = "--by",
      paramLabel = "NUMBER",
      description = "What is added; may be negative. Default: 1.")
  private long by = 1;

  @Option(
      names = "--initial",
      paramLabel = "NUMBER",
      description = "What it is added to where there is no entry. Default: 0.")
  private long initial;

  Increment(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    KeyOptions.Place place = keys.place(session(), key);
    Request request =
        Request.post(place.path() + "/increment")
            .with("keyEncoding", place.encoding())
            .json("{\"by\":" + by + ",\"initial\":" + initial + "}");
    String answer = service.text(write.addTo(idempotency.addTo(request)));
    print(answer, counter -> session().line(counter.path("value").asString("")));
    return ClientExit.OK;
  }
}
