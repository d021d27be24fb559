package io.lightningdb.tool.client;

import java.util.Locale;

/// Text of entries on one line of a terminal: what would end or move the line is escaped as in C, so that every line is
/// one entry.
final class LineText {
  private LineText() {}

  /// Escapes `\`, tabs, line ends, and characters that a terminal obeys or shows as nothing.
  static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().forEach(codePoint -> append(line, codePoint));
    return line.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    switch (codePoint) {
      case '\\' -> line.append("\\\\");
      case '\t' -> line.append("\\t");
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      default -> {
        if (isShown(codePoint)) {
          line.appendCodePoint(codePoint);
        } else {
          line.append(String.format(Locale.ROOT, "\\u{%x}", codePoint));
        }
      }
    }
  }

  private static boolean isShown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
