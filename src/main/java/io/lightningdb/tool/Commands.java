package io.lightningdb.tool;

import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.tool.client.ClientCommands;
import io.lightningdb.tool.client.ClientException;
import io.lightningdb.tool.client.Session;
import io.lightningdb.tool.client.Signals;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line of the jar.
@Command(
    name = "lightningdb",
    header = "Lightning DB, an ordered, durable key-value database that speaks HTTP.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    scope = ScopeType.INHERIT,
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Without a command, or with a setting in place of it, the server is started:",
      "  java -jar lightningdb.jar --server.port=9090",
      "",
      "help COMMAND explains a command, its exit codes included."
    })
public final class Commands implements Runnable {
  private static final Set<String> OPTIONS = Set.of("-h", "--help", "-V", "--version");

  @Spec private CommandSpec spec;

  private Commands() {}

  /// Tells whether a command line is for [#run]. Any other consists of settings of the server.
  ///
  /// @param args the whole command line
  /// @return true if it has a command, or a word that may be meant as one, anywhere, or asks for help or the version
  public static boolean isCommand(String[] args) {
    return args.length > 0
        && (OPTIONS.contains(args[0])
            || !Arrays.stream(args).allMatch(arg -> arg.startsWith(Serve.SETTING)));
  }

  /// Runs a command, with its output on the standard streams.
  ///
  /// @param args the whole command line
  /// @param server starts the server with settings in the form `--name=value`, and returns once it answers requests
  /// @return the exit code of the process; 0 also if the server was started and runs on
  public static int run(String[] args, Consumer<String[]> server) {
    // UTF-8 whatever the locale says, and in large pieces: dumps are long.
    PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    PrintWriter err =
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Session session = Session.ofProcess();
    CommandLine commands = commandLine(args, server, session).setOut(out).setErr(err);
    IntSupplier command =
        () -> {
          int exitCode = commands.execute(args);
          out.flush();
          return exitCode;
        };
    return ClientCommands.isCommand(args[0])
        ? Signals.heeding(session, command)
        : command.getAsInt();
  }

  /// The command line, for [#run] and for tests. One command that talks to a service is found sooner alone than among
  /// all.
  static CommandLine commandLine(String[] args, Consumer<String[]> server, Session session) {
    return args.length > 0 && ClientCommands.isCommand(args[0])
        ? configured(
            ClientCommands.add(
                new CommandLine(new Commands()),
                args[0],
                session,
                (words, inner) -> commandLine(words, server, inner)))
        : commandLine(server, session);
  }

  /// The command line with all commands.
  static CommandLine commandLine(Consumer<String[]> server, Session session) {
    CommandLine commands =
        new CommandLine(new Commands())
            .addSubcommand(new Serve(server))
            .addSubcommand(new Verify())
            .addSubcommand(new RepairDirectory())
            .addSubcommand(new Dump())
            .addSubcommand(new TokenCommand())
            .addSubcommand(new RestoreBackup())
            .addSubcommand(new Backups());
    ClientCommands.addAll(commands, session, (words, inner) -> commandLine(words, server, inner));
    return configured(commands.addSubcommand(new HelpCommand()));
  }

  private static CommandLine configured(CommandLine commands) {
    return commands
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(Commands::misused)
        .setExecutionExceptionHandler(Commands::failed);
  }

  /// Says what is wrong with the command line, and where help is.
  private static int misused(ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(FailureText.of(misuse));
    UnmatchedArgumentException.printSuggestions(misuse, err);
    if (args.length > 0 && args[0].startsWith("-") && !OPTIONS.contains(args[0])) {
      err.println("Options stand behind the command: lightningdb COMMAND [OPTION...]");
    }
    err.println("Try " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  /// Names the failure on standard error. What was not foreseen comes with a stack trace.
  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof ClientException client) {
      String text = client.text(command.getCommandName());
      if (!text.isEmpty()) {
        command.getErr().println(text);
      }
      return client.exitCode();
    }
    int exitCode = ExitCode.of(failure);
    if (command.getCommand() instanceof Serve) {
      // Its log has said why.
      return ExitCode.FAILED;
    }
    if (exitCode == ExitCode.FAILED) {
      failure.printStackTrace(command.getErr());
    } else {
      command.getErr().println(command.getCommandName() + ": " + message(failure, command));
    }
    return exitCode;
  }

  private static @Nullable String message(Exception failure, CommandLine command) {
    boolean tokens =
        command.getParent() != null && command.getParent().getCommand() instanceof TokenCommand;
    return tokens && failure instanceof DirectoryLockedException locked
        ? TokenDirectory.inUse(locked)
        : FailureText.of(failure);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}
