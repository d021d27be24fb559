package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Deletes entries.
@Command(
    name = "delete",
    header = "Deletes an entry, or a range of them in one commit.",
    description =
        "A single entry goes without a word; there is none is exit code 20. A range wants --yes, and"
            + " shows the version of the commit.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar delete hello",
      "  java -jar lightningdb.jar delete --if-version 194 --keyspace orders 4711",
      "  java -jar lightningdb.jar delete --prefix session- --yes"
    })
final class Delete extends ServiceCommand {
  @Mixin private KeyOptions keys;
  @Mixin private RangeOptions range;
  @Mixin private WriteOptions write;
  @Mixin private VersionOption condition;

  @Parameters(arity = "0..1", paramLabel = "KEY", description = "The key.")
  private @Nullable String key;

  @Option(names = "--yes", description = "Yes, the whole range.")
  private boolean sure;

  Delete(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    if (key == null ? !range.isGiven() : range.isGiven()) {
      throw misuse("Give a KEY, or a range by --prefix, --start or --end.");
    }
    if (key == null) {
      deleteRange(service);
    } else {
      KeyOptions.Place place = keys.place(session(), key);
      Request request = Request.delete(place.path()).with("keyEncoding", place.encoding());
      service.run(write.addTo(condition.addTo(request)));
    }
    return ClientExit.OK;
  }

  private void deleteRange(Service service) throws IOException {
    if (condition.isGiven()) {
      throw misuse("--if-version is for a single entry.");
    }
    if (!sure) {
      throw misuse("This deletes every entry of the range. Add --yes if that is what you want.");
    }
    Request request =
        range
            .addTo(Request.delete(keys.entries(session())))
            .with("keyEncoding", keys.parameter())
            .with("confirm", true);
    print(
        service.text(write.addTo(request)),
        answer -> session().line(answer.path("version").asString("")));
  }
}
