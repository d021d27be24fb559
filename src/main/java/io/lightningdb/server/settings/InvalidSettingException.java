package io.lightningdb.server.settings;

import java.util.List;

/// A setting has a value that is not allowed. The service does not start.
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the setting.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param allowed what may be set, as a phrase
  public InvalidSettingException(String name, String value, String allowed) {
    super("The setting %s is \"%s\"; allowed is %s.".formatted(name, value, allowed));
  }

  /// A setting that is one of a few words, and is none of them.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param words what may be set
  /// @return names the nearest word too
  static InvalidSettingException ofWord(String name, String value, List<String> words) {
    String allowed = String.join(", ", words) + "; the nearest one is " + Nearest.to(value, words);
    return new InvalidSettingException(name, value, allowed);
  }
}
