package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Long work of the service.
@Command(
    name = "operations",
    header = "Lists, shows, begins and cancels long work of the service.",
    description =
        "Without anything else, a line for each operation: id, kind, state, progress, begin, end.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar operations",
      "  java -jar lightningdb.jar operations --start compaction --keyspace orders",
      "  java -jar lightningdb.jar operations --cancel 17"
    })
final class Operations extends ServiceCommand {
  /// What can be begun; backups have a command of their own.
  @SuppressWarnings("JavaLangClash")
  enum Kind {
    compaction,
    flush,
    integrity_check,
    restore_check,
    checkpoint
  }

  @Parameters(arity = "0..1", paramLabel = "ID", description = "Show this one.")
  private @Nullable String id;

  @Option(
      names = "--start",
      paramLabel = "KIND",
      description =
          "Begin one, and wait for its end: compaction, flush, integrity_check, restore_check or checkpoint.")
  private @Nullable Kind kind;

  @Option(
      names = {"-k", "--keyspace"},
      paramLabel = "KEYSPACE",
      completionCandidates = KeyspaceNames.class,
      description = "Of a compaction or flush: in which keyspace. Default: all.")
  private @Nullable String keyspace;

  @Option(names = "--no-wait", description = "With --start: do not wait for its end.")
  private boolean unattended;

  @Option(names = "--cancel", paramLabel = "ID", description = "Cancel this one.")
  private @Nullable String cancelled;

  Operations(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    int choices = (id == null ? 0 : 1) + (kind == null ? 0 : 1) + (cancelled == null ? 0 : 1);
    if (choices > 1 || (kind == null && (keyspace != null || unattended))) {
      throw misuse("Give an ID, --start with its options, --cancel, or nothing.");
    }
    if (kind != null) {
      return start(service, kind);
    }
    if (cancelled != null) {
      service.run(Request.delete(OperationRun.PATH + "/" + Request.encoded(cancelled)));
    } else if (id != null) {
      String found = service.text(Request.get(OperationRun.PATH + "/" + Request.encoded(id)));
      print(found, operation -> Members.print(session(), operation));
    } else {
      JsonNode all = Json.read(service.text(Request.get(OperationRun.PATH)));
      for (JsonNode operation : all.path("operations")) {
        session()
            .line(
                json()
                    ? Json.text(operation)
                    : Members.row(
                        operation, "id", "kind", "state", "progress", "startedAt", "endedAt"));
      }
    }
    return ClientExit.OK;
  }

  private int start(Service service, Kind chosen) throws IOException {
    ObjectNode wanted = Json.object().put("kind", chosen.name().replace('_', '-'));
    if (keyspace != null) {
      wanted.put("keyspace", keyspace);
    }
    return new OperationRun(service, session(), json(), !unattended).start(wanted);
  }
}
