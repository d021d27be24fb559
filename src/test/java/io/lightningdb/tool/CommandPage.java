package io.lightningdb.tool;

import io.lightningdb.tool.client.ClientCommands;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// All commands as a page has them, made from what the command line knows of itself.
final class CommandPage {
  private final StringBuilder page = new StringBuilder();
  private final Map<String, String> common = new TreeMap<>();

  private CommandPage() {}

  static String of(CommandLine commands) {
    CommandPage made = new CommandPage();
    CommandLine any = Objects.requireNonNull(commands.getSubcommands().get("get"));
    for (String name :
        new String[] {
          "--url", "--token-file", "--cacert", "--cert", "--key", "--timeout", "--json"
        }) {
      made.common.put(name, made.row(any.getCommandSpec().findOption(name)));
    }
    made.page.append(
        "Options of all commands that talk to a service:\n\n| option | |\n|---|---|\n");
    made.common.values().forEach(made.page::append);
    for (CommandLine each : commands.getSubcommands().values()) {
      made.add(each.getCommandSpec(), each.getCommandName());
    }
    return made.page.toString();
  }

  private void add(CommandSpec spec, String name) {
    if (name.equals("help")) {
      return;
    }
    page.append("\n### `").append(name).append("`\n\n");
    page.append(text(spec.usageMessage().header())).append('\n');
    if (spec.usageMessage().description().length > 0) {
      page.append('\n').append(text(spec.usageMessage().description())).append('\n');
    }
    String rows =
        spec.positionalParameters().stream().map(this::row).collect(Collectors.joining())
            + spec.options().stream()
                .filter(option -> !option.versionHelp() && !option.usageHelp())
                .filter(option -> !common.containsKey(option.longestName()) || !isClient(spec))
                .map(this::row)
                .collect(Collectors.joining());
    if (!rows.isEmpty()) {
      page.append("\n| | |\n|---|---|\n").append(rows);
    }
    Map<String, String> codes = spec.usageMessage().exitCodeList();
    if (!codes.isEmpty() && !isClient(spec)) {
      page.append("\nExit codes: ")
          .append(
              codes.entrySet().stream()
                  .map(code -> code.getKey().strip() + " " + code.getValue())
                  .collect(Collectors.joining("; ")))
          .append(".\n");
    }
    spec.subcommands()
        .values()
        .forEach(inner -> add(inner.getCommandSpec(), name + " " + inner.getCommandName()));
  }

  private static boolean isClient(CommandSpec spec) {
    CommandSpec each = spec;
    while (each.parent() != null && each.parent().parent() != null) {
      each = each.parent();
    }
    return ClientCommands.isCommand(each.name());
  }

  private String row(PositionalParamSpec parameter) {
    return "| %s | %s |\n".formatted(parameter.paramLabel(), text(parameter.description()));
  }

  private String row(OptionSpec option) {
    String names =
        java.util.Arrays.stream(option.names())
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    return "| %s%s | %s |\n".formatted(names, value, text(option.description()));
  }

  private static String text(String... lines) {
    return String.join(" ", lines)
        .replace("%n", "\n")
        .replaceAll(" {2,}", " ")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .strip();
  }
}
