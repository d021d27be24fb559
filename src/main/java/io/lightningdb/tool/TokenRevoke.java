package io.lightningdb.tool;

import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Revokes a token.
@Command(
    name = "revoke",
    header = "Makes a token void.",
    description =
        "The server goes on asking for tokens, even if none is left. To make it serve everybody on the"
            + " loopback address again, use token disable.")
final class TokenRevoke implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "ID",
      description = "What token list shows first, and what the token has between its underscores.")
  private String id;

  TokenRevoke() {}

  @Override
  public Integer call() throws IOException, NotADatabaseException {
    try (TokenDirectory tokens = TokenDirectory.find(directory)) {
      Tokens before = tokens.tokens();
      if (before.find(id) == null) {
        throw new ParameterException(
            spec.commandLine(), "There is no token with the id " + id + ". Nothing was changed.");
      }
      tokens.replace(before.without(id));
    }
    spec.commandLine().getErr().println("Revoked " + id);
    return ExitCode.OK;
  }
}
