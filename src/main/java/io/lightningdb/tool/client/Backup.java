package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// Has the service make a backup.
@Command(
    name = "backup",
    header = "Has the service make a backup, and waits for it.",
    description =
        "Shows what came of it. The place is a setting of the service; `backups list` shows what is"
            + " there. Ctrl-C ends the wait and not the backup.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar backup",
      "  java -jar lightningdb.jar backup --incremental --no-wait"
    })
final class Backup extends ServiceCommand {
  @Option(names = "--incremental", description = "What is new since the last one. Default: full.")
  private boolean incremental;

  @Option(
      names = "--resume",
      paramLabel = "ID",
      description = "The unfinished backup to go on with.")
  private @Nullable String resume;

  @Option(names = "--no-wait", description = "Begin it, show the operation, and end.")
  private boolean unattended;

  Backup(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    if (incremental && resume != null) {
      throw misuse("--incremental and --resume exclude each other.");
    }
    ObjectNode wanted = Json.object().put("kind", "backup");
    if (resume == null) {
      wanted.put("type", incremental ? "incremental" : "full");
    } else {
      wanted.put("resume", resume);
    }
    return new OperationRun(service, session(), json(), !unattended).start(wanted);
  }
}
