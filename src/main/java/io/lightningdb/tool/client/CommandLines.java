package io.lightningdb.tool.client;

import picocli.CommandLine;

/// Makes the command line of the jar anew, for commands that run or describe the others.
public interface CommandLines {

  /// Makes one.
  ///
  /// @param args what it is to understand; nothing stands for all commands
  /// @param session where they run
  /// @return a command line that was not used yet
  CommandLine of(String[] args, Session session);
}
