package io.lightningdb.tool.client;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The commands that talk to a service.
public final class ClientCommands {
  /// In the order of the help.
  private static final List<String> NAMES =
      List.of(
          "get",
          "put",
          "delete",
          "list",
          "count",
          "increment",
          "import",
          "export",
          "keyspace",
          "execute",
          "backup",
          "operations",
          "mode",
          "health",
          "smoke-test",
          "limits",
          "tokens",
          "load",
          "wait",
          "shell",
          "completion");

  private static final String HELP = "help";
  private static final Set<String> OUTSIDE = Set.of("shell", "wait", "completion");

  private ClientCommands() {}

  /// Makes one command, and loads no other.
  private static CommandLine make(String name, Session session, CommandLines commands) {
    return switch (name) {
      case "get" -> new CommandLine(new Get(session));
      case "put" -> new CommandLine(new Put(session));
      case "delete" -> new CommandLine(new Delete(session));
      case "list" -> new CommandLine(new ListEntries(session));
      case "count" -> new CommandLine(new Count(session));
      case "increment" -> new CommandLine(new Increment(session));
      case "import" -> new CommandLine(new ImportEntries(session));
      case "export" -> new CommandLine(new ExportEntries(session));
      case "keyspace" -> KeyspaceCommand.of(session);
      case "execute" -> new CommandLine(new Execute(session));
      case "backup" -> new CommandLine(new Backup(session));
      case "operations" -> new CommandLine(new Operations(session));
      case "mode" -> new CommandLine(new Mode(session));
      case "health" -> new CommandLine(new Health(session));
      case "smoke-test" -> new CommandLine(new SmokeTestCommand(session));
      case "limits" -> new CommandLine(new Limits(session));
      case "tokens" -> TokensCommand.of(session);
      case "load" -> new CommandLine(new Load(session));
      case "wait" -> new CommandLine(new Wait(session));
      case "shell" -> new CommandLine(new Shell(session, commands));
      case "completion" -> new CommandLine(new Completion(session, commands));
      default -> throw new IllegalArgumentException("name=" + name);
    };
  }

  /// Tells whether a word is one of these commands.
  ///
  /// @param word the first word of a command line
  /// @return true if it is, as it is written
  public static boolean isCommand(String word) {
    return NAMES.contains(word);
  }

  /// Adds one command: reading what picocli needs to know of all of them takes longer than most of them run.
  ///
  /// @param commandLine the command line of the jar
  /// @param name of the command
  /// @param session where it runs
  /// @param commands makes the command line of the jar
  /// @return the command line
  public static CommandLine add(
      CommandLine commandLine, String name, Session session, CommandLines commands) {
    CommandLine command = make(name, session, commands);
    commandLine.addSubcommand(command);
    describe(command);
    return commandLine;
  }

  /// Adds all commands.
  ///
  /// @param commandLine the command line of the jar
  /// @param session where they run
  /// @param commands makes the command line of the jar
  public static void addAll(CommandLine commandLine, Session session, CommandLines commands) {
    NAMES.forEach(name -> add(commandLine, name, session, commands));
  }

  /// Makes the command line of the shell out of that of the jar: without the commands that are not for its lines.
  ///
  /// @param commandLine the command line of the jar
  /// @return the same, changed
  static CommandLine forShell(CommandLine commandLine) {
    CommandSpec spec = commandLine.getCommandSpec();
    for (String name : List.copyOf(spec.subcommands().keySet())) {
      if (!isForShell(name)) {
        spec.removeSubcommand(name);
      }
    }
    spec.usageMessage()
        .header("Commands for the service that this shell talks to.")
        .customSynopsis("COMMAND [OPTION...]")
        .footer(
            "",
            "use KEYSPACE names the keyspace of the commands that follow.",
            "exit or quit, or Ctrl-D, ends the shell; Ctrl-C ends the command that runs.",
            "help COMMAND explains a command.");
    return commandLine;
  }

  /// Tells whether a command is for the lines of a shell: those that work on a directory of this machine are not, since
  /// the service has its own open, and neither are those that would not come back.
  static boolean isForShell(String word) {
    return word.equals(HELP) || (NAMES.contains(word) && !OUTSIDE.contains(word));
  }

  private static void describe(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(ClientExit.table());
    command.getSubcommands().values().forEach(ClientCommands::describe);
  }
}
