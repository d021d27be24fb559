package io.lightningdb.tool.client;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

/// Keyspaces as a whole.
@Command(
    name = "keyspace",
    header = "Creates, lists, drops and changes keyspaces.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar keyspace create orders --option layout=balanced --option historyAge=PT1H",
      "  java -jar lightningdb.jar keyspace list",
      "  java -jar lightningdb.jar keyspace options orders --option durability=logged",
      "  java -jar lightningdb.jar keyspace drop orders --yes"
    })
final class KeyspaceCommand implements Runnable {
  private static final String KEYSPACES = "/v1/keyspaces";

  @Spec private CommandSpec spec;

  private KeyspaceCommand() {}

  /// With its commands.
  static CommandLine of(Session session) {
    return new CommandLine(new KeyspaceCommand())
        .addSubcommand(new Create(session))
        .addSubcommand(new ListThem(session))
        .addSubcommand(new Drop(session))
        .addSubcommand(new Options(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create, list, drop or options is missing.");
  }

  private static String path(String name) {
    return KEYSPACES + "/" + Request.encoded(name);
  }

  /// Options as a body: words, numbers and `true` as JSON has them.
  private static String body(Map<String, String> options) {
    ObjectNode body = Json.object();
    options.forEach((name, value) -> body.set(name, scalar(value)));
    return Json.text(body);
  }

  private static JsonNode scalar(String value) {
    ObjectNode holder = Json.object();
    if (value.matches("-?[0-9]{1,18}")) {
      return holder.put("v", Long.parseLong(value)).path("v");
    }
    return (value.equals("true") || value.equals("false")
            ? holder.put("v", Boolean.parseBoolean(value))
            : value.equals("null") ? holder.putNull("v") : holder.put("v", value))
        .path("v");
  }

  /// Creates one.
  @Command(
      name = "create",
      header = "Creates a keyspace; one that is there with the same options already is as good.",
      footer = {
        "",
        "Examples:",
        "  java -jar lightningdb.jar keyspace create orders",
        "  java -jar lightningdb.jar keyspace create sessions --option preset=write-heavy --option defaultTtl=PT30M"
      })
  static final class Create extends ServiceCommand {
    @Parameters(paramLabel = "KEYSPACE", description = "Its name.")
    private String name;

    @Option(
        names = "--option",
        paramLabel = "NAME=VALUE",
        description = "An option of the contract, such as preset, layout, durability, defaultTtl.")
    private Map<String, String> values = new LinkedHashMap<>();

    Create(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      try (Answer answer = service.send(Request.put(path(name)).json(body(values)))) {
        boolean made = answer.status() == 201;
        print(answer.text(), _ -> session().line(name + (made ? " created" : " was there")));
      }
      return ClientExit.OK;
    }
  }

  /// Lists them.
  @Command(
      name = "list",
      header = "Lists the keyspaces: name, entries as far as known, layout, durability.",
      footer = {"", "Examples:", "  java -jar lightningdb.jar keyspace list"})
  static final class ListThem extends ServiceCommand {
    ListThem(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      Optional<String> cursor = Optional.empty();
      do {
        cursor = page(service, cursor.orElse(null));
      } while (cursor.isPresent());
      return ClientExit.OK;
    }

    private Optional<String> page(Service service, @Nullable String cursor) throws IOException {
      JsonNode page = Json.read(service.text(Request.get(KEYSPACES).with("cursor", cursor)));
      for (JsonNode keyspace : page.path("keyspaces")) {
        session()
            .line(
                json()
                    ? Json.text(keyspace)
                    : Members.row(
                        keyspace,
                        "name",
                        "statistics.entries",
                        "options.layout",
                        "options.durability"));
      }
      return page.path("cursor").isString()
          ? Optional.of(page.path("cursor").asString())
          : Optional.empty();
    }
  }

  /// Drops one.
  @Command(
      name = "drop",
      header = "Drops a keyspace with all its entries, at once.",
      footer = {"", "Examples:", "  java -jar lightningdb.jar keyspace drop orders --yes"})
  static final class Drop extends ServiceCommand {
    @Parameters(
        paramLabel = "KEYSPACE",
        completionCandidates = KeyspaceNames.class,
        description = "Its name.")
    private String name;

    @Option(names = "--yes", description = "Yes, with all its entries.")
    private boolean sure;

    Drop(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      if (!sure) {
        throw misuse("This drops every entry of " + name + ". Add --yes if that is what you want.");
      }
      service.run(Request.delete(path(name)).with("confirm", name));
      return ClientExit.OK;
    }
  }

  /// Shows or changes its options.
  @Command(
      name = "options",
      header = "Shows the options of a keyspace, or changes some of them.",
      footer = {
        "",
        "Examples:",
        "  java -jar lightningdb.jar keyspace options orders",
        "  java -jar lightningdb.jar keyspace options orders --option layout=read-optimized"
      })
  static final class Options extends ServiceCommand {
    @Parameters(
        paramLabel = "KEYSPACE",
        completionCandidates = KeyspaceNames.class,
        description = "Its name.")
    private String name;

    @Option(
        names = "--option",
        paramLabel = "NAME=VALUE",
        description = "An option that gets this value; the others stay.")
    private Map<String, String> values = new LinkedHashMap<>();

    Options(Session session) {
      super(session);
    }

    @Override
    int run(Service service) throws IOException {
      // Also before a change, which would make a keyspace that is not there.
      String found = service.text(Request.get(path(name)));
      String now =
          values.isEmpty() ? found : service.text(Request.put(path(name)).json(body(values)));
      JsonNode options = Json.read(now).path("options");
      if (json()) {
        session().line(Json.text(options));
      } else {
        Members.print(session(), options);
      }
      return ClientExit.OK;
    }
  }
}
