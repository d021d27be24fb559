package io.lightningdb.tool.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The tokens of a running service.
@Command(
    name = "tokens",
    header = "Makes, lists and revokes the API tokens of a running service.",
    description = "`token` does that for a directory while no service has it open.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar tokens create --name shop --role writer --keyspaces 'orders-*,carts' --ttl 90d",
      "  java -jar lightningdb.jar tokens list",
      "  java -jar lightningdb.jar tokens revoke 3f0a81c2d4e5b697"
    })
final class TokensCommand implements Runnable {
  private static final String PATH = "/v1/admin/tokens";

  @Spec private CommandSpec spec;

  private TokensCommand() {}

  /// With its commands.
  static CommandLine of(Session session) {
    return new CommandLine(new TokensCommand())
        .addSubcommand(new Create(session))
        .addSubcommand(new ListThem(session))
        .addSubcommand(new Revoke(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create, list or revoke is missing.");
  }

  /// Makes one.
  @Command(
      name = "create",
      header = "Makes a token and shows it, this once.",
      description =
          "The token alone is written to standard output, what is known of it to standard error; with"
              + " --json, both as one object to standard output.",
      footer = {
        "",
        "Examples:",
        "  java -jar lightningdb.jar tokens create --name reports --role reader --keyspaces '*' > reports.token"
      })
  static final class Create extends ServiceCommand {
    @Option(
        names = "--name",
        required = true,
        paramLabel = "NAME",
        description = "What you call it.")
    private String name;

    @Option(
        names = "--role",
        required = true,
        split = ",",
        paramLabel = "ROLE",
        description = "What it may do: reader, writer, operator or admin, or several of them.")
    private List<String> roles;

    @Option(
        names = "--keyspaces",
        required = true,
        split = ",",
        paramLabel = "PATTERN",
        description = "To which keyspaces: names, beginnings with * behind them, or * for all.")
    private List<String> keyspaces;

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        converter = DurationText.class,
        description = "How long it is valid, such as 12h or 90d. Default: for ever.")
    private @Nullable Duration ttl;

    Create(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      ObjectNode wanted = Json.object().put("name", name);
      roles.forEach(wanted.putArray("roles")::add);
      keyspaces.forEach(wanted.putArray("keyspaces")::add);
      if (ttl != null) {
        wanted.put("ttl", ttl.toString());
      }
      print(service.text(Request.post(PATH).json(Json.text(wanted))), this::words);
      return ClientExit.OK;
    }

    private void words(JsonNode made) throws ClientException {
      session().line(made.path("token").asString(""));
      tell(line(made));
    }
  }

  private static String line(JsonNode token) {
    return Members.row(
        token, "id", "name", "roles", "keyspaces", "createdAt", "expiresAt", "lastUsedAt");
  }

  /// Lists them.
  @Command(
      name = "list",
      header = "Lists the tokens: id, name, roles, keyspaces, made, expires, last used.",
      footer = {"", "Examples:", "  java -jar lightningdb.jar tokens list"})
  static final class ListThem extends ServiceCommand {
    ListThem(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      for (JsonNode token : Json.read(service.text(Request.get(PATH))).path("tokens")) {
        session().line(json() ? Json.text(token) : line(token));
      }
      return ClientExit.OK;
    }
  }

  /// Revokes one.
  @Command(
      name = "revoke",
      header = "Revokes a token, at once.",
      footer = {"", "Examples:", "  java -jar lightningdb.jar tokens revoke 3f0a81c2d4e5b697"})
  static final class Revoke extends ServiceCommand {
    @Parameters(paramLabel = "ID", description = "Its id, as `tokens list` shows it.")
    private String id;

    Revoke(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      service.run(Request.delete(PATH + "/" + Request.encoded(id)));
      return ClientExit.OK;
    }
  }
}
