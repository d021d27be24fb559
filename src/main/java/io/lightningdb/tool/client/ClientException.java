package io.lightningdb.tool.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A client command cannot do what it was asked for. Its message is for people: what happened, and what to do.
public final class ClientException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final @Nullable String problem;

  ClientException(int exitCode, String message) {
    this(exitCode, message, null, null);
  }

  ClientException(int exitCode, String message, Throwable cause) {
    this(exitCode, message, null, cause);
  }

  private ClientException(
      int exitCode, String message, @Nullable String problem, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.problem = problem;
  }

  /// A refusal of the service.
  ///
  /// @param problem its problem document, which is what is shown where JSON is wanted
  static ClientException refused(int exitCode, String message, String problem) {
    return new ClientException(exitCode, message, problem, null);
  }

  /// The same with a sentence more.
  ClientException with(String more) {
    ClientException longer =
        new ClientException(exitCode, getMessage() + " " + more, problem, getCause());
    for (Throwable each : getSuppressed()) {
      longer.addSuppressed(each);
    }
    return longer;
  }

  /// The same with another exit code: what a status means depends on what was done before.
  ClientException as(int otherExitCode) {
    ClientException other =
        new ClientException(otherExitCode, String.valueOf(getMessage()), problem, getCause());
    for (Throwable each : getSuppressed()) {
      other.addSuppressed(each);
    }
    return other;
  }

  /// What the process ends with.
  ///
  /// @return a code of [ClientExit]
  public int exitCode() {
    return exitCode;
  }

  /// What standard error is told, without a line end.
  ///
  /// @param command name of the command
  /// @return the problem of the service as one line of JSON if JSON is wanted, or a sentence; empty if nothing is to be
  ///     said
  public String text(String command) {
    if (exitCode == ClientExit.OUTPUT_CLOSED) {
      return "";
    }
    return problem == null ? command + ": " + getMessage() : problem;
  }
}
