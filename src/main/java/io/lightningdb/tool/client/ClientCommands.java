package io.lightningdb.tool.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The commands that talk to a service.
public final class ClientCommands {
  private static final Map<String, Function<Session, Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("get", Get::new);
    COMMANDS.put("put", Put::new);
    COMMANDS.put("delete", Delete::new);
    COMMANDS.put("list", ListEntries::new);
    COMMANDS.put("count", Count::new);
    COMMANDS.put("increment", Increment::new);
    COMMANDS.put("health", Health::new);
    COMMANDS.put("limits", Limits::new);
  }

  private ClientCommands() {}

  /// Tells whether a word is one of these commands.
  ///
  /// @param word the first word of a command line
  /// @return true if it is, as it is written
  public static boolean isCommand(String word) {
    return COMMANDS.containsKey(word);
  }

  /// Adds one command: reading what picocli needs to know of all of them takes longer than most of them run.
  ///
  /// @param commandLine the command line of the jar
  /// @param name of the command
  /// @param session where it runs
  /// @return the command line
  public static CommandLine add(CommandLine commandLine, String name, Session session) {
    Function<Session, Object> maker = COMMANDS.get(name);
    if (maker == null) {
      throw new IllegalArgumentException("name=" + name);
    }
    CommandLine command = new CommandLine(maker.apply(session));
    commandLine.addSubcommand(command);
    describe(command);
    return commandLine;
  }

  /// Adds all commands.
  ///
  /// @param commandLine the command line of the jar
  /// @param session where they run
  public static void addAll(CommandLine commandLine, Session session) {
    COMMANDS.keySet().forEach(name -> add(commandLine, name, session));
  }

  private static void describe(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    command.setCaseInsensitiveEnumValuesAllowed(true);
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(ClientExit.table());
    command.getSubcommands().values().forEach(ClientCommands::describe);
  }
}
