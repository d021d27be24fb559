package io.lightningdb.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a page shows as the output of a command, compared with what the command prints.
///
/// What differs from run to run is compared by its shape: a time with a time, an id with an id of its kind, a number with a number. Of
/// numbers those are meant that have four digits or more, a fraction or a unit of bytes; 0 has no shape in common with them. Short numbers,
/// such as exit codes, statuses and gauges that are 0 or 1, and all else are compared exactly. `…` is any text of a line, and as a
/// line of its own any lines.
final class Shape {
  /// Kinds that stand for one thing each, by which a page may name it again.
  private static final List<String> NAMES = List.of("time", "backup", "file", "hex");

  private static final String ANY_LINES = "(?:[^\\n]*\\n)*";

  private static final Pattern SHAPED =
      Pattern.compile(
          "(?<any>…)"
              + "|(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d))"
              + "|(?<date>(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\\d{1,2} \\d\\d:\\d\\d:\\d\\d \\d{4} GMT)"
              + "|(?<backup>\\d{8}t\\d{6}z-[0-9a-f]{8})"
              + "|(?<file>(?<=(run|log|spare)-)\\d{16})"
              + "|(?<duration>\\bPT\\d[\\dHMS.]*)"
              + "|(?<hex>\\b(?=[0-9a-f]*\\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\\b)"
              + "|(?<size>\\b\\d+(\\.\\d+)?[KMGT]\\b)"
              + "|(?<number>(?<![\\w.])-?\\d+(\\.\\d+)?(E-?\\d+)?(?![\\w]))"
              + "|(?<space> {2,})");

  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d)";
  private static final String NUMBER = "-?(?!0+(?:\\.0+)?(?![\\d.]))\\d+(?:\\.\\d+)?(?:E-?\\d+)?";
  private static final Pattern SHORT = Pattern.compile("-?\\d{1,3}(\\.0)?");

  private final Pattern pattern;
  private final List<String> names;

  private Shape(Pattern pattern, List<String> names) {
    this.pattern = pattern;
    this.names = names;
  }

  /// @param shown lines of a page
  static Shape of(List<String> shown) {
    List<String> names = new ArrayList<>();
    String pattern =
        shown.stream()
            .map(line ->
                line.strip().equals("…") ? ANY_LINES : line(line.stripTrailing(), names) + "\\n")
            .collect(Collectors.joining());
    return new Shape(Pattern.compile(pattern), List.copyOf(names));
  }

  private static String line(String text, List<String> names) {
    StringBuilder pattern = new StringBuilder();
    Matcher matcher = SHAPED.matcher(text);
    int from = 0;
    while (matcher.find()) {
      pattern.append(Pattern.quote(text.substring(from, matcher.start())));
      boolean isName = NAMES.stream().anyMatch(kind -> matcher.group(kind) != null);
      if (isName) {
        names.add(matcher.group());
      }
      pattern.append(isName ? "(" : "(?:").append(shape(matcher)).append(')');
      from = matcher.end();
    }
    return pattern.append(Pattern.quote(text.substring(from))).toString();
  }

  private static String shape(MatchResult found) {
    if (found.group("any") != null) {
      return "[^\\n]*";
    }
    if (found.group("time") != null) {
      return TIME;
    }
    if (found.group("date") != null) {
      return "[A-Z][a-z]{2} {1,2}\\d{1,2} \\d\\d:\\d\\d:\\d\\d \\d{4} GMT";
    }
    if (found.group("backup") != null) {
      return "\\d{8}t\\d{6}z-[0-9a-f]{8}";
    }
    if (found.group("file") != null) {
      return "\\d{16}";
    }
    if (found.group("duration") != null) {
      return "PT\\d[\\dHMS.]*";
    }
    if (found.group("hex") != null) {
      return "[0-9a-f]{" + found.group().length() + "}";
    }
    if (found.group("size") != null) {
      return "\\d+(?:\\.\\d+)?[KMGT]";
    }
    if (found.group("space") != null) {
      return " +";
    }
    String number = found.group();
    return SHORT.matcher(number).matches() ? Pattern.quote(number) : NUMBER;
  }

  /// @param printed what a command printed, each line with its end
  boolean matches(String printed) {
    return pattern.matcher(printed).matches();
  }

  /// What the names of this run are that a page may type again: ids, files and times.
  ///
  /// @param printed what matches
  /// @return by what the page shows
  Map<String, String> names(String printed) {
    Matcher matcher = pattern.matcher(printed);
    Map<String, String> found = new LinkedHashMap<>();
    if (matcher.matches()) {
      for (int i = 0; i < names.size(); i++) {
        found.put(names.get(i), matcher.group(i + 1));
      }
    }
    return found;
  }

  @Override
  public String toString() {
    return pattern.toString();
  }
}
