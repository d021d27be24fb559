package io.lightningdb.tool.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Completes commands, options, words that options take, and names of keyspaces. *Confined to one thread.*
final class ShellCompleter implements Completer {
  private final CommandSpec root;
  private final KeyspaceList keyspaces;

  /// Reads what commands there are.
  ///
  /// @param commands makes the command line
  /// @param keyspaces finds the keyspaces
  ShellCompleter(CommandLines commands, KeyspaceList keyspaces) {
    Session nowhere =
        new Session(InputStream.nullInputStream(), OutputStream.nullOutputStream(), Map.of(), null);
    this.root = ClientCommands.forShell(commands.of(new String[0], nowhere)).getCommandSpec();
    this.keyspaces = keyspaces;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    for (String each : words(line.words().subList(0, line.wordIndex()), line.word())) {
      candidates.add(new Candidate(each));
    }
  }

  /// Words that may stand here.
  ///
  /// @param before the words before it
  /// @param word what is there of it
  List<String> words(List<String> before, String word) {
    if (before.isEmpty()) {
      List<String> first = new ArrayList<>(root.subcommands().keySet());
      first.add(Shell.USE);
      first.addAll(Shell.ENDS);
      return first;
    }
    if (before.getFirst().equals(Shell.USE)) {
      return keyspaces.names();
    }
    CommandSpec spec = root;
    for (String each : before) {
      var inner = spec.subcommands().get(each);
      spec = inner == null ? spec : inner.getCommandSpec();
    }
    return spec.parent() == null ? List.of() : words(spec, before.getLast(), word);
  }

  private List<String> words(CommandSpec spec, String last, String word) {
    OptionSpec option = spec.findOption(last);
    if (option != null && option.arity().max() > 0) {
      return values(option);
    }
    if (word.startsWith("-")) {
      return spec.options().stream()
          .filter(each -> !each.hidden())
          .map(OptionSpec::longestName)
          .toList();
    }
    if (!spec.subcommands().isEmpty()) {
      return List.copyOf(spec.subcommands().keySet());
    }
    return spec.positionalParameters().isEmpty()
        ? List.of()
        : values(spec.positionalParameters().getFirst());
  }

  private List<String> values(ArgSpec argument) {
    @Nullable Iterable<String> candidates = argument.completionCandidates();
    if (candidates instanceof KeyspaceNames) {
      return keyspaces.names();
    }
    List<String> words = new ArrayList<>();
    if (candidates != null) {
      candidates.forEach(words::add);
    }
    return words;
  }
}
