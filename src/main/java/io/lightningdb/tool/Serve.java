package io.lightningdb.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// Starts the server.
@Command(
    name = "serve",
    header = "Starts the server.",
    description = {
      "The database and its HTTP service run in this process. This is what happens without a command, too.",
      "",
      "Settings may also stand in config/application.yaml beside the jar and in the environment; one given here wins."
    },
    customSynopsis = "lightningdb serve [-hV] [--NAME=VALUE...]",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it was stopped in good order",
      "1:it could not start; the last lines of its log say why",
      "2:the command line makes no sense",
      "130, 143:it was stopped by SIGINT or SIGTERM, in good order"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar serve",
      "  java -jar lightningdb.jar serve --lightning.data-directory=/var/lib/lightningdb --server.port=9090"
    })
final class Serve implements Runnable {
  /// What a setting begins with.
  static final String SETTING = "--";

  private final Consumer<String[]> server;

  @Spec private CommandSpec spec;

  @Unmatched private List<String> settings = new ArrayList<>();

  Serve(Consumer<String[]> server) {
    this.server = server;
  }

  @Override
  public void run() {
    for (String setting : settings) {
      if (!setting.startsWith(SETTING)) {
        throw new ParameterException(
            spec.commandLine(), "'" + setting + "' is no setting: they are --NAME=VALUE");
      }
    }
    server.accept(settings.toArray(String[]::new));
  }
}
