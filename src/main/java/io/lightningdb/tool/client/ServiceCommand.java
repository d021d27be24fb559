package io.lightningdb.tool.client;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that talks to the service. *Confined to one thread.*
abstract class ServiceCommand implements Callable<Integer> {
  private static final char UNREADABLE = '\ufffd';

  @Spec private CommandSpec spec;

  @Mixin private ServiceOptions options;

  private final Session session;

  ServiceCommand(Session session) {
    this.session = session;
  }

  /// Does what the command is for.
  ///
  /// @return the exit code
  abstract int run(Service service) throws IOException;

  @Override
  public final Integer call() throws Exception {
    requireReadableArguments();
    try {
      int exitCode = run(options.open(session));
      session.flush();
      return exitCode;
    } catch (IOException | RuntimeException e) {
      try {
        session.flush();
      } catch (ClientException again) {
        e.addSuppressed(again);
      }
      throw ended(e);
    } finally {
      session.onCancel(null);
    }
  }

  /// What fails because the command is to end is no failure of a file or a connection.
  private Exception ended(Exception failure) {
    boolean isTold =
        failure instanceof ClientException told && told.exitCode() == ClientExit.INTERRUPTED;
    return isTold || !session.isCancelled()
        ? failure
        : new ClientException(ClientExit.INTERRUPTED, "It was ended.", failure);
  }

  /// Bytes that are no text in the locale of the process have become something else, which must not be stored in their
  /// place.
  private void requireReadableArguments() {
    for (String each : spec.commandLine().getParseResult().originalArgs()) {
      if (each.indexOf(UNREADABLE) >= 0) {
        throw misuse(
            "An argument has bytes that are no text here. Set LC_ALL=C.UTF-8 if they are UTF-8, or use"
                + " --key-encoding base64url and --file.");
      }
    }
  }

  CommandSpec spec() {
    return spec;
  }

  ServiceOptions options() {
    return options;
  }

  Session session() {
    return session;
  }

  boolean json() {
    return options.json();
  }

  /// Prints the answer as it is, if JSON is wanted, or in words.
  void print(String json, Words words) throws ClientException {
    if (json()) {
      session.line(json.strip());
    } else {
      words.print(Json.read(json));
    }
  }

  /// Prints a document in words.
  interface Words {
    void print(tools.jackson.databind.JsonNode document) throws ClientException;
  }

  /// Tells standard error.
  void tell(String text) {
    spec.commandLine().getErr().println(text);
  }

  picocli.CommandLine.ParameterException misuse(String message) {
    return options.misuse(message);
  }
}
