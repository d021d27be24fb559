package io.lightningdb.token;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What kind of work a caller may do.
public enum Role {
  /// Reads entries.
  READER,
  /// Reads and writes entries.
  WRITER,
  /// Watches and looks after the service, and sees no entries.
  OPERATOR,
  /// Everything: entries, keyspaces, the service and its tokens.
  ADMIN;

  /// Tells whether a caller with this role may do the work of another.
  ///
  /// @param role the work
  /// @return true for the role itself, for the reader's work if this is the writer, and for everything if this is the
  ///     admin
  public boolean includes(Role role) {
    return this == role || this == ADMIN || (this == WRITER && role == READER);
  }

  /// The word for it in settings, tokens and answers.
  ///
  /// @return the name in lower case
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Finds the role of a word.
  ///
  /// @param word as in [#word]
  /// @return the role, or nothing if there is none
  public static Optional<Role> find(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }

  /// The words of all roles.
  ///
  /// @return in the order of their declaration
  public static List<String> words() {
    return Arrays.stream(values()).map(Role::word).toList();
  }
}
