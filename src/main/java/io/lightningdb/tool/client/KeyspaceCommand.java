package io.lightningdb.tool.client;

import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
      header = "Creates a keyspace; one that is there with these options already is as good.",
      description =
          "A keyspace that is there is never changed: if an option is given that it has not, the exit"
              + " code is 21. `keyspace options` changes it. A preset stands for options, so that it"
              + " cannot be compared.",
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
      Optional<String> found = found(service);
      if (found.isPresent()) {
        requireSame(Json.read(found.get()).path("options"));
        print(found.get(), _ -> session().line(name + " was there"));
        return ClientExit.OK;
      }
      try (Answer answer = service.send(Request.put(path(name)).json(body(values)))) {
        boolean made = answer.status() == 201;
        String end = made ? " created" : " was made meanwhile, and has these options now";
        print(answer.text(), _ -> session().line(name + end));
      }
      return ClientExit.OK;
    }

    private Optional<String> found(Service service) throws ClientException {
      try {
        return Optional.of(service.text(Request.get(path(name))));
      } catch (ClientException e) {
        if (e.exitCode() == ClientExit.NOT_FOUND) {
          return Optional.empty();
        }
        throw e;
      }
    }

    private void requireSame(JsonNode options) throws ClientException {
      List<String> others = new ArrayList<>();
      List<String> changes = new ArrayList<>();
      values.forEach((option, value) -> {
        JsonNode present = options.path(option);
        if (!isSame(present, value)) {
          others.add(
              present.isMissingNode()
                  ? "%s=%s cannot be compared".formatted(option, value)
                  : "%s is %s".formatted(option, Members.text(present)));
          changes.add(" --option %s=%s".formatted(option, value));
        }
      });
      if (!others.isEmpty()) {
        throw new ClientException(
            ClientExit.CONFLICT,
            "%s is there with other options, and is not changed: %s. To change it: lightningdb keyspace options %s%s"
                .formatted(name, String.join(", ", others), name, String.join("", changes)));
      }
    }

    /// Durations may be written in several ways.
    private static boolean isSame(JsonNode present, String value) {
      if (Json.text(present).equals(Json.text(scalar(value)))) {
        return true;
      }
      try {
        return present.isString()
            && Duration.parse(present.asString()).equals(Duration.parse(value));
      } catch (DateTimeParseException _) {
        return false;
      }
    }
  }

  /// Lists them.
  @Command(
      name = "list",
      header = "Lists the keyspaces: name, entries, layout, durability.",
      description =
          "A number of entries such as ~1200 is an upper estimate: what was replaced or deleted counts"
              + " until compaction has removed it. `count` counts exactly.",
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

    private static String row(JsonNode keyspace) {
      long entries = keyspace.at("/statistics/entries").asLong(0);
      return String.join(
          "\t",
          Members.row(keyspace, "name"),
          entries == 0 ? "0" : "~" + entries,
          Members.row(keyspace, "options.layout", "options.durability"));
    }

    private Optional<String> page(Service service, @Nullable String cursor) throws IOException {
      JsonNode page = Json.read(service.text(Request.get(KEYSPACES).with("cursor", cursor)));
      for (JsonNode keyspace : page.path("keyspaces")) {
        session().line(json() ? Json.text(keyspace) : row(keyspace));
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
