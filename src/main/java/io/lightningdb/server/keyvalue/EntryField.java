package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Words;
import java.util.Set;

/// The parts of an entry that a list may be asked for.
public enum EntryField implements Words.Spelled {
  /// The key.
  KEY("key"),
  /// The value with its media type.
  VALUE("value"),
  /// The version.
  VERSION("version"),
  /// When the entry expires, if it does.
  EXPIRES_AT("expiresAt");

  /// All parts.
  public static final Set<EntryField> ALL = Set.of(values());

  private final String word;

  EntryField(String word) {
    this.word = word;
  }

  @Override
  public String word() {
    return word;
  }
}
