package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.FileModes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Reads commands and runs them.
@Command(
    name = "shell",
    header = "Reads commands line by line, with history and completion, and runs them.",
    description = {
      "Each line is a command of this program, with its name or without; they all talk to the service"
          + " that this one was given. Commands that work on a directory are not for a shell. `help`"
          + " lists those that are. `use KEYSPACE` names the keyspace of the commands that follow,"
          + " `exit`, `quit` or Ctrl-D ends. Ctrl-C ends the command that runs. The tab key completes"
          + " commands, options and names of keyspaces.",
      "",
      "The history is kept in the file that LIGHTNING_HISTORY names, or in .lightningdb_history in the"
          + " home directory. Lines that come from a file or pipe are run up to the first that fails,"
          + " whose exit code is that of the shell."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar shell --url https://db.example:8443 --token-file token",
      "  java -jar lightningdb.jar shell < commands.txt"
    })
final class Shell extends ServiceCommand {
  static final String USE = "use";
  static final Set<String> ENDS = Set.of("exit", "quit");

  private static final String PROGRAM = "lightningdb";
  private static final String HISTORY = "LIGHTNING_HISTORY";
  private static final String HISTORY_DEFAULT = ".lightningdb_history";

  private final CommandLines commands;

  // Replaced whole when another keyspace is used.
  private Map<String, String> environment = Map.of();

  Shell(Session session, CommandLines commands) {
    super(session);
    this.commands = commands;
  }

  @Override
  int run(Service service) throws IOException {
    environment = options().asEnvironment(session());
    return session().isTerminal() ? converse(service) : runAll(service);
  }

  /// Lines that a person types.
  private int converse(Service service) throws IOException {
    Path history = history();
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .appName(PROGRAM)
              .terminal(terminal)
              .parser(parser())
              .completer(new ShellCompleter(commands, new KeyspaceList(service)))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .variable(LineReader.HISTORY_FILE, history)
              .build();
      tell("Lightning DB at " + service.base() + ". `help` lists commands, Ctrl-D ends.");
      while (!session().isCancelled()) {
        try {
          List<String> words = words(reader.readLine(prompt()));
          if (isEnd(words)) {
            return ClientExit.OK;
          }
          run(service, words, terminal);
        } catch (UserInterruptException _) {
          // The line is given up.
        } catch (EndOfFileException _) {
          return ClientExit.OK;
        }
      }
      return ClientExit.INTERRUPTED;
    }
  }

  /// Lines of a file or pipe.
  private int runAll(Service service) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(session().in(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      List<String> words;
      try {
        words = words(line);
      } catch (SyntaxError e) {
        throw misuse("A line is not understood: " + FailureText.of(e) + ": " + line);
      }
      if (isEnd(words)) {
        return ClientExit.OK;
      }
      int exitCode = run(service, words, null);
      if (exitCode != ClientExit.OK) {
        return exitCode;
      }
    }
    return ClientExit.OK;
  }

  private static Parser parser() {
    return new DefaultParser().eofOnUnclosedQuote(true);
  }

  private static List<String> words(String line) {
    String text = line.strip();
    List<String> words =
        text.isEmpty() || text.startsWith("#")
            ? List.of()
            : parser().parse(text, text.length(), Parser.ParseContext.ACCEPT_LINE).words();
    // As pages and messages write commands.
    return words.size() > 1 && words.getFirst().equals(PROGRAM)
        ? words.subList(1, words.size())
        : words;
  }

  private static boolean isEnd(List<String> words) {
    return !words.isEmpty() && ENDS.contains(words.getFirst());
  }

  private String prompt() {
    return environment.getOrDefault(KeyspaceOption.KEYSPACE, "default") + "> ";
  }

  private Path history() throws ClientException {
    String named = session().variable(HISTORY);
    Path file =
        named == null ? Path.of(System.getProperty("user.home"), HISTORY_DEFAULT) : Path.of(named);
    try {
      // Lines may hold what is not for everybody.
      FileModes.createFile(file);
      return file;
    } catch (IOException e) {
      throw new ClientException(
          ClientExit.UNREADABLE,
          "The history cannot be kept in %s: %s. LIGHTNING_HISTORY names another file."
              .formatted(file, FailureText.of(e)),
          e);
    }
  }

  private int run(Service service, List<String> words, @Nullable Terminal terminal)
      throws IOException {
    if (words.isEmpty()) {
      return ClientExit.OK;
    }
    String first = words.getFirst();
    if (first.equals(USE)) {
      return use(service, words);
    }
    OutputStream out = terminal == null ? new SessionOutput(session()) : terminal.output();
    Session inner = session().inner(out, environment);
    session().onCancel(inner::cancel);
    try {
      return terminal == null
          ? execute(words, inner)
          : executeUntilInterrupt(words, inner, terminal);
    } finally {
      session().onCancel(null);
    }
  }

  private int executeUntilInterrupt(List<String> words, Session inner, Terminal terminal)
      throws IOException {
    Thread thread = Thread.currentThread();
    Terminal.SignalHandler before =
        terminal.handle(
            Terminal.Signal.INT,
            _ -> {
              inner.cancel();
              thread.interrupt();
            });
    try {
      return execute(words, inner);
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
      // What came too late for the command is not for the next line.
      Thread.interrupted();
      terminal.flush();
    }
  }

  private int execute(List<String> words, Session inner) throws IOException {
    String[] args = words.toArray(String[]::new);
    PrintWriter out =
        new PrintWriter(
            new OutputStreamWriter(new SessionOutput(inner), StandardCharsets.UTF_8), true);
    boolean isFound = ClientCommands.isCommand(args[0]) && ClientCommands.isForShell(args[0]);
    CommandLine line = commands.of(isFound ? args : new String[0], inner);
    if (!isFound) {
      if (line.getSubcommands().containsKey(args[0]) && !ClientCommands.isForShell(args[0])) {
        tell(args[0] + " is not for the inside of a shell: run it outside.");
        return ClientExit.USAGE;
      }
      ClientCommands.forShell(line);
    }
    int exitCode = line.setOut(out).setErr(spec().commandLine().getErr()).execute(args);
    out.flush();
    inner.flush();
    return exitCode;
  }

  /// Names the keyspace of what follows, if it is there.
  private int use(Service service, List<String> words) throws IOException {
    if (words.size() != 2) {
      tell("use KEYSPACE");
      return ClientExit.USAGE;
    }
    String name = words.get(1);
    try {
      service.run(Request.get("/v1/keyspaces/" + Request.encoded(name)));
    } catch (ClientException e) {
      tell(e.text(USE));
      return e.exitCode();
    }
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(KeyspaceOption.KEYSPACE, name);
    environment = changed;
    return ClientExit.OK;
  }
}
