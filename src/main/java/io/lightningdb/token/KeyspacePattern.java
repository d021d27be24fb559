package io.lightningdb.token;

import java.util.Optional;
import java.util.regex.Pattern;

/// Names keyspaces: one by its name, many by what their names begin with (`orders-*`), or all (`*`). Immutable.
///
/// @param text as it is written
public record KeyspacePattern(String text) {
  /// All keyspaces.
  public static final KeyspacePattern ALL = new KeyspacePattern("*");

  /// What a pattern looks like, for messages.
  public static final String FORM = "a name, the beginning of names with * behind it, or *";

  private static final Pattern VALID = Pattern.compile("[a-z][a-z0-9_-]{0,63}\\*?|\\*");

  /// Reads a pattern.
  ///
  /// @param text any text
  /// @return the pattern, or nothing if it is none
  public static Optional<KeyspacePattern> find(String text) {
    return VALID.matcher(text).matches()
        ? Optional.of(new KeyspacePattern(text))
        : Optional.empty();
  }

  /// Tells whether a keyspace is meant.
  ///
  /// @param keyspace any name
  /// @return true if it is
  public boolean covers(String keyspace) {
    return text.endsWith("*")
        ? keyspace.startsWith(text.substring(0, text.length() - 1))
        : keyspace.equals(text);
  }
}
