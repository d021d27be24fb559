package io.lightningdb.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Lets a database that was secured be served without credentials.
@Command(
    name = "disable",
    header = "Deletes all tokens, and lets the server start without credentials.",
    description =
        "A database that ever had tokens, or an identity provider, is not served without: neither it nor"
            + " a restored backup of it. This is the only way back: the file TOKENS and the mark in the"
            + " database go, and the server then serves everybody on the loopback address. Backups that"
            + " were made before keep the mark.")
final class TokenDisable implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  TokenDisable() {}

  @Override
  public Integer call() throws IOException, NotADatabaseException {
    try (TokenDirectory tokens = TokenDirectory.find(directory)) {
      boolean done = tokens.disable();
      spec.commandLine()
          .getErr()
          .println(
              done
                  ? directory
                      + " is not secured any more: without credentials the server serves everybody on the loopback address"
                  : directory + " was not secured. Nothing was changed");
    }
    return ExitCode.OK;
  }
}
