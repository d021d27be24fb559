package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The process that a client command runs in: standard streams, environment, terminal. *Confined to one thread*, but
/// for [#cancel].
public final class Session {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Path STDOUT = Path.of("/proc/self/fd/1");
  private static final Path DEVICES = Path.of("/dev");

  private final StandardInput in;
  private final OutputStream out;
  private final Map<String, String> environment;
  private final @Nullable PrintStream terminal;
  private final boolean isShown;

  // What Ctrl-C and SIGTERM end. Written by the thread of the command, read by that of signals.
  private volatile @Nullable Runnable cancellation;
  private volatile boolean isCancelled;

  /// Makes one.
  ///
  /// @param in standard input
  /// @param out standard output
  /// @param environment variables of the environment
  /// @param terminal where progress is shown, or null without a terminal; standard output is shown there, too
  public Session(
      InputStream in,
      OutputStream out,
      Map<String, String> environment,
      @Nullable PrintStream terminal) {
    this(in, out, environment, terminal, terminal != null);
  }

  private Session(
      InputStream in,
      OutputStream out,
      Map<String, String> environment,
      @Nullable PrintStream terminal,
      boolean isShown) {
    this.in = new StandardInput(in);
    this.out = out;
    this.environment = Map.copyOf(environment);
    this.terminal = terminal;
    this.isShown = isShown;
  }

  /// That of this process.
  ///
  /// @return a session on the standard streams
  @SuppressWarnings("SystemConsoleNull") // It is null in JDKs whose default console is java.base's.
  public static Session ofProcess() {
    Console console = System.console();
    boolean watched = console != null && console.isTerminal();
    return new Session(
        System.in,
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
        System.getenv(),
        watched ? System.err : null,
        watched || isDevice(STDOUT));
  }

  /// Tells whether a stream of this process is a terminal; the console of the JDK is one only if standard input is,
  /// too. Devices of characters that are none, such as `/dev/null`, take a line end more as well.
  private static boolean isDevice(Path stream) {
    try {
      return Files.readSymbolicLink(stream).startsWith(DEVICES);
    } catch (IOException _) {
      return false;
    }
  }

  /// A session for a command within this one: on the same terminal, without standard input.
  Session inner(OutputStream target, Map<String, String> variables) {
    return new Session(InputStream.nullInputStream(), target, variables, terminal, isShown);
  }

  InputStream in() {
    return in;
  }

  /// Tells whether the command waits for standard input.
  boolean isReading() {
    return in.isReading();
  }

  /// A variable of the environment, or null if it is not set or empty.
  @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  Map<String, String> environment() {
    return environment;
  }

  /// Where progress is shown; null without a terminal.
  @Nullable PrintStream terminal() {
    return terminal;
  }

  /// Tells whether a person types and reads.
  boolean isTerminal() {
    return terminal != null;
  }

  /// Tells whether standard output is a terminal, whatever standard input is.
  boolean isShown() {
    return isShown;
  }

  /// Writes a line to standard output.
  void line(String text) throws ClientException {
    write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void write(byte[] bytes) throws ClientException {
    write(bytes, 0, bytes.length);
  }

  void write(byte[] bytes, int offset, int length) throws ClientException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void flush() throws ClientException {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static ClientException failed(IOException failure) {
    String text = FailureText.of(failure);
    return text.contains("Broken pipe") || isPipe()
        ? new ClientException(ClientExit.OUTPUT_CLOSED, text, failure)
        : new ClientException(
            ClientExit.UNREADABLE, "Standard output cannot be written: " + text + ".", failure);
  }

  /// The system says why a pipe cannot be written to in the language of its user, and there is one reason.
  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(STDOUT).toString().startsWith("pipe:");
    } catch (IOException _) {
      return false;
    }
  }

  void onCancel(@Nullable Runnable action) {
    cancellation = action;
    if (isCancelled && action != null) {
      action.run();
    }
  }

  /// Tells whether the command is to end.
  boolean isCancelled() {
    return isCancelled;
  }

  /// Ends what the command waits for. May be called by any thread.
  public void cancel() {
    isCancelled = true;
    Runnable action = cancellation;
    if (action != null) {
      action.run();
    }
  }
}
