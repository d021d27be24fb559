package io.lightningdb.tool.client;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that talks to the service. *Confined to one thread.*
abstract class ServiceCommand implements Callable<Integer> {
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
  public final Integer call() throws IOException {
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
      throw e;
    } finally {
      session.onCancel(null);
    }
  }

  CommandSpec spec() {
    return spec;
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
