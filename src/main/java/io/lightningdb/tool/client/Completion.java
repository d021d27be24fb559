package io.lightningdb.tool.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Writes a script that completes command lines.
@Command(
    name = "completion",
    header = "Writes a script that completes commands and options in bash or zsh.",
    description =
        "It is for a program called lightningdb, which is the launcher of the distribution.",
    footer = {
      "",
      "Examples:",
      "  source <(java -jar lightningdb.jar completion bash)",
      "  java -jar lightningdb.jar completion zsh > ~/.lightningdb-completion"
    })
final class Completion implements Callable<Integer> {
  /// Shells whose scripts can be made; both take the same.
  enum Kind {
    bash,
    zsh
  }

  private static final String PROGRAM = "lightningdb";

  private final Session session;
  private final CommandLines commands;

  @SuppressWarnings("UnusedVariable") // Which one is checked, and both take the same script.
  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Kind shell;

  Completion(Session session, CommandLines commands) {
    this.session = session;
    this.commands = commands;
  }

  @Override
  public Integer call() throws ClientException {
    Session other =
        new Session(InputStream.nullInputStream(), OutputStream.nullOutputStream(), Map.of(), null);
    // The script of bash makes zsh behave like it.
    session.line(AutoComplete.bash(PROGRAM, commands.of(new String[0], other)).stripTrailing());
    session.flush();
    return ClientExit.OK;
  }
}
