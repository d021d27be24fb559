package io.lightningdb.server.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The table of settings, made from `config/application.yaml`: its comments explain the settings that follow them, up to the next
/// comment. *Confined to one thread.*
final class SettingsTable {
  private static final Pattern LINE = Pattern.compile("( *)(#?)([a-z0-9-]+):(?: (.*))?");
  private static final Pattern COMMENT = Pattern.compile(" *# (.*)");
  private static final String HEAD = "| setting | default | what it does |\n|---|---|---|\n";

  private final StringBuilder text = new StringBuilder();
  private final List<String> path = new ArrayList<>();
  private final List<String> comment = new ArrayList<>();

  // The row that is being made: settings that share a comment share it.
  private final List<String> names = new ArrayList<>();
  private final List<String> defaults = new ArrayList<>();
  private String meaning = "";

  // Name, default and meaning of each setting, with tabs between them.
  private final StringBuilder lines = new StringBuilder();

  private SettingsTable() {}

  /// What the service knows of its settings.
  ///
  /// @param yaml the file
  static String lines(String yaml) {
    return read(yaml).lines.toString();
  }

  /// What stands between the marks of the page.
  ///
  /// @param yaml the file
  static String of(String yaml) {
    return read(yaml).text.toString();
  }

  private static SettingsTable read(String yaml) {
    SettingsTable table = new SettingsTable();
    table.text.append(HEAD);
    yaml.lines()
        .dropWhile(line -> !line.equals("lightning:"))
        .skip(1)
        .takeWhile(line -> line.isEmpty() || line.startsWith(" "))
        .forEach(table::add);
    table.endRow();
    return table;
  }

  private void add(String line) {
    Matcher setting = LINE.matcher(line);
    Matcher words = COMMENT.matcher(line);
    if (line.isBlank()) {
      return;
    }
    if (words.matches() && !line.strip().matches("#[a-z].*")) {
      if (comment.isEmpty()) {
        endRow();
      }
      comment.add(words.group(1));
      return;
    }
    if (!setting.matches()) {
      throw new AssertionError("neither a comment nor a setting: " + line);
    }
    add(setting);
  }

  private void add(Matcher setting) {
    int depth = setting.group(1).length() / 2 - 1;
    boolean presets = !setting.group(2).isEmpty();
    while (path.size() > depth) {
      endRow();
      path.removeLast();
    }
    if (setting.group(4) == null) {
      endRow();
      path.add(setting.group(3));
      if (!comment.isEmpty()) {
        row("**`" + String.join(".", path) + ".`**", "", takeComment());
        meaning = "As said above.";
      }
      return;
    }
    if (!comment.isEmpty()) {
      meaning = takeComment();
    }
    String prefix = path.isEmpty() ? "" : String.join(".", path) + ".";
    names.add("`" + prefix + setting.group(3) + "`");
    String value = setting.group(4).equals("\"\"") ? "empty" : "`" + setting.group(4) + "`";
    defaults.add(presets ? value + "\\*" : value);
  }

  private String takeComment() {
    String words = String.join(" ", comment).replace("|", "\\|");
    comment.clear();
    return words;
  }

  private void endRow() {
    if (!names.isEmpty()) {
      row(String.join(", ", names), String.join(", ", defaults), meaning);
      for (int i = 0; i < names.size(); i++) {
        String value = defaults.get(i).replaceAll("[`*\\\\]", "");
        lines
            .append("lightning.")
            .append(names.get(i).replace("`", ""))
            .append('\t')
            .append(value.equals("empty") ? "" : value)
            .append('\t')
            .append(meaning.replace("\\|", "|"))
            .append('\n');
      }
      names.clear();
      defaults.clear();
    }
  }

  private void row(String name, String value, String words) {
    text.append("| %s | %s | %s |\n".formatted(name, value, words));
  }
}
