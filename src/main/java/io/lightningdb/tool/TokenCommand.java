package io.lightningdb.tool;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Makes, lists and revokes the tokens of a database.
@Command(
    name = "token",
    header =
        "Makes, lists and revokes the API tokens of a database that no process has open, or does away with them.",
    description = {
      "A token says who a client is and what it may do. As soon as there is one, the server asks"
          + " everybody for one, and from then on does not start without credentials.",
      "",
      "The tokens are in the file TOKENS of the data directory, hashed. These commands take the lock of the directory;"
          + " the tokens of a running server are made, listed and revoked at /v1/admin/tokens."
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:the command line makes no sense, there is no such token, or there are too many",
      "10:the file TOKENS or the manifest is damaged",
      "11:another process has the directory open",
      "12:the directory does not exist",
      "14:a file cannot be read or written"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar token create data --name=root --role=admin --keyspaces='*'",
      "  java -jar lightningdb.jar token create data --name=shop --role=writer --keyspaces='orders-*,carts' --ttl=P90D",
      "  java -jar lightningdb.jar token list data",
      "  java -jar lightningdb.jar token revoke data 3f0a81c2d4e5b697",
      "  java -jar lightningdb.jar token disable data"
    },
    subcommands = {TokenCreate.class, TokenList.class, TokenRevoke.class, TokenDisable.class})
final class TokenCommand implements Runnable {
  @Spec private CommandSpec spec;

  TokenCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create, list, revoke or disable is missing.");
  }
}
