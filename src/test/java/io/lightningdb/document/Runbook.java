package io.lightningdb.document;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A page of `runbooks/`, as what its reader goes through from its head to its end.
///
/// A line with `$` in an indented block is a command, the lines behind it are what it prints. Comments, which readers do not see, tell the
/// test what has happened by then (`<!-- scene: the disk is nearly full -->`), and which block it cannot run (`<!-- not run: why -->`).
///
/// @param file its path, from the top of the project
/// @param steps in the order of the page
record Runbook(Path file, List<Step> steps) {
  static final Path FOLDER = Path.of("runbooks");
  static final Path INDEX = FOLDER.resolve("README.md");

  private static final Pattern COMMENT = Pattern.compile("^ *<!-- (scene|not run): (.+) -->$");
  private static final Pattern COMMAND = Pattern.compile("^( {4,})\\$ (.+)$");
  private static final Pattern INDENTED = Pattern.compile("^( {4,})([^ $].*)$");

  /// What a page has its reader do, or has happen.
  sealed interface Step {}

  /// What has happened when the reader comes to this place.
  ///
  /// @param name of it
  record Scene(String name) implements Step {}

  /// What the reader types.
  ///
  /// @param line of the page
  /// @param text without the `$`
  /// @param shown lines that it prints
  /// @param notRun why the test cannot run it, empty if it can
  record Command(int line, String text, List<String> shown, String notRun) implements Step {}

  /// Every page but the index.
  static List<Runbook> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".md") && !file.equals(INDEX))
          .sorted()
          .map(Runbook::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Runbook of(Path file) {
    try {
      return new Runbook(file, steps(Files.readAllLines(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes lines apart.
  static List<Step> steps(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    String notRun = "";
    for (int at = 0; at < lines.size(); at++) {
      String line = lines.get(at);
      Matcher comment = COMMENT.matcher(line);
      Matcher command = COMMAND.matcher(line);
      if (comment.matches()) {
        if (comment.group(1).equals("scene")) {
          steps.add(new Scene(comment.group(2)));
        } else {
          notRun = comment.group(2);
        }
      } else if (command.matches()) {
        int number = at + 1;
        String indent = command.group(1);
        StringBuilder text = new StringBuilder(command.group(2));
        while (text.charAt(text.length() - 1) == '\\') {
          at++;
          text.append('\n').append(lines.get(at).strip());
        }
        List<String> shown = new ArrayList<>();
        while (at + 1 < lines.size() && isShown(lines.get(at + 1), indent)) {
          at++;
          shown.add(lines.get(at).substring(indent.length()));
        }
        steps.add(new Command(number, text.toString(), List.copyOf(shown), notRun));
      } else if (!line.isBlank()) {
        notRun = "";
      }
    }
    return List.copyOf(steps);
  }

  private static boolean isShown(String line, String indent) {
    return line.startsWith(indent) && !line.startsWith(indent + "$ ");
  }

  List<Command> commands() {
    return steps.stream().filter(Command.class::isInstance).map(Command.class::cast).toList();
  }

  List<String> scenes() {
    return steps.stream()
        .filter(Scene.class::isInstance)
        .map(step -> ((Scene) step).name())
        .toList();
  }

  /// Indented lines of blocks that do not begin with a command, which a test would neither run nor count.
  static List<String> unmarked(List<String> lines) {
    List<String> found = new ArrayList<>();
    String before = "";
    boolean inBlock = false;
    for (String line : lines) {
      boolean isBlock = INDENTED.matcher(line).matches() || COMMAND.matcher(line).matches();
      if (isBlock && !inBlock && before.isBlank() && !COMMAND.matcher(line).matches()) {
        found.add(line);
      }
      inBlock = isBlock;
      before = line;
    }
    return found;
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
